import { Agent, request } from 'undici';
import type { OrderFilter } from '../../supervisor/stores/types.ts';
import { makeClient } from '../http/helpers/fake-services.ts';
import { startSiteOnDisk } from '../http/helpers/site-on-disk.ts';
import { benchFilters, benchOrder, benchTimeline, percentile, printTable, seedOrders } from './orders.ts';

/**
 * Third part of `npm run bench:store`: the order list over HTTP, from the question to the whole answer, while 50 orders a second
 * are written with eight timeline entries each. Asker and server share one process, so the asker's own work is in the figures.
 */
const ORDERS = 100_000;
const ROUNDS = 400;

const closers: (() => unknown)[] = [];
const { site, stores } = await startSiteOnDisk(
  { after: (close: unknown) => void (typeof close === 'function' && closers.push(() => close())) },
  {
    env: { LOG_LEVEL: 'info' },
  },
  { freeze: false },
);
await seedOrders(stores, ORDERS, true);
for (let n = 0; n < 10; n += 1) {
  await stores.transact((tx) => tx.clients.put(makeClient({ id: benchOrder(n).clientId })));
}
const url = await site.app.listen({ host: '127.0.0.1', port: 0 });
const dispatcher = new Agent({ keepAliveTimeout: 60_000 });

const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();
const address = ({ status, clientId, q, from, to }: OrderFilter): string => {
  const wanted = Object.entries({ status, clientId, q, from: iso(from), to: iso(to), limit: '50' });
  const query = new URLSearchParams(wanted.flatMap(([name, value]) => (value ? [[name, value]] : [])));
  return `${url}/api/v1/orders?${query}`;
};
async function ask(path: string): Promise<number> {
  const askedAt = performance.now();
  const { statusCode, body } = await request(path, { dispatcher, headers: site.bearer });
  await body.text();
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  return performance.now() - askedAt;
}

let written = 0;
const writing = setInterval(() => {
  const n = ORDERS + written;
  written += 1;
  void stores.transact((tx) => {
    tx.orders.put(benchOrder(n));
    for (const entry of benchTimeline(n)) tx.timelines.append(benchOrder(n).orderNo, entry);
  });
}, 20);
const samples = new Map<string, number[]>();
for (let round = -20; round < ROUNDS; round += 1) {
  for (const [name, filter] of Object.entries(benchFilters())) {
    const took = await ask(address(filter));
    // The first rounds compile the code.
    if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), took]);
  }
}
clearInterval(writing);
const rows = [...samples].map(([name, taken]) => [
  name,
  percentile(taken, 0.5).toFixed(1),
  percentile(taken, 0.99).toFixed(1),
  Math.max(...taken).toFixed(1),
]);
console.log(
  `\nMilliseconds per page of 50 over HTTP, ${ORDERS.toLocaleString('en')} orders, ${written} written meanwhile:\n`,
);
printTable(['query', 'p50', 'p99', 'max'], rows);
await dispatcher.close();
for (const close of closers) await close();
