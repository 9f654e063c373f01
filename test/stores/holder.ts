import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import { anOrder } from './helpers.ts';

/** A process that holds a data folder. On each line of input it writes an order and says `saved`; it ends with code 7 when it loses the lock. */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: holder <data folder>');
const stores = await openStores({
  dataDir,
  clock: systemClock,
  logger: silentLogger,
  reserveBytes: 1024,
  lockStaleMs: 2000,
  onFatal: (error) => {
    process.stdout.write(`fatal ${error.name}\n`, () => process.exit(7));
  },
});
process.stdout.write('ready\n');
let n = 0;
process.stdin.on('data', () => {
  n += 1;
  process.stdout.write(`owner ${stores.stillOwner()}\n`);
  void stores
    .transact((tx) => tx.orders.put(anOrder(n)))
    .then(
      () => process.stdout.write('saved\n'),
      () => process.stdout.write('refused\n'),
    );
});
