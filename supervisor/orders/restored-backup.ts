import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { readManifest, removeManifest } from '../stores/backup/manifest.ts';
import type { Stores } from '../stores/types.ts';
import { applyEvent } from './machine.ts';
import { writeOutcome } from './order-book.ts';

const PER_TRANSACTION = 200;

/**
 * On a folder that came out of a backup: whoever was being served when the backup was taken may have been served since. So open
 * orders are put before a person instead of being delivered (again), and what was waiting to be said is forgotten: it was said, or
 * is no longer true. Call before the desk and the outbox start. Repeats itself harmlessly after a crash.
 */
export async function takeUpBackup(options: {
  readonly dataDir: string;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<void> {
  const { dataDir, stores, clock, logger } = options;
  const manifest = readManifest(dataDir);
  if (!manifest) return;
  const open = [...stores.orders.unsettled()];
  for (let from = 0; from < open.length; from += PER_TRANSACTION) {
    await stores.transact((tx) => {
      for (const { orderNo } of open.slice(from, from + PER_TRANSACTION)) {
        const order = tx.orders.get(orderNo);
        const outcome =
          order && applyEvent(order, { type: 'restored', takenAt: manifest.takenAt }, clock.now());
        if (outcome) writeOutcome(tx, outcome);
      }
    });
  }
  const unsaid = await stores.transact((tx) => {
    const ids = [...tx.outbox.values()].map(({ id }) => id);
    for (const id of ids) tx.outbox.delete(id);
    tx.audit.append({
      at: clock.now(),
      by: 'system',
      action: 'store.restored',
      note: `From the backup of ${new Date(manifest.takenAt).toISOString()}; ${open.length} open orders need a look`,
    });
    return ids.length;
  });
  removeManifest(dataDir);
  logger.warn(
    { takenAt: new Date(manifest.takenAt).toISOString(), openOrders: open.length, unsaid },
    'This folder was restored from a backup: open orders wait for a person, and orders placed since the backup are not on record',
  );
}
