import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { benchFilters, benchOrder, percentile, printTable, seedOrders } from './orders.ts';

/**
 * Second part of `npm run bench:store`: how long a start takes and how much memory it leaves, measured with the built
 * product in a process of its own, and how long
 * lists, filters and searches take while 50 orders a second are written. Orders have eight timeline entries each.
 */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '100000,1000000' },
    seconds: { type: 'string', default: '10' },
  },
});

const START_CHILD = new URL('./start-child.mjs', import.meta.url).pathname;

const open = (dataDir: string): Promise<Stores> =>
  openStores({
    dataDir,
    clock: systemClock,
    logger: silentLogger,
    freeze: false,
    onFatal: (error) => {
      throw error;
    },
  });

const FILTERS = benchFilters();

async function latencies(stores: Stores, orders: number, seconds: number): Promise<string[][]> {
  const samples = new Map<string, number[]>(Object.keys(FILTERS).map((name) => [name, []]));
  const until = performance.now() + seconds * 1000;
  let written = 0;
  const writing = setInterval(() => {
    const n = orders + written;
    written += 1;
    const at = { at: n, event: 'created', by: 'customer' };
    void stores.transact((tx) => {
      tx.orders.put(benchOrder(n));
      tx.timelines.append(benchOrder(n).orderNo, at);
    });
  }, 20);
  while (performance.now() < until) {
    for (const [name, filter] of Object.entries(FILTERS)) {
      const askedAt = performance.now();
      const page = stores.orders.page(filter, { limit: 50 });
      JSON.stringify(page);
      samples.get(name)?.push(performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  clearInterval(writing);
  await stores.durable();
  return [...samples].map(([name, taken]) => [
    name,
    orders.toLocaleString('en'),
    percentile(taken, 0.5).toFixed(2),
    percentile(taken, 0.99).toFixed(2),
    Math.max(...taken).toFixed(2),
  ]);
}

async function main(): Promise<void> {
  const startRows: string[][] = [];
  const latencyRows: string[][] = [];
  for (const orders of values.orders.split(',').map(Number)) {
    const dataDir = mkdtempSync(join(tmpdir(), 'bench-start-'));
    try {
      const seeded = await open(dataDir);
      await seedOrders(seeded, orders, true);
      await seeded.close();
      const child = spawnSync(process.execPath, [START_CHILD, dataDir], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { startMs, cpuMs, rssMegabytes, processMs } = JSON.parse(child.stdout);
      startRows.push([
        orders.toLocaleString('en'),
        `${(startMs / 1000).toFixed(2)} s`,
        `${(cpuMs / 1000).toFixed(2)} s`,
        `${(processMs / 1000).toFixed(2)} s`,
        `${rssMegabytes.toFixed(0)} MB`,
      ]);
      const stores = await open(dataDir);
      latencyRows.push(...(await latencies(stores, orders, Number(values.seconds))));
      await stores.close();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  console.log(`\nNode ${process.version}\n`);
  printTable(['orders', 'open the stores', 'its CPU', 'since process start', 'RSS'], startRows);
  console.log('\nMilliseconds per page of 50, with its JSON, while 50 orders/s are written:\n');
  printTable(['query', 'orders', 'p50', 'p99', 'max'], latencyRows);
}

await main();
