import type { ComponentChildren, JSX } from 'preact';
import { formatClockSeconds } from '../../shared/nairobi.ts';
import { AlertsRegion } from '../components/alert-list.tsx';
import { Beats } from '../components/beats.tsx';
import { ClientCommands } from '../components/client-commands.tsx';
import { ClientBadges, ClientFacts } from '../components/client-facts.tsx';
import { ClientFrame } from '../components/client-frame.tsx';
import { Icon } from '../components/icon.tsx';
import { MemoryChart } from '../components/memory-chart.tsx';
import { OrderList } from '../components/order-list.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { isToBeLinked, type QrModel, QrPanel } from '../components/qr-panel.tsx';
import { RestartList } from '../components/restart-list.tsx';
import { SalesChart } from '../components/sales-chart.tsx';
import { Ago, Moment } from '../components/values.tsx';
import type { ClientCard } from '../models/bots.ts';
import type { ClientLogModel, ClientModel } from '../models/client.ts';
import type { PageContext } from '../page-context.ts';

/** How one bot is, and what can be done with it now. */
export function ClientPage({
  context,
  model,
  log,
  qr,
}: {
  context: PageContext;
  model: ClientModel;
  log: ClientLogModel;
  qr: QrModel;
}): JSX.Element {
  const { client } = model;
  const rooms = [`client:${client.id}`, `log:${client.id}`];
  return (
    <ClientFrame
      context={context}
      client={client}
      part=""
      // A simulated number needs no code.
      rooms={client.mode === 'sandbox' ? rooms : [...rooms, `qr:${client.id}`]}
    >
      <AlertsRegion model={model.alerts} />
      <ApprovalRegion model={model} isAdmin={context.user?.role === 'admin'} />
      <StateRegion model={model} />
      {client.mode === 'sandbox' ? null : (
        <ConnectRegion client={client}>
          <QrPanel model={qr} />
        </ConnectRegion>
      )}
      <MissingKeysRegion model={model} />
      <ClientOrdersRegion model={model} />
      <div class="columns columns-even">
        <ClientSalesRegion model={model} />
        <MemoryRegion model={model} />
      </div>
      <RestartsRegion model={model} />
      <LogRegion model={log} />
    </ClientFrame>
  );
}

export function StateRegion({ model }: { model: ClientModel }): JSX.Element {
  const { client, now } = model;
  return (
    <section class="panel state-panel" id="state" aria-label="State">
      <div class="state-line">
        <ClientBadges client={client} />
        {client.readySince !== undefined && client.state === 'ready' ? (
          <span class="muted">
            became ready <Ago at={client.readySince} now={now} />
          </span>
        ) : null}
      </div>
      {client.stateReason ? <p class="state-reason">{client.stateReason}</p> : null}
      <ClientCommands client={client} />
      <ClientFacts
        client={client}
        now={now}
        show={['today', 'openOrders', 'attention', 'lastMessage', 'number', 'memory', 'restarts', 'since']}
      />
      <Beats beats={client.beats} />
    </section>
  );
}

/**
 * The way to a connected number, hidden while nothing is to be connected. Live updates show and hide it, and leave what is in it to
 * the code's own room: a number typed for a pairing code stays typed. Where it was there when the page came it stays (start.css), so that
 * whoever has scanned sees that it worked.
 */
export function ConnectRegion({
  client,
  children,
}: {
  client: ClientCard;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <section
      class="panel"
      id="connect"
      aria-labelledby="connect-title"
      data-idle={isToBeLinked(client) ? undefined : ''}
      hx-morph-skip-children=""
    >
      <header class="panel-head">
        <h2 id="connect-title">Connect its WhatsApp number</h2>
      </header>
      {children}
    </section>
  );
}

/** A bot made on the start page sells only after an admin has let it in. */
export function ApprovalRegion({
  model: { client },
  isAdmin,
}: {
  model: ClientModel;
  isAdmin: boolean;
}): JSX.Element {
  if (client.approved) return <div id="approval" hidden />;
  return (
    <Panel id="approval" title="Waits for approval" tone="warn">
      <p class="panel-text">
        It was made on the start page. Customers hear that the shop is closed until an admin of the platform
        lets it in.
      </p>
      {isAdmin ? (
        <button
          type="button"
          id="approve"
          class="button button-primary"
          hx-post={`/clients/${client.id}/approve`}
          hx-target="#approval"
          hx-swap="outerHTML"
          hx-disable="this"
        >
          <Icon name="check" size={18} />
          Let it sell
        </button>
      ) : null}
    </Panel>
  );
}

/** A live bot without usable keys sells nothing; here stands what is missing and where to set it. */
export function MissingKeysRegion({ model: { client } }: { model: ClientModel }): JSX.Element {
  if (client.missing.length === 0) return <div id="missing-keys" hidden />;
  return (
    <Panel id="missing-keys" title="It cannot sell yet" tone="warn">
      <ul class="plain-list">
        {client.missing.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <a class="button button-primary" href={`/clients/${client.id}/settings#keys`}>
        <Icon name="key" size={18} />
        Set the keys
      </a>
    </Panel>
  );
}

export function ClientSalesRegion({ model }: { model: ClientModel }): JSX.Element {
  return (
    <Panel id="client-sales" title="Sales of 30 days">
      <SalesChart days={model.days} />
    </Panel>
  );
}

export function MemoryRegion({ model }: { model: ClientModel }): JSX.Element {
  return (
    <Panel id="memory" title="Memory">
      <MemoryChart samples={model.memory} />
    </Panel>
  );
}

export function RestartsRegion({ model }: { model: ClientModel }): JSX.Element {
  return (
    <Panel id="restarts" title="Restarts">
      <RestartList restarts={model.restarts} now={model.now} />
    </Panel>
  );
}

export function ClientOrdersRegion({ model }: { model: ClientModel }): JSX.Element {
  const { client, latest, now } = model;
  return (
    <Panel
      id="client-orders"
      title="Latest orders"
      aside={
        latest.length === 0 ? null : (
          <a href={`/orders?clientId=${encodeURIComponent(client.id)}`}>All its orders</a>
        )
      }
    >
      {latest.length === 0 ? (
        <EmptyState icon="orders" title="Nothing sold yet">
          <p>
            {client.mode === 'sandbox'
              ? 'Open its phone and buy something: the order appears here at once.'
              : 'The first purchase appears here the moment a customer confirms it.'}
          </p>
        </EmptyState>
      ) : (
        <OrderList rows={latest} now={now} showClient={false} />
      )}
    </Panel>
  );
}

const lineCount = (lines: number): string =>
  lines === 0 ? '' : lines === 1 ? 'one line' : `the last ${lines} lines`;

export function LogRegion({ model }: { model: ClientLogModel }): JSX.Element {
  return (
    <Panel
      id="log"
      title="What the bot says of itself"
      aside={<span class="panel-count">{lineCount(model.lines.length)}</span>}
    >
      {model.lines.length === 0 ? (
        <EmptyState icon="bot" title="Quiet so far">
          <p>The bot’s own notes stand here: starts, sign-ins, trouble and how it was mended.</p>
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="log-lines" tabIndex={0} aria-label="Log lines" id="log-scroll">
          <ol>
            {model.lines.map((line, index) => (
              <li key={`${line.at}-${index}`} class={`log-${line.level}`}>
                <Moment at={line.at} format={formatClockSeconds} />
                <span class="log-level">{line.level}</span>
                <span class="log-message">{line.message}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Panel>
  );
}
