import type { JSX } from 'preact';
import { formatPhone } from '../../shared/phone.ts';
import type { ClientCard as ClientCardModel } from '../models/bots.ts';
import { Beats } from './beats.tsx';
import { ClientBadges, ClientFacts } from './client-facts.tsx';
import { Icon } from './icon.tsx';
import { ModeTag } from './status.tsx';

/** One bot among others: is it well, does it sell, where does one go from here. */
export function ClientCard({ client, now }: { client: ClientCardModel; now: number }): JSX.Element {
  const troubled = client.stateReason !== undefined && client.state !== 'ready' && client.state !== 'stopped';
  return (
    <li class={`client-card client-${client.state}`} id={`card-${client.id}`}>
      <div class="client-card-head">
        <a class="client-name" href={`/clients/${client.id}`}>
          {client.name}
        </a>
        <ModeTag mode={client.mode} />
      </div>
      <div class="client-card-state">
        <ClientBadges client={client} />
      </div>
      {troubled ? <p class="state-reason">{client.stateReason}</p> : null}
      <ClientFacts client={client} now={now} show={['today', 'lastMessage']} row />
      <Beats beats={client.beats} />
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
