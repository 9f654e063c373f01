import type { JSX } from 'preact';
import { formatPhone } from '../../shared/phone.ts';
import type { ClientCard as ClientCardModel } from '../view-models.ts';
import { Icon } from './icon.tsx';
import { Badge, ModeTag, WorkerStateBadge } from './status.tsx';
import { Ago, Kes } from './values.tsx';

/** One bot on the overview: is it well, does it sell, where does one go from here. */
export function ClientCard({ client, now }: { client: ClientCardModel; now: number }): JSX.Element {
  return (
    <li class={`client-card client-${client.state}`} id={`card-${client.id}`}>
      <div class="client-card-head">
        <a class="client-name" href={`/clients/${client.id}`}>
          {client.name}
        </a>
        <ModeTag mode={client.mode} />
      </div>
      <div class="client-card-state">
        <WorkerStateBadge state={client.state} />
        {client.paused ? (
          <Badge tone="warn" icon="pause">
            Selling paused
          </Badge>
        ) : null}
        {client.attentionOrders > 0 ? (
          <Badge tone="warn" icon="alert">
            {`${client.attentionOrders} need${client.attentionOrders === 1 ? 's' : ''} attention`}
          </Badge>
        ) : null}
      </div>
      {client.stateReason && client.state !== 'ready' ? (
        <p class="state-reason">{client.stateReason}</p>
      ) : null}
      <dl class="facts facts-row">
        <div>
          <dt>Today</dt>
          <dd>
            <Kes amountKes={client.today.sumKes} />
            <small>
              {client.today.sales} {client.today.sales === 1 ? 'sale' : 'sales'}
            </small>
          </dd>
        </div>
        <div>
          <dt>Last message</dt>
          <dd>
            {client.lastMessageAt === undefined ? 'none yet' : <Ago at={client.lastMessageAt} now={now} />}
          </dd>
        </div>
      </dl>
      <div class="client-card-foot">
        {client.phone ? <span class="client-number">{formatPhone(client.phone)}</span> : null}
        {client.mode === 'sandbox' ? (
          <a class="button button-quiet" href={`/phone/${client.id}`}>
            <Icon name="phone" size={18} />
            Its phone
          </a>
        ) : null}
      </div>
    </li>
  );
}
