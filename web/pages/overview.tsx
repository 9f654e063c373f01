import type { JSX } from 'preact';
import { formatWeekday } from '../../shared/nairobi.ts';
import { AlertsRegion } from '../components/alert-list.tsx';
import { ClientCard } from '../components/client-card.tsx';
import { CreateSandboxClient } from '../components/create-client.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { Dashboard } from '../components/layout.tsx';
import { OrderList } from '../components/order-list.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { SalesChart } from '../components/sales-chart.tsx';
import { Ago, Kes } from '../components/values.tsx';
import type { Takings } from '../models/bots.ts';
import type { OverviewModel } from '../models/overview.ts';
import { greeting } from '../nairobi.ts';
import type { PageContext } from '../page-context.ts';

/** The admin's first page: money, then what needs a person, then the bots. */
export function OverviewPage({
  context,
  model,
}: {
  context: PageContext;
  model: OverviewModel;
}): JSX.Element {
  return (
    <Dashboard context={context} title="Overview" rooms={['overview']}>
      <MoneyRegion model={model} greetingName={context.user?.name} />
      <TryRegion model={model} />
      <AlertsRegion model={model.alerts} />
      <AttentionRegion model={model} />
      <div class="columns">
        <SalesRegion model={model} />
        <FloatRegion model={model} />
      </div>
      <ClientsRegion model={model} />
      <LatestRegion model={model} />
    </Dashboard>
  );
}

function Tile({
  label,
  takings,
  icon,
  tone,
}: {
  label: string;
  takings: Takings;
  icon: IconName;
  tone: 'live' | 'simulated';
}): JSX.Element {
  return (
    <div class={`tile tile-${tone}`}>
      <span class="tile-label">
        <Icon name={icon} size={18} />
        {label}
      </span>
      <span class="tile-value">
        <Kes amountKes={takings.sumKes} />
      </span>
      <span class="tile-note">
        {takings.sales} {takings.sales === 1 ? 'sale' : 'sales'} today
        {takings.discountKes > 0 ? (
          <>
            {', '}
            <Kes amountKes={takings.discountKes} /> discount given
          </>
        ) : null}
      </span>
    </div>
  );
}

function CountTile({
  label,
  count,
  note,
  icon,
  href,
  alert,
}: {
  label: string;
  count: number;
  note: string;
  icon: IconName;
  href: string;
  alert: boolean;
}): JSX.Element {
  return (
    <a class={alert ? 'tile tile-link tile-alert' : 'tile tile-link'} href={href}>
      <span class="tile-label">
        <Icon name={icon} size={18} />
        {label}
      </span>
      <span class="tile-value money">{count}</span>
      <span class="tile-note">{note}</span>
    </a>
  );
}

export function MoneyRegion({
  model,
  greetingName,
}: {
  model: OverviewModel;
  greetingName?: string | undefined;
}): JSX.Element {
  const { today, now } = model;
  return (
    <section class="hero" aria-labelledby="hero-title">
      <div class="hero-head">
        <h1 id="hero-title">{greetingName ? `${greeting(now)}, ${greetingName}` : greeting(now)}</h1>
        <p>{formatWeekday(now)}, Nairobi</p>
      </div>
      <MoneyTiles model={{ ...model, today }} />
    </section>
  );
}

/** The live part of the hero: the same for everyone who looks. */
export function MoneyTiles({ model }: { model: OverviewModel }): JSX.Element {
  const { today, openOrders, attentionOrders } = model;
  return (
    <div class="tiles" id="money">
      <Tile label="Live sales" takings={today.live} icon="chart" tone="live" />
      <Tile label="Simulated sales" takings={today.simulated} icon="spark" tone="simulated" />
      <CountTile
        label="Open orders"
        count={openOrders}
        note={openOrders === 0 ? 'nothing in flight' : 'being paid or delivered'}
        icon="clock"
        href="/orders?status=open"
        alert={false}
      />
      <CountTile
        label="Need attention"
        count={attentionOrders}
        note={attentionOrders === 0 ? 'all is well' : 'look at these first'}
        icon={attentionOrders === 0 ? 'check' : 'alert'}
        href="/orders?status=attention"
        alert={attentionOrders > 0}
      />
    </div>
  );
}

export function TryRegion({ model }: { model: OverviewModel }): JSX.Element {
  const { tryClient, unused } = model;
  if (!tryClient) return <div id="try" hidden />;
  return (
    <section id="try" class={unused ? 'try try-big' : 'try'} aria-labelledby="try-title">
      <span class="try-art" aria-hidden="true">
        <Icon name="phone" size={unused ? 56 : 32} />
      </span>
      <div class="try-text">
        <h2 id="try-title">Try it: buy airtime on the phone</h2>
        <p>
          {unused
            ? `A simulated customer’s phone is ready. Write to ${tryClient.name}, pay the M-Pesa prompt with any PIN and watch the airtime arrive, all in under a minute. No real money moves.`
            : `Be a customer of ${tryClient.name} for a minute. No real money moves.`}
        </p>
      </div>
      <a class="button button-warm button-large" href={`/phone/${tryClient.id}`}>
        Open the phone
        <Icon name="next" size={18} />
      </a>
    </section>
  );
}

export function AttentionRegion({ model }: { model: OverviewModel }): JSX.Element {
  if (model.attention.length === 0) return <div id="attention" hidden />;
  return (
    <Panel
      id="attention"
      title="Orders that need attention"
      tone="warn"
      aside={
        model.attentionOrders > model.attention.length ? (
          <a href="/orders?status=attention">All {model.attentionOrders}</a>
        ) : null
      }
    >
      <OrderList rows={model.attention} now={model.now} />
    </Panel>
  );
}

/** Prepaid airtime: what is there, what open orders have been promised, what is left to sell. */
export function FloatRegion({ model }: { model: OverviewModel }): JSX.Element {
  const low = model.floats.some((float) => float.low);
  return (
    <Panel
      id="float"
      title={low ? 'Float is low: top it up' : 'Float'}
      {...(low && { tone: 'warn' as const })}
    >
      {model.floats.length === 0 ? (
        <EmptyState icon="signal" title="No float known yet">
          <p>The prepaid airtime balance stands here as soon as a bot with keys is running.</p>
        </EmptyState>
      ) : null}
      <ul class="float-list">
        {model.floats.map((float) => (
          <li key={float.name} class="float-row">
            <span class="float-name">
              <Icon name={float.low ? 'alert' : 'check'} size={18} />
              {float.name}
            </span>
            <span class="float-sum">
              {float.balanceKes === undefined ? 'not known yet' : <Kes amountKes={float.balanceKes} />}
            </span>
            <span class="float-note">
              {float.reservedKes > 0 ? (
                <>
                  <Kes amountKes={float.reservedKes} /> promised to open orders
                </>
              ) : (
                'nothing promised'
              )}
              {float.checkedAt === undefined ? null : (
                <>
                  {' · looked at '}
                  <Ago at={float.checkedAt} now={model.now} />
                </>
              )}
              {float.problem === undefined ? null : ` · ${float.problem}`}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Thirty days of sales at a glance. */
export function SalesRegion({ model }: { model: OverviewModel }): JSX.Element {
  return (
    <Panel id="sales" title="Sales of 30 days">
      <SalesChart days={model.days} />
    </Panel>
  );
}

/** As many bots as fit a glance; the list of clients has them all. */
const CARDS = 12;

export function ClientsRegion({ model }: { model: OverviewModel }): JSX.Element {
  return (
    <Panel
      id="clients"
      title="Bots"
      aside={
        model.clients.length === 0 ? null : (
          <span class="panel-links">
            <a href="/clients">{model.clients.length > CARDS ? `All ${model.clients.length}` : 'All bots'}</a>
            <a class="button button-quiet" href="/clients/new">
              <Icon name="plus" size={18} />
              New bot
            </a>
          </span>
        )
      }
    >
      {model.clients.length === 0 ? (
        <EmptyState icon="bot" title="No bot yet">
          <p>
            A bot answers a shop’s customers on WhatsApp and sells them airtime around the clock. Start with
            one in the sandbox: its phone, its M-Pesa and its airtime are simulated.
          </p>
          <CreateSandboxClient />
          <p>
            Ready for a real shop? <a href="/clients/new">Choose how the bot works</a>.
          </p>
        </EmptyState>
      ) : (
        <ul class="client-grid">
          {model.clients.slice(0, CARDS).map((client) => (
            <ClientCard key={client.id} client={client} now={model.now} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function LatestRegion({ model }: { model: OverviewModel }): JSX.Element {
  return (
    <Panel
      id="latest"
      title="Latest orders"
      aside={model.latest.length === 0 ? null : <a href="/orders">All orders</a>}
    >
      {model.latest.length === 0 ? (
        <EmptyState icon="orders" title="No order yet">
          <p>
            Each purchase appears here the moment a customer confirms it, and moves by itself until it is
            delivered.
          </p>
        </EmptyState>
      ) : (
        <OrderList rows={model.latest} now={model.now} />
      )}
    </Panel>
  );
}
