import type { WorkerState } from '../../../shared/client.ts';
import type { ClientCard } from '../../../web/models/bots.ts';
import type { ClientsFilter } from '../../../web/models/clients.ts';
import type { ClientSnapshot } from '../../workers/types.ts';
import type { Services } from '../types.ts';
import { missingToSell } from '../views/client.ts';
import type { Watch } from './watch.ts';

/** Problems first, then by name. */
const urgency: Record<WorkerState, number> = {
  failed: 0,
  'logged-out': 1,
  'awaiting-scan': 2,
  'backing-off': 3,
  reconnecting: 4,
  authenticating: 5,
  starting: 5,
  stopping: 5,
  ready: 6,
  stopped: 7,
};

export function byUrgency(a: ClientCard, b: ClientCard): number {
  const attention = Number(b.attentionOrders > 0) - Number(a.attentionOrders > 0);
  return urgency[a.state] - urgency[b.state] || attention || a.name.localeCompare(b.name);
}

const troubled: ReadonlySet<WorkerState> = new Set([
  'failed',
  'logged-out',
  'awaiting-scan',
  'backing-off',
  'reconnecting',
]);

/** Is this bot one of those that the list was narrowed down to? */
export function fits(card: ClientCard, { q, state, mode }: ClientsFilter): boolean {
  if (mode !== '' && card.mode !== mode) return false;
  if (state === 'trouble') {
    if (!troubled.has(card.state) && card.attentionOrders === 0 && card.missing.length === 0 && card.approved)
      return false;
  } else if (state === 'paused') {
    if (!card.paused) return false;
  } else if (state !== '' && card.state !== state) return false;
  const wanted = q.trim().toLocaleLowerCase('en');
  const digits = wanted.replace(/\D/g, '').replace(/^0/, '');
  const phone = digits.length >= 3 && card.phone?.includes(digits) === true;
  return wanted === '' || phone || card.name.toLocaleLowerCase('en').includes(wanted) || card.id === q.trim();
}

/** Makes the picture of one bot at a glance. */
export function cardMaker(
  services: Services,
  { takings, states }: Watch,
): (snapshot: ClientSnapshot) => ClientCard {
  const { stores, clock } = services;
  return ({ client, worker }) => {
    const now = clock.now();
    const counts = stores.orders.countByStatus(client.id);
    const { live, simulated } = takings.read(now, client.id);
    return {
      id: client.id,
      name: client.name,
      mode: client.mode,
      desired: client.desired,
      state: worker.state,
      ...(worker.stateReason === undefined ? {} : { stateReason: worker.stateReason }),
      paused: client.paused,
      approved: client.approved !== false,
      ...(client.phone === undefined ? {} : { phone: client.phone }),
      ...(worker.lastMessageAt === undefined ? {} : { lastMessageAt: worker.lastMessageAt }),
      ...(worker.readySince === undefined ? {} : { readySince: worker.readySince }),
      restarts: worker.restarts,
      ...(worker.memoryBytes === undefined ? {} : { memoryBytes: worker.memoryBytes }),
      createdAt: client.createdAt,
      today: client.mode === 'live' ? live : simulated,
      openOrders: counts.open,
      attentionOrders: counts.attention,
      beats: states.beats(client.id, now),
      missing: missingToSell(client, services),
    };
  };
}
