import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { orderStatus } from '../../shared/order.ts';
import { applyEvent, createOrder } from '../../supervisor/orders/machine.ts';
import { ChatNetwork } from './chat-network.ts';
import { Engine } from './engine.ts';
import { MoneyWorld } from './money-world.ts';
import { ProcessLife } from './process-life.ts';
import { Random } from './random.ts';
import { simulatedGateways } from './simulated-gateways.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { Medium, SimulatedStores } from './simulated-stores.ts';

const ORDERS = 10_000;
const MODE = { setId: 'simulated', version: 1 } as const;
/** Sixteen pushes, sixteen questions and sixteen top-ups at a time, each answered no sooner than this world does, and a margin. */
const MOST_CALLS_PER_SECOND = 300;

/** Sixteen each of answers to young and old questions, of ends, of releases and of top-ups, and of what follows from them. */
const MOST_WRITING = 50;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

function usedHeapBytes(): number {
  assert.ok(typeof collectGarbage === 'function');
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('ten thousand open orders outlive an hour without gateways: no stampede, no growth, everybody told, all settled', async (t) => {
  const engine = new Engine();
  const medium = new Medium();
  const random = new Random(1);
  const openedAt = engine.now;
  const outage = { from: openedAt + 30 * SECOND_MS, to: openedAt + 30 * SECOND_MS + HOUR_MS };
  const world = new MoneyWorld({
    engine,
    random,
    troubles: { shadowPay: [outage], statum: [outage], rejectedKeys: [], missingKeys: [], callFaults: 0 },
    onTopUp: () => undefined,
  });
  world.floatKes.simulated = 100_000_000;
  for (let n = 0; n < ORDERS; n += 1) {
    const phone = `2547000${String(n).padStart(5, '0')}`;
    const orderNo = `A${String(n).padStart(6, '0')}2`;
    world.push('simulated', 1, { phone, amountKes: 100, reference: orderNo, description: 'Airtime' });
    const quote = {
      confirmId: `cf_${n}`,
      amountKes: 100,
      payableKes: 100,
      discountPercent: 0,
      recipientPhone: phone,
      payerPhone: phone,
      shownAt: openedAt,
    };
    const facts = { orderNo, clientId: 'cl_1', mode: 'sandbox', chatId: `${phone}@c.us` } as const;
    const { order } = createOrder({ ...facts, quote, credentials: MODE }, openedAt);
    const checkoutRequestId = world.prompts.at(-1)?.id ?? '';
    const prompted = applyEvent(order, { type: 'stk-accepted', checkoutRequestId }, openedAt)?.order ?? order;
    medium.content.orders.set(orderNo, prompted);
  }
  await engine.run(outage.from + SECOND_MS);

  const life = new ProcessLife({ engine, killer: () => false, onDeath: () => undefined });
  const stores = new SimulatedStores(medium, life, { writeMs: () => 2 });
  // Whoever writes to a bot waits behind what is being written just then.
  let writing = 0;
  let mostWriting = 0;
  const transact = stores.transact.bind(stores);
  stores.transact = async (work) => {
    writing += 1;
    mostWriting = Math.max(mostWriting, writing);
    try {
      return await transact(work);
    } finally {
      writing -= 1;
    }
  };
  const gateways = simulatedGateways(world, life, {
    beforePush: () => undefined,
    beforeAirtime: (_setId, { phone }) => stores.orders.byRecipient(phone, 1)[0]?.orderNo ?? 'nobody',
  });
  const chats = new ChatNetwork(engine, new Random(2), 0);
  const process = new SimulatedProcess({
    life,
    stores,
    gateways,
    chats,
    random: () => random.next(),
    wishOf: () => {
      throw new Error('Nobody orders in this hour');
    },
  });
  const started = process.start();
  const calls = (): number => world.calls.status + world.calls.airtime + world.calls.balance;
  let busiest = 0;
  const pass = async (untilMs: number): Promise<void> => {
    while (engine.now < untilMs) {
      const before = calls();
      await engine.run(engine.now + SECOND_MS);
      busiest = Math.max(busiest, calls() - before);
    }
  };

  await pass(outage.from + 10 * MINUTE_MS);
  await started;
  const early = { heapBytes: usedHeapBytes(), events: engine.pending };
  await pass(outage.to);
  const late = { heapBytes: usedHeapBytes(), events: engine.pending };
  const callsWhileDead = calls();
  const grownMb = (late.heapBytes - early.heapBytes) / 1e6;
  t.diagnostic(`${callsWhileDead} calls in the dead hour, heap ${grownMb.toFixed(1)} MB more at its end`);
  assert.ok(grownMb < 10, `the heap grew by ${grownMb} MB`);
  assert.ok(late.events <= ORDERS, `${late.events} timers and calls are waiting`);
  for (const order of stores.orders.values()) {
    const expired = (medium.timelines.get(order.orderNo) ?? []).find(({ event }) => event === 'expired');
    const lateMs = (expired?.at ?? Number.POSITIVE_INFINITY) - openedAt - 3 * MINUTE_MS;
    assert.ok(
      lateMs < 30 * SECOND_MS,
      `${order.orderNo} was told ${lateMs} ms late that no payment was seen`,
    );
  }

  await pass(outage.to + 2 * HOUR_MS);
  t.diagnostic(`at most ${mostWriting} changes were being written at once`);
  assert.ok(mostWriting <= MOST_WRITING, `${mostWriting} changes were being written at once`);
  t.diagnostic(`at most ${busiest} calls in a second`);
  assert.ok(busiest <= MOST_CALLS_PER_SECOND, `${busiest} calls in one second`);
  const open = world.prompts.filter(({ reference, visibleAt }) => {
    const order = stores.orders.get(reference);
    const told = visibleAt !== undefined && visibleAt < outage.to;
    return told && order && order.payment.state !== 'review' && orderStatus(order) !== 'delivered';
  });
  assert.deepEqual(
    open.slice(0, 5).map(({ reference }) => JSON.stringify(stores.orders.get(reference))),
    [],
  );
  // A day later nothing is left to do for anybody who never paid.
  await engine.run(outage.to + 110 * HOUR_MS);
  assert.equal(stores.orders.countByStatus().open, 0);
  assert.equal(stores.outbox.size, 0);
});
