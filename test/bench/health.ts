import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import { aClient } from '../helpers/a-client.ts';
import { Product } from '../helpers/product.ts';
import { Samples } from '../simulate/samples.ts';

/*
 * `npm run bench:health`: how soon the built product answers a monitor, at rest and while 10,000 orders are open and both gateways
 * are dead. The questions come at a fixed rate, whether or not the last one has been answered.
 */
const ORDERS = 10_000;
const RATE_PER_SECOND = 100;
const WARM_UP_SECONDS = 3;
const SECONDS = Number(process.argv[2] ?? 20);

const shop = aClient('cl_bench', { createdAt: Date.now(), updatedAt: Date.now() });

function openOrder(n: number): Order {
  const now = Date.now();
  const phone = `2547000${String(n).padStart(5, '0')}`;
  return {
    orderNo: `A${String(n).padStart(6, '0')}2`,
    clientId: shop.id,
    mode: 'sandbox',
    chatId: `${phone}@c.us`,
    confirmId: `cf_${n}`,
    customerPhone: phone,
    payerPhone: phone,
    recipientPhone: phone,
    amountKes: 100,
    payableKes: 100,
    discountPercent: 0,
    payment: {
      state: 'prompted',
      credentials: { setId: 'simulated', version: 1 },
      requestedAt: now,
      promptedAt: now,
      checkoutRequestId: `ws_CO_bench_${n}`,
    },
    delivery: { state: 'none', attempts: 0 },
    attention: [],
    createdAt: now,
    updatedAt: now,
  };
}

async function measure(url: string, headers: Record<string, string>, seconds: number): Promise<Samples> {
  const samples = new Samples();
  const asked: Promise<void>[] = [];
  const ask = async (): Promise<void> => {
    const startedAt = performance.now();
    const answer = await fetch(url, { headers });
    await answer.text();
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    samples.add(performance.now() - startedAt);
  };
  const startedAt = performance.now();
  for (let n = 0; n < RATE_PER_SECOND * seconds; n += 1) {
    await delay(Math.max(0, startedAt + (n * 1_000) / RATE_PER_SECOND - performance.now()));
    asked.push(ask());
  }
  await Promise.all(asked);
  return samples;
}

/** How late the product itself was: what is above that was waited for elsewhere, for a core mostly. */
async function eventLoopP99Ms(product: Product): Promise<number> {
  const schema = z.object({ eventLoop: z.object({ p99Ms: z.number() }) });
  return (await product.call(schema, 'GET', '/health')).eventLoop.p99Ms;
}

async function round(name: string, orders: number): Promise<void> {
  const product = new Product({});
  try {
    const stores = await openStores({
      ...{ dataDir: product.dataDir, clock: systemClock, logger: silentLogger },
      onFatal: (error) => {
        throw error;
      },
    });
    await stores.transact((tx) => {
      tx.clients.put(shop);
      for (let n = 0; n < orders; n += 1) tx.orders.put(openOrder(n));
    });
    await stores.close();
    await product.restart();
    if (orders > 0) {
      const dead = { mode: 'timeout-before', delayMs: 60_000 } as const;
      await product.faults({ shadowPay: { ...dead, op: 'status' }, statum: { ...dead, op: 'balance' } });
    }
    // A cold product compiles its code while it answers the first ones.
    await measure(new URL('/health', product.url).href, {}, WARM_UP_SECONDS);
    for (const [who, headers] of [
      ['anybody', {}],
      ['token', { authorization: `Bearer ${product.token}` }],
    ] as const) {
      const samples = await measure(new URL('/health', product.url).href, headers, SECONDS);
      const [p50, p99, max] = [0.5, 0.99, 1].map((share) => samples.quantile(share)?.toFixed(1));
      const late = await eventLoopP99Ms(product);
      console.log(`| ${name} | ${who} | ${p50} | ${p99} | ${max} | ${late} | ${loadavg()[0]?.toFixed(1)} |`);
    }
  } finally {
    await product.close();
  }
}

console.log(`Node ${process.version}, ${RATE_PER_SECOND} questions a second for ${SECONDS} s\n`);
console.log(
  '| product | asked by | p50 ms | p99 ms | max ms | its event loop, p99 ms late | load average |\n|---|---|---:|---:|---:|---:|---:|',
);
await round('at rest', 0);
await round('10,000 orders open, both gateways dead', ORDERS);
