import type { JSX } from 'preact';
import { orderStatuses } from '../../shared/order.ts';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { OrderList } from '../components/order-list.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { orderStatusText } from '../components/status.tsx';
import type { PageContext } from '../page-context.ts';
import type { OrdersModel } from '../view-models.ts';

/** Every order, found by what stands in the address: a link to a search is a search. */
export function OrdersPage({ context, model }: { context: PageContext; model: OrdersModel }): JSX.Element {
  const filtered = Object.values(model.filter).some((value) => value !== '');
  return (
    <Dashboard context={context} title="Orders">
      <PageHead title="Orders" lead="Newest first. The address keeps the search: copy it to share it." />
      <Filters model={model} />
      {model.problem ? (
        <p class="notice notice-bad" role="alert">
          <Icon name="alert" size={18} />
          {model.problem}
        </p>
      ) : null}
      <Panel id="orders" title={filtered ? 'Found' : 'All orders'}>
        {model.rows.length === 0 ? (
          <EmptyState
            icon={filtered ? 'search' : 'orders'}
            title={filtered ? 'Nothing matches' : 'No order yet'}
          >
            {filtered ? (
              <p>
                Search by the whole order number or M-Pesa code, a phone number, or its last four digits.{' '}
                <a href="/orders">Show all orders</a>
              </p>
            ) : (
              <p>Each purchase appears here the moment a customer confirms it.</p>
            )}
          </EmptyState>
        ) : (
          <OrderList rows={model.rows} now={model.now} />
        )}
        {model.nextHref || model.older ? (
          <nav class="paging" aria-label="Pages">
            {model.older ? (
              <a class="button" href={newestHref(model)}>
                Newest
              </a>
            ) : (
              <span />
            )}
            {model.nextHref ? (
              <a class="button" href={model.nextHref} rel="next">
                Older
                <Icon name="next" size={16} />
              </a>
            ) : null}
          </nav>
        ) : null}
      </Panel>
    </Dashboard>
  );
}

function newestHref({ filter }: OrdersModel): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  return query.size === 0 ? '/orders' : `/orders?${query}`;
}

function Filters({ model: { filter, clients } }: { model: OrdersModel }): JSX.Element {
  return (
    <search>
      <form class="panel filters" method="get" action="/orders">
        <label class="field field-wide">
          <span>Order number, M-Pesa code or phone</span>
          <input type="search" name="q" value={filter.q} maxLength={40} autocomplete="off" />
        </label>
        <label class="field">
          <span>Status</span>
          <select name="status">
            <option value="">Any</option>
            {orderStatuses.map((status) => (
              <option key={status} value={status} selected={status === filter.status}>
                {orderStatusText(status)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Bot</span>
          <select name="clientId">
            <option value="">Any</option>
            {clients.map(({ id, name }) => (
              <option key={id} value={id} selected={id === filter.clientId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>From</span>
          <input type="date" name="from" value={filter.from} />
        </label>
        <label class="field">
          <span>To</span>
          <input type="date" name="to" value={filter.to} />
        </label>
        <button type="submit" class="button button-primary">
          <Icon name="search" size={18} />
          Search
        </button>
      </form>
    </search>
  );
}
