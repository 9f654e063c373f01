import type { JSX } from 'preact';
import type { AuditEntry } from '../../shared/audit.ts';
import { formatClockSeconds, formatDay, startOfDay } from '../../shared/nairobi.ts';
import { deedText, noteLines, subjectText } from '../audit-words.ts';
import { BotFilter } from '../components/filters.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { Moment } from '../components/values.tsx';
import type { PageContext } from '../page-context.ts';

/** What deeds can be narrowed down to: the first word of an action, and what it is about. */
export const auditKinds = {
  client: 'Bots',
  order: 'Orders',
  settings: 'Settings',
  credentials: 'Keys',
  ban: 'Bans',
  text: 'Texts',
  alert: 'Alerts',
  invite: 'Invites',
  'sign-in': 'Sign-ins',
} as const;
export type AuditKind = keyof typeof auditKinds;

export interface AuditModel {
  readonly filter: { readonly q: string; readonly kind: AuditKind | ''; readonly clientId: string };
  readonly clients: readonly { readonly id: string; readonly name: string }[];
  /** Newest first. */
  readonly entries: readonly { readonly entry: AuditEntry; readonly clientName?: string }[];
  readonly nextHref?: string;
  readonly older: boolean;
  /** True: the search ended before the log did; "older" goes on. */
  readonly partial: boolean;
  readonly problem?: string;
}

/** Who did what, when and why: every deed of a person and every decision of the product that concerns money. */
export function AuditPage({ context, model }: { context: PageContext; model: AuditModel }): JSX.Element {
  return (
    <Dashboard context={context} title="Audit log">
      <PageHead title="Audit log" lead="Who did what, and why. Nothing here can be changed." />
      <FilterForm model={model} />
      <Panel id="audit" title={model.older ? 'Earlier entries' : 'Latest entries'}>
        {model.problem ? (
          <p class="notice notice-bad" role="alert">
            <Icon name="alert" size={18} />
            {model.problem}
          </p>
        ) : null}
        {model.entries.length === 0 ? (
          <Nothing model={model} />
        ) : (
          <ol class="audit-list">
            {model.entries.map(({ entry, clientName }, index) => (
              <Entry
                key={`${entry.at}-${index}`}
                entry={entry}
                clientName={clientName}
                previousAt={model.entries[index - 1]?.entry.at}
              />
            ))}
          </ol>
        )}
        <nav class="paging" aria-label="Pages">
          {model.older ? <a href={latestHref(model)}>Back to the latest</a> : <span />}
          {model.nextHref ? (
            <a class="button" href={model.nextHref}>
              {model.partial ? 'Search further back' : 'Older'}
              <Icon name="next" size={16} />
            </a>
          ) : null}
        </nav>
      </Panel>
    </Dashboard>
  );
}

function latestHref({ filter }: AuditModel): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  return query.size === 0 ? '/audit' : `/audit?${query}`;
}

function FilterForm({ model: { filter, clients } }: { model: AuditModel }): JSX.Element {
  return (
    <search>
      <form class="panel filters" action="/audit" method="get">
        <label class="field field-wide">
          <span>Search</span>
          <input
            type="search"
            name="q"
            value={filter.q}
            placeholder="A person, an order number, a word of the note"
            maxLength={60}
            autocomplete="off"
            data-search=""
          />
        </label>
        <label class="field">
          <span>About</span>
          <select name="kind">
            <option value="">Everything</option>
            {Object.entries(auditKinds).map(([kind, label]) => (
              <option key={kind} value={kind} selected={filter.kind === kind}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <BotFilter bots={clients} chosen={filter.clientId} any="Any bot" />
        <button type="submit" class="button">
          <Icon name="search" size={18} />
          Show
        </button>
      </form>
    </search>
  );
}

function Nothing({ model: { filter, partial } }: { model: AuditModel }): JSX.Element {
  if (partial) {
    return (
      <EmptyState icon="search" title="Nothing in this part of the log">
        <p>The log goes further back; search on with the button below.</p>
      </EmptyState>
    );
  }
  if (filter.q !== '' || filter.kind !== '' || filter.clientId !== '') {
    return (
      <EmptyState icon="search" title="No entry fits">
        <p>
          Search for less, or <a href="/audit">show everything</a>.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="list" title="Nothing has been done yet">
      <p>Each deed of an admin or an owner appears here with its reason.</p>
    </EmptyState>
  );
}

function Entry({
  entry,
  clientName,
  previousAt,
}: {
  entry: AuditEntry;
  clientName: string | undefined;
  previousAt: number | undefined;
}): JSX.Element {
  const isNewDay = previousAt === undefined || startOfDay(previousAt) !== startOfDay(entry.at);
  return (
    <li class="audit-entry">
      {isNewDay ? <span class="timeline-day">{formatDay(entry.at)}</span> : null}
      <span class="timeline-time">
        <Moment at={entry.at} format={formatClockSeconds} />
      </span>
      <span class="audit-body">
        <strong>{entry.by}</strong> <span class="audit-action">{deedText(entry.action)}</span>{' '}
        <Subject entry={entry} clientName={clientName} />
        {entry.note === undefined || entry.note === ''
          ? null
          : noteLines(entry.note).map((line) => (
              <span key={line} class="timeline-note">
                {line}
              </span>
            ))}
      </span>
    </li>
  );
}

function Subject({
  entry: { action, subject, clientId },
  clientName,
}: {
  entry: AuditEntry;
  clientName: string | undefined;
}): JSX.Element | null {
  const client =
    clientId === undefined || clientName === undefined ? null : (
      <a href={`/clients/${encodeURIComponent(clientId)}`}>{clientName}</a>
    );
  const said = subject === undefined || subject === clientId ? undefined : subjectText(action, subject);
  if (subject === undefined || said === undefined) return client;
  const what = action.startsWith('order.') ? (
    <a class="order-no" href={`/orders/${encodeURIComponent(subject)}`}>
      {subject}
    </a>
  ) : (
    <span class={/^[\d ]+$/.test(said) ? 'audit-subject whole' : 'audit-subject'}>{said}</span>
  );
  return client ? (
    <>
      {what} · {client}
    </>
  ) : (
    what
  );
}
