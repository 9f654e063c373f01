import type { ComponentChildren, JSX } from 'preact';
import type { Ban } from '../../shared/ban.ts';
import type { ClientMode } from '../../shared/client.ts';
import { formatPhone } from '../../shared/phone.ts';
import { ClientFrame } from '../components/client-frame.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { PersonDataPanel } from '../components/person-data.tsx';
import { Ago } from '../components/values.tsx';
import type { BansModel } from '../models/bans.ts';
import type { PageContext } from '../page-context.ts';

/** Who may not buy, on every bot. */
export function BansPage({ context, model }: { context: PageContext; model: BansModel }): JSX.Element {
  return (
    <Dashboard context={context} title="Users & bans">
      <PageHead title="Users & bans" lead="Who has ordered lately, and who may not buy on any bot." />
      <BanParts model={model} />
      <PersonDataPanel />
    </Dashboard>
  );
}

/** Who may not buy from one bot. */
export function ClientBansPage({
  context,
  model,
  client,
}: {
  context: PageContext;
  model: BansModel;
  client: { readonly id: string; readonly name: string; readonly mode: ClientMode };
}): JSX.Element {
  return (
    <ClientFrame context={context} client={client} part="/bans">
      <BanParts model={model} />
    </ClientFrame>
  );
}

const baseOf = ({ client }: BansModel): string => (client ? `/clients/${client.id}/bans` : '/bans');

function BanParts({ model }: { model: BansModel }): JSX.Element {
  return (
    <>
      <BanForm model={model} />
      <BanList model={model} />
      <Customers model={model} />
    </>
  );
}

function BanForm({ model }: { model: BansModel }): JSX.Element {
  return (
    <Panel id="ban" title={model.client ? 'Ban somebody from this bot' : 'Ban somebody from every bot'}>
      <p class="panel-text">
        A banned person hears your words and can neither buy nor be made to pay. Orders that are under way go
        on.
      </p>
      <form
        method="post"
        class="stack"
        id="ban-form"
        hx-post={baseOf(model)}
        hx-target="#ban-list"
        hx-swap="outerHTML"
        hx-disable="find button"
      >
        <div class="fields-row">
          <label class="field">
            <span>Phone (or chat id)</span>
            <input
              name="phoneOrChatId"
              required
              maxLength={60}
              value={model.who}
              placeholder="0700 000 001"
              autocomplete="off"
              data-search=""
            />
          </label>
          <label class="field">
            <span>Reason (optional)</span>
            <input name="reason" maxLength={200} placeholder="The person is told" autocomplete="off" />
          </label>
        </div>
        <label class="field">
          <span>Message (optional)</span>
          <textarea
            name="message"
            rows={2}
            maxLength={500}
            placeholder="Empty: the message of the settings"
          />
        </label>
        <div class="button-row">
          <button type="submit" class="button button-danger">
            <Icon name="ban" size={18} />
            Ban
          </button>
        </div>
      </form>
    </Panel>
  );
}

/** The bans there are; it replaces itself with each answer. */
export function BanList({ model }: { model: BansModel }): JSX.Element {
  const { bans, others, client, now } = model;
  return (
    <Panel
      id="ban-list"
      title={client ? 'Banned here' : 'Banned everywhere'}
      aside={<span class="panel-count">{bans.length === 0 ? '' : bans.length}</span>}
    >
      {bans.length === 0 ? (
        <EmptyState icon="check" title="Nobody is banned">
          <p>
            {client
              ? 'Somebody who plays tricks can be banned from this bot alone; admins of the platform can ban from every bot.'
              : 'Somebody who plays tricks can be banned from every bot at once.'}
          </p>
        </EmptyState>
      ) : (
        <ul class="row-list">
          {bans.map((ban) => (
            <BanRow key={ban.person} ban={ban} now={now} base={baseOf(model)} />
          ))}
        </ul>
      )}
      {others.length === 0 ? null : (
        <>
          <h3 class="list-title">By single bots</h3>
          <ul class="row-list">
            {others.map(({ ban, clientName }) => (
              <BanRow key={`${ban.clientId}/${ban.person}`} ban={ban} now={now}>
                <a href={`/clients/${ban.clientId}/bans`}>{clientName}</a>
              </BanRow>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

/** @param base where the ban is lifted; without it, it is only shown */
function BanRow({
  ban,
  now,
  base,
  children,
}: {
  ban: Ban;
  now: number;
  base?: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <li>
      <span class="row-main">
        <strong class="money">{personText(ban.person)}</strong> {children}
        {ban.reason === undefined ? null : <span> · {ban.reason}</span>}
        {ban.message === undefined ? null : <small>is told: “{ban.message}”</small>}
        <small>
          by {ban.by}, <Ago at={ban.createdAt} now={now} />
        </small>
      </span>
      {base === undefined ? null : (
        <form
          method="post"
          hx-post={`${base}/lift`}
          hx-target="#ban-list"
          hx-swap="outerHTML"
          hx-disable="find button"
          hx-confirm={`Lift the ban of ${personText(ban.person)}?`}
          data-confirm-note="The person can buy again at once."
          data-confirm-label="Lift the ban"
        >
          <input type="hidden" name="phoneOrChatId" value={ban.person} />
          <button type="submit" class="button">
            Lift the ban
          </button>
        </form>
      )}
    </li>
  );
}

function Customers({ model }: { model: BansModel }): JSX.Element {
  const { customers, now } = model;
  const banned = new Set(model.bans.map(({ person }) => person));
  return (
    <Panel id="customers" title="Latest customers">
      {customers.length === 0 ? (
        <EmptyState icon="phone" title="No customer yet">
          <p>Whoever orders stands here, the latest first, with the way to a ban.</p>
        </EmptyState>
      ) : (
        <ul class="row-list">
          {customers.map(({ person, orders, lastOrderAt, lastOrderNo, clientName }) => (
            <li key={person}>
              <span class="row-main">
                <strong class="money">{personText(person)}</strong>
                {clientName === undefined ? null : ` · ${clientName}`}
                <small>
                  {orders === 1 ? 'One order: ' : `${orders} orders, the last one `}
                  <a class="order-no" href={`/orders/${lastOrderNo}`}>
                    {lastOrderNo}
                  </a>
                  , <Ago at={lastOrderAt} now={now} />
                </small>
              </span>
              {banned.has(person) ? (
                <span class="muted">banned</span>
              ) : (
                <a class="button" href={`${baseOf(model)}?who=${encodeURIComponent(person)}#ban`}>
                  <Icon name="ban" size={18} />
                  Ban…
                </a>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** A phone as people write it; a chat whose phone WhatsApp does not tell by its id. */
function personText(person: string): string {
  return /^254\d{9}$/.test(person) ? formatPhone(person) : person;
}
