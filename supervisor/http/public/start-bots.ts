import type { Client } from '../../../shared/client.ts';
import { HOUR_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import { accessCodeView } from '../auth/access-code.ts';
import type { Services } from '../types.ts';

type Needs = Pick<Services, 'stores' | 'clients' | 'clock' | 'config'>;

/** May strangers with the access code make bots here now? */
export function isStartPageOpen({ stores, config }: Pick<Needs, 'stores' | 'config'>): boolean {
  return (
    effectiveSettings(stores.settings).startPageOpen && accessCodeView(stores, config.globals.accessCode).set
  );
}

/** Made on the start page and never connected to WhatsApp. */
function isUnscanned(client: Client): boolean {
  return client.origin === 'start-page' && client.phone === undefined;
}

/**
 * Makes a client for somebody who knew the access code. Calls must come one after another: the cap counts what is there.
 * @throws AppError `conflict` while too many wait for their first scan; each of them runs a browser
 */
export async function makeStartPageClient({ stores, clients, clock }: Needs, name: string): Promise<Client> {
  const settings = effectiveSettings(stores.settings);
  const unscanned = [...stores.clients.values()].filter(isUnscanned);
  const tooOld = clock.now() - settings.startPageUnscannedHours * HOUR_MS;
  const left: Client[] = [];
  for (const client of unscanned) {
    if (client.createdAt < tooOld && canGo(stores, client.id)) await clients.remove(client.id, 'system');
    else left.push(client);
  }
  if (left.length >= settings.startPageUnscannedMax) {
    throw new AppError(
      'conflict',
      'Too many new bots are waiting to be connected just now. Try again later, or ask the platform',
    );
  }
  const approved = !settings.startPageNeedsApproval;
  const { client } = await clients.create({ name, mode: settings.startPageMode }, 'start page', {
    origin: 'start-page',
    approved,
  });
  return client;
}

/** Where somebody has put in keys or sold something, nothing is removed by itself. */
function canGo({ credentials, orders }: Needs['stores'], clientId: string): boolean {
  const hasKeys = [...credentials.values()].some(({ setId }) => setId.startsWith(`client:${clientId}:`));
  return !hasKeys && orders.page({ clientId }, { limit: 1 }).items.length === 0;
}
