import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type Timer } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { makeClient } from '../http/helpers/fake-services.ts';
import { startSiteOnDisk } from '../http/helpers/site-on-disk.ts';
import { benchOrder, seedOrders } from './orders.ts';

/*
 * The supervisor's part of `npm run bench:dashboard`, in a process of its own: the HTTP side with its live connections over real
 * stores on disk, and orders that move on as real ones do. Tells its parent when each order was durable, and what it cost.
 */
const KNOWN_ORDERS = 20_000;
const CLIENTS = 10;
const STEP_MS = 300;

/** The system's clock where a test's is expected. */
class RunningClock extends FakeClock {
  override now(): number {
    return systemClock.now();
  }
  override schedule(delayMs: number, run: () => void): Timer {
    return systemClock.schedule(delayMs, run);
  }
}

const closers: (() => unknown)[] = [];
const { site, stores } = await startSiteOnDisk(
  { after: (close: unknown) => void (typeof close === 'function' && closers.push(() => close())) },
  {
    clock: new RunningClock(),
    parts: { pages: registerPages, live: registerLive },
  },
  { freeze: false },
);
await seedOrders(stores, KNOWN_ORDERS, false);
for (let n = 0; n < CLIENTS; n += 1) {
  const client = makeClient({ id: benchOrder(n).clientId, name: `Shop ${n + 1}`, mode: 'live' });
  site.stores.clients.set(client.id, client);
  await stores.transact((tx) => tx.clients.put(client));
}
const url = await site.app.listen({ host: '127.0.0.1', port: 0 });

/** What an order looks like at each step of a minute's purchase, run in a second. */
function steps(n: number): readonly Order[] {
  const now = Date.now();
  const done = { ...benchOrder(n), createdAt: now, updatedAt: now };
  const { receipt: _code, paidAt: _paid, ...asked } = done.payment;
  const none = { state: 'none', attempts: 0 } as const;
  return [
    { ...done, payment: { ...asked, state: 'requesting', requestedAt: now }, delivery: none },
    { ...done, payment: { ...asked, state: 'prompted', requestedAt: now }, delivery: none },
    {
      ...done,
      payment: { ...done.payment, requestedAt: now, paidAt: now },
      delivery: { state: 'queued', attempts: 0 },
    },
    { ...done, payment: { ...done.payment, requestedAt: now, paidAt: now } },
  ];
}

let written = 0;
async function purchase(): Promise<void> {
  const n = KNOWN_ORDERS + written;
  written += 1;
  for (const [index, order] of steps(n).entries()) {
    await stores.transact((tx) => {
      tx.orders.put(order);
      tx.timelines.append(order.orderNo, { at: Date.now(), event: 'paid', by: 'system' });
    });
    if (index === 0) process.send?.({ durable: order.orderNo, at: Date.now() });
    // A purchase's steps lie apart as an M-Pesa prompt's do: each change must reach the browsers by itself, none merged into the next.
    await delay(STEP_MS);
  }
}

let writing: ReturnType<typeof setInterval> | undefined;
process.on('message', (message) => {
  if (typeof message !== 'object' || message === null) return;
  if ('ordersPerSecond' in message && typeof message.ordersPerSecond === 'number') {
    clearInterval(writing);
    if (message.ordersPerSecond > 0)
      writing = setInterval(() => void purchase(), 1_000 / message.ordersPerSecond);
  }
  if ('cpu' in message) {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1_000, written });
  }
  if ('end' in message) {
    clearInterval(writing);
    setTimeout(() => {
      void Promise.allSettled(closers.map((close) => close())).then(() => process.exit(0));
    }, 1_500);
  }
});
process.send?.({ url, authorization: site.bearer.authorization });
