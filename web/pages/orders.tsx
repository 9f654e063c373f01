import type { JSX } from 'preact';
import { type OrderStatus, orderStatuses } from '../../shared/order.ts';
import { BotFilter, DayFilters } from '../components/filters.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { OrderChoice } from '../components/order-list.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { orderStatusText } from '../components/status.tsx';
import {
  type OrdersModel,
  type OrdersPageModel,
  type OrdersQuery,
  ordersCsvHref,
  ordersHref,
  ordersRoom,
} from '../models/orders.ts';
import type { PageContext } from '../page-context.ts';

/** Every order, found by what stands in the address: a link to a search is a search. */
export function OrdersPage({
  context,
  model,
}: {
  context: PageContext;
  model: OrdersPageModel;
}): JSX.Element {
  return (
    <Dashboard context={context} title="Orders" rooms={[ordersRoom(model.query)]}>
      <PageHead title="Orders" lead="Newest first. The address keeps the search: copy it to share it.">
        <a class="button" href={ordersCsvHref(model.query)} download="orders.csv">
          <Icon name="download" size={18} />
          Download CSV
        </a>
      </PageHead>
      <StatusChips query={model.query} />
      <Filters model={model} />
      <OrderResults model={model} />
      <BulkBar />
      <dialog class="quick-view" id="quick-view" aria-label="Quick look at an order" />
    </Dashboard>
  );
}

/** The most used filter, one tap each; the rest of the search stays as it is. */
function StatusChips({ query }: { query: OrdersQuery }): JSX.Element {
  const chips: readonly (OrderStatus | '')[] = [
    '',
    'attention',
    ...orderStatuses.filter((s) => s !== 'attention'),
  ];
  return (
    <nav class="chips" aria-label="Status">
      {chips.map((status) => (
        <a
          key={status}
          class="chip-link"
          href={ordersHref({ ...query, status, cursor: '' })}
          aria-current={status === query.status ? 'true' : undefined}
        >
          {status === '' ? 'All' : orderStatusText(status)}
        </a>
      ))}
    </nav>
  );
}

function Filters({ model: { query, clients } }: { model: OrdersPageModel }): JSX.Element {
  const narrowed = [query.clientId, query.from, query.to].some((value) => value !== '');
  return (
    <search>
      <form class="panel filters filters-search" method="get" action="/orders">
        {query.status === '' ? null : <input type="hidden" name="status" value={query.status} />}
        <label class="field field-wide">
          <span>Order number, M-Pesa code or phone</span>
          <input type="search" name="q" value={query.q} maxLength={40} autocomplete="off" data-search="" />
        </label>
        <button type="submit" class="button button-primary">
          <Icon name="search" size={18} />
          Search
        </button>
        {/* Only on a small screen: there the rest would push the orders off it. */}
        <label class="check filters-toggle">
          <input type="checkbox" checked={narrowed} />
          <span>{clients.length < 2 ? 'Search by date' : 'Search by bot and date'}</span>
        </label>
        <BotFilter bots={clients} chosen={query.clientId} any="Any" fold />
        <DayFilters from={query.from} to={query.to} fold />
      </form>
    </search>
  );
}

/** The page of orders itself; live updates replace it as a whole. */
export function OrderResults({ model }: { model: OrdersModel }): JSX.Element {
  const { query, rows, now, nextHref, problem } = model;
  const { cursor, ...filter } = query;
  const filtered = Object.values(filter).some((value) => value !== '');
  return (
    <Panel
      id="orders"
      title={filtered ? 'Found' : 'All orders'}
      aside={
        rows.length === 0 ? null : (
          <label class="check" id="pick-all-label">
            <input type="checkbox" data-pick-all="" />
            <span>Choose all on this page</span>
          </label>
        )
      }
    >
      {problem ? (
        <p class="notice notice-bad" role="alert">
          <Icon name="alert" size={18} />
          {problem}
        </p>
      ) : null}
      {rows.length === 0 ? <NothingFound filtered={filtered} /> : <OrderChoice rows={rows} now={now} />}
      {nextHref || cursor !== '' ? (
        <nav class="paging" aria-label="Pages">
          {cursor === '' ? (
            <span />
          ) : (
            <a class="button" href={ordersHref({ ...query, cursor: '' })}>
              Newest
            </a>
          )}
          {nextHref ? (
            <a class="button" href={nextHref} rel="next">
              Older
              <Icon name="next" size={16} />
            </a>
          ) : null}
        </nav>
      ) : null}
    </Panel>
  );
}

function NothingFound({ filtered }: { filtered: boolean }): JSX.Element {
  if (!filtered) {
    return (
      <EmptyState icon="orders" title="No order yet">
        <p>Each purchase appears here the moment a customer confirms it.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="search" title="Nothing matches">
      <p>
        Search by the whole order number or M-Pesa code, a phone number, or its last four digits.{' '}
        <a href="/orders">Show all orders</a>
      </p>
    </EmptyState>
  );
}

/** What can be done with all chosen orders; shown while there are any (web/client/bulk.ts). */
function BulkBar(): JSX.Element {
  return (
    <section class="bulk" id="bulk" aria-label="Chosen orders" hidden>
      <span class="bulk-count" id="bulk-count" role="status" />
      <progress class="bulk-progress" id="bulk-progress" aria-label="Payments checked" hidden />
      <div class="button-row">
        <button type="button" class="button button-primary" id="bulk-check">
          Check payment
        </button>
        <button type="button" class="button" id="bulk-clear">
          Clear
        </button>
      </div>
    </section>
  );
}
