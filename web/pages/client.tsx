import type { JSX } from 'preact';
import { formatPhone } from '../../shared/phone.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { OrderList } from '../components/order-list.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { Badge, ModeTag, WorkerStateBadge } from '../components/status.tsx';
import { Ago, Kes, Moment } from '../components/values.tsx';
import { formatClockSeconds, formatDay } from '../nairobi.ts';
import type { PageContext } from '../page-context.ts';
import type { ClientCard, ClientModel } from '../view-models.ts';

export function ClientPage({ context, model }: { context: PageContext; model: ClientModel }): JSX.Element {
  const { client } = model;
  return (
    <Dashboard context={context} title={client.name} rooms={[`client:${client.id}`]}>
      <PageHead
        back={{ href: '/', label: 'Overview' }}
        title={
          <>
            {client.name} <ModeTag mode={client.mode} />
          </>
        }
      >
        {client.mode === 'sandbox' ? (
          <a class="button button-warm" href={`/phone/${client.id}`}>
            <Icon name="phone" size={18} />
            Open its phone
          </a>
        ) : null}
      </PageHead>
      <StateRegion model={model} />
      <ClientOrdersRegion model={model} />
      <LogRegion model={model} />
    </Dashboard>
  );
}

interface CommandButton {
  readonly command: 'pause' | 'resume' | 'start' | 'stop' | 'restart';
  readonly label: string;
  readonly icon: IconName;
  /** Asked first, with what it means. */
  readonly confirm?: { readonly question: string; readonly note: string };
  readonly primary?: boolean;
}

/** What can be done with a bot as it is now. A question is asked where customers would notice. */
function commandsFor(client: ClientCard): readonly CommandButton[] {
  const selling: CommandButton = client.paused
    ? { command: 'resume', label: 'Resume selling', icon: 'play', primary: true }
    : { command: 'pause', label: 'Pause selling', icon: 'pause' };
  if (client.desired === 'stopped')
    return [{ command: 'start', label: 'Start bot', icon: 'play', primary: true }, selling];
  return [
    selling,
    {
      command: 'restart',
      label: 'Restart',
      icon: 'restart',
      confirm: {
        question: `Restart “${client.name}”?`,
        note: 'It is away for some seconds; messages sent meanwhile are answered afterwards.',
      },
    },
    {
      command: 'stop',
      label: 'Stop bot',
      icon: 'stop',
      confirm: {
        question: `Stop “${client.name}”?`,
        note: 'Customers get no answer until it is started again. Orders already paid are still delivered.',
      },
    },
  ];
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

export function StateRegion({ model }: { model: ClientModel }): JSX.Element {
  const { client, now } = model;
  return (
    <section class="panel state-panel" id="state" aria-label="State">
      <div class="state-line">
        <WorkerStateBadge state={client.state} />
        {client.paused ? (
          <Badge tone="warn" icon="pause">
            Selling paused
          </Badge>
        ) : null}
        {client.readySince !== undefined && client.state === 'ready' ? (
          <span class="muted">
            became ready <Ago at={client.readySince} now={now} />
          </span>
        ) : null}
      </div>
      {client.stateReason ? <p class="state-reason">{client.stateReason}</p> : null}
      <div class="button-row">
        {commandsFor(client).map(({ command, label, icon, confirm, primary }) => (
          <button
            key={command}
            id={`command-${command}`}
            type="button"
            class={primary ? 'button button-primary' : 'button'}
            hx-post={`/clients/${client.id}/commands/${command}`}
            hx-swap="none"
            hx-disable="this"
            {...(confirm
              ? {
                  'hx-confirm': confirm.question,
                  'data-confirm-note': confirm.note,
                  'data-confirm-label': label,
                }
              : {})}
          >
            <Icon name={icon} size={18} />
            {label}
          </button>
        ))}
      </div>
      <dl class="facts">
        <div>
          <dt>Sold today</dt>
          <dd>
            <Kes amountKes={client.today.sumKes} />
            <small>
              {client.today.sales} {client.today.sales === 1 ? 'sale' : 'sales'}
            </small>
          </dd>
        </div>
        <div>
          <dt>Open orders</dt>
          <dd class="money">{client.openOrders}</dd>
        </div>
        <div>
          <dt>Need attention</dt>
          <dd class="money">{client.attentionOrders}</dd>
        </div>
        <div>
          <dt>Last message</dt>
          <dd>
            {client.lastMessageAt === undefined ? 'none yet' : <Ago at={client.lastMessageAt} now={now} />}
          </dd>
        </div>
        <div>
          <dt>Its number</dt>
          <dd class="money">{client.phone ? formatPhone(client.phone) : 'not known yet'}</dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd class="money">{client.memoryBytes === undefined ? '–' : megabytes(client.memoryBytes)}</dd>
        </div>
        <div>
          <dt>Restarts</dt>
          <dd class="money">{client.restarts}</dd>
        </div>
        <div>
          <dt>Here since</dt>
          <dd>
            <Moment at={client.createdAt} format={formatDay} />
          </dd>
        </div>
      </dl>
    </section>
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

export function LogRegion({ model }: { model: ClientModel }): JSX.Element {
  return (
    <Panel id="log" title="What the bot says of itself">
      {model.log.length === 0 ? (
        <EmptyState icon="bot" title="Quiet so far">
          <p>The bot’s own notes stand here: starts, sign-ins, trouble and how it was mended.</p>
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="log-lines" tabIndex={0} aria-label="Log lines" id="log-scroll">
          <ol>
            {model.log.map((line, index) => (
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
