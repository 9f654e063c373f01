import type { ComponentChildren, JSX } from 'preact';
import { formatDay } from '../../shared/nairobi.ts';
import { formatPhone } from '../../shared/phone.ts';
import type { ClientCard } from '../models/bots.ts';
import { Badge, WorkerStateBadge } from './status.tsx';
import { Ago, Kes, Moment } from './values.tsx';

interface FactsProps {
  readonly client: ClientCard;
  readonly now: number;
}

/** State, selling and what needs a person, as badges. */
export function ClientBadges({ client }: { client: ClientCard }): JSX.Element {
  return (
    <>
      <WorkerStateBadge state={client.state} />
      {client.paused ? (
        <Badge tone="warn" icon="pause">
          Selling paused
        </Badge>
      ) : null}
      {client.approved ? null : (
        <Badge tone="warn" icon="clock">
          Waits for approval
        </Badge>
      )}
      {client.missing.length > 0 ? (
        <Badge tone="warn" icon="key">
          Keys missing
        </Badge>
      ) : null}
      {client.attentionOrders > 0 ? (
        <Badge tone="warn" icon="alert">
          {`${client.attentionOrders} need${client.attentionOrders === 1 ? 's' : ''} attention`}
        </Badge>
      ) : null}
    </>
  );
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

/** Everything there is to say of a bot in one word or number; each page picks what it shows. */
const facts = {
  today: {
    title: 'Sold today',
    value: ({ client: { today } }) => (
      <>
        <Kes amountKes={today.sumKes} />
        <small>
          {today.sales} {today.sales === 1 ? 'sale' : 'sales'}
        </small>
      </>
    ),
  },
  lastMessage: {
    title: 'Last message',
    value: ({ client: { lastMessageAt }, now }) =>
      lastMessageAt === undefined ? 'none yet' : <Ago at={lastMessageAt} now={now} />,
  },
  openOrders: { title: 'Open orders', value: ({ client }) => client.openOrders },
  attention: { title: 'Need attention', value: ({ client }) => client.attentionOrders },
  number: {
    title: 'Its number',
    value: ({ client: { phone } }) => (phone ? formatPhone(phone) : 'not known yet'),
  },
  memory: {
    title: 'Memory',
    value: ({ client: { memoryBytes } }) => (memoryBytes === undefined ? '–' : megabytes(memoryBytes)),
  },
  restarts: { title: 'Restarts', value: ({ client }) => client.restarts },
  since: {
    title: 'Here since',
    value: ({ client }) => <Moment at={client.createdAt} format={formatDay} />,
  },
} satisfies Record<string, { title: string; value: (props: FactsProps) => ComponentChildren }>;

export type ClientFact = keyof typeof facts;

export function ClientFacts({
  show,
  client,
  now,
  row = false,
}: FactsProps & { readonly show: readonly ClientFact[]; readonly row?: boolean }): JSX.Element {
  return (
    // Sent alone when nothing else of its region has changed: it changes with every sale.
    <dl id={`facts-${client.id}`} data-part="" class={row ? 'facts facts-row' : 'facts'}>
      {show.map((name) => (
        <div key={name}>
          <dt>{facts[name].title}</dt>
          <dd>{facts[name].value({ client, now })}</dd>
        </div>
      ))}
    </dl>
  );
}
