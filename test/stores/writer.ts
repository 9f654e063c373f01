import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import { aClient, anOrder } from './helpers.ts';

/**
 * A process that writes until it is killed, and prints the number of each transaction once it is acknowledged. Each one puts an
 * order and the same number into a client, so that half a transaction would be seen.
 */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: writer <data folder>');
const stores = await openStores({
  dataDir,
  clock: systemClock,
  logger: silentLogger,
  reserveBytes: 64 << 10,
  snapshotMinBytes: 96 << 10,
  onFatal: (error) => {
    throw error;
  },
});
let next = stores.orders.size;
process.stdout.write('ready\n');
async function writeOn(): Promise<void> {
  for (;;) {
    const n = next;
    next += 1;
    await stores.transact((tx) => {
      tx.orders.put(anOrder(n));
      tx.clients.put(aClient('cl_one', { retryCount: n }));
      tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
    });
    process.stdout.write(`${n}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, writeOn));
