import { systemClock } from '../../dist/shared/clock.js';
import { silentLogger } from '../../dist/shared/logger.js';
import { openStores } from '../../dist/supervisor/stores/open.js';

/** Opens a data folder with the built product and prints what that took. */
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const stores = await openStores({
  dataDir: process.argv[2],
  clock: systemClock,
  logger: silentLogger,
  freeze: false,
  onFatal: (error) => {
    throw error;
  },
});
const startMs = performance.now() - startedAt;
const cpu = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    startMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    rssMegabytes: process.memoryUsage().rss / 2 ** 20,
    processMs: performance.now(),
  }),
);
await stores.close();
