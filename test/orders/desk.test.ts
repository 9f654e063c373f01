import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import { type Order, orderSchema, orderStatus } from '../../shared/order.ts';
import { OrderDesk } from '../../supervisor/orders/desk.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { createOrder } from '../../supervisor/orders/machine.ts';
import { createOrderBook, writeOutcome } from '../../supervisor/orders/order-book.ts';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import { journalRecordSchema } from '../../supervisor/stores/journal-format.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { CHAT, quote, RECIPIENT } from './fixtures.ts';
import { ScriptedGateways } from './scripted-gateways.ts';

const RECEIPT = 'SG722NMVXQ';

describe('the order desk', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let clock: FakeClock;
  let world: ScriptedGateways;
  let stores: Stores;
  let desk: OrderDesk;
  /** How many of the next transactions a full disk refuses. */
  let refusals = 0;

  async function open(): Promise<void> {
    const real = await openStores({
      dataDir: folder.path,
      clock,
      logger: silentLogger,
      checkOrderChange,
      onFatal: (error) => {
        throw error;
      },
    });
    stores = new Proxy(real, {
      get(target, name: keyof Stores) {
        const value = target[name];
        if (name !== 'transact') return typeof value === 'function' ? value.bind(target) : value;
        return (work: Parameters<Stores['transact']>[0]) => {
          if (refusals === 0) return target.transact(work);
          refusals -= 1;
          return Promise.reject(new AppError('storage-full', 'The disk is full'));
        };
      },
    });
    desk = new OrderDesk({
      stores,
      float: new FloatKeeper({ stores, gateways: world.gateways, clock }),
      book: createOrderBook({ stores, clock }),
      gateways: world.gateways,
      clock,
      logger: silentLogger,
      random: () => 0,
      stillOwner: () => undefined,
      stopping: () => false,
    });
    await desk.start();
  }

  async function reopen(): Promise<void> {
    await desk.close();
    await stores.close();
    await open();
  }

  beforeEach(async () => {
    folder = temporaryFolder('desk');
    clock = new FakeClock();
    world = new ScriptedGateways();
    refusals = 0;
    await open();
    await stores.transact((tx) => tx.clients.put(aClient('cl_1')));
  });

  afterEach(async () => {
    await desk.close();
    await stores.close();
    folder.remove();
  });

  async function place(orderNo = 'TESTAAA2', overrides: Parameters<typeof quote>[0] = {}): Promise<void> {
    await stores.transact((tx) => {
      const facts = { orderNo, clientId: 'cl_1', mode: 'sandbox', chatId: CHAT } as const;
      const credentials = { setId: 'simulated', version: 1 };
      const confirmed = quote({ confirmId: `cf_${orderNo}`, ...overrides });
      writeOutcome(tx, createOrder({ ...facts, quote: confirmed, credentials }, clock.now()));
    });
  }

  const order = (orderNo = 'TESTAAA2'): Order => {
    const found = stores.orders.get(orderNo);
    assert.ok(found);
    return found;
  };

  /** Resolves when the order satisfies the condition; woken by the store's commits. */
  async function until(condition: (order: Order) => boolean, orderNo = 'TESTAAA2'): Promise<Order> {
    for (;;) {
      const now = stores.orders.get(orderNo);
      if (now && condition(now)) {
        // Memory is ahead of the disk, and the desk plans its next step on durable changes.
        await stores.durable();
        await new Promise((resolve) => setImmediate(resolve));
        return now;
      }
      await new Promise<void>((resolve) => {
        const stop = stores.onCommit(() => {
          stop();
          resolve();
        });
      });
    }
  }

  /** The order as the next process would find it if this one died now. */
  function onDisk(orderNo = 'TESTAAA2'): Order {
    const lines = readdirSync(folder.path)
      .filter((name) => name.startsWith('journal-'))
      .sort()
      .flatMap((name) => readFileSync(join(folder.path, name), 'utf8').split('\n'));
    const versions = lines
      .filter((line) => line.includes('"ops"'))
      .flatMap((line) => journalRecordSchema.parse(JSON.parse(line.slice(line.indexOf('{')))).ops)
      .filter(([collection, key]) => collection === 'orders' && key === orderNo);
    return orderSchema.parse(versions.at(-1)?.[2]);
  }

  const asked = async (count: number): Promise<void> => {
    while (world.asked.length < count) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  const says = (): string[] =>
    [...stores.outbox.values()].sort((a, b) => a.seq - b.seq).map(({ text }) => text);

  it('prompts, sees the payment at the next poll, delivers, and tells each step', async () => {
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    assert.deepEqual(world.pushes, [
      { phone: '254700000001', amountKes: 95, reference: 'TESTAAA2', description: 'Airtime' },
    ]);
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    clock.advance(3_000);
    const done = await until(({ delivery }) => delivery.state === 'sent');
    assert.equal(done.payment.receipt, RECEIPT);
    assert.deepEqual(world.topUps, [{ phone: RECIPIENT, amountKes: 100 }]);
    assert.equal(says().length, 3);
    const timeline = await stores.timelines.read('TESTAAA2');
    assert.deepEqual(
      timeline.map(({ event }) => event),
      ['created', 'prompted', 'paid', 'submitting', 'sent'],
    );
  });

  it('has the intent on disk before it calls a gateway', async () => {
    const found: string[] = [];
    world.onPush = () => {
      found.push(onDisk().payment.state);
      return { outcome: 'accepted', checkoutRequestId: 'ws_CO_1' };
    };
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    world.onAirtime = () => {
      found.push(onDisk().delivery.state);
      return { outcome: 'accepted', requestId: 'req-1' };
    };
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'sent');
    assert.deepEqual(found, ['requesting', 'submitting']);
  });

  it('tells the customer after 3 minutes, goes on asking, and delivers a late payment once', async () => {
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    await asked(40);
    await until(({ payment }) => payment.state === 'expired');
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    clock.advance(MINUTE_MS);
    await until(({ delivery }) => delivery.state === 'sent');
    assert.equal(world.topUps.length, 1);
    assert.equal(world.pushes.length, 1);
  });

  it('sees the payment of who paid while the machine’s clock was set back', async () => {
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.setBack(HOUR_MS);
    clock.advance(3_000);
    await stores.durable();
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    while (order().payment.state === 'prompted') {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1_000);
    }
    await until(({ delivery }) => delivery.state === 'sent');
    assert.ok(world.asked.length <= 5, 'without a storm of questions');
  });

  it('never calls a time-out of the push a failure, and never pushes again', async () => {
    world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await place();
    await until(({ payment }) => payment.state === 'unknown');
    assert.equal(orderStatus(order()), 'attention');
    await reopen();
    clock.advance(2 * HOUR_MS);
    assert.equal(world.pushes.length, 1);
    await assert.rejects(
      desk.act('TESTAAA2', { action: 'check-payment' }, 'Asha'),
      (error) => error instanceof AppError && error.code === 'conflict',
    );
  });

  it('never sends again after an airtime call without an answer', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    world.onAirtime = () => ({ outcome: 'unknown', reason: 'time-out' });
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'unknown');
    await reopen();
    clock.advance(2 * HOUR_MS);
    await stores.durable();
    assert.equal(world.topUps.length, 1);
  });

  it('holds when the float is empty and sends when it is filled', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    world.onAirtime = () => ({ outcome: 'held', cause: 'float', reason: 'Insufficient funds' });
    world.onBalance = () => ({ outcome: 'known', balanceKes: 99 });
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'held');
    assert.equal(orderStatus(order()), 'attention');
    clock.advance(MINUTE_MS);
    await stores.durable();
    assert.equal(world.topUps.length, 1, 'not tried while the balance is too small');
    world.onBalance = () => ({ outcome: 'known', balanceKes: 100 });
    world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    await reopen();
    clock.advance(MINUTE_MS);
    await until(({ delivery }) => delivery.state === 'sent');
    assert.equal(world.topUps.length, 2);
  });

  it('holds a paid order while the airtime keys are missing, and says so once', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    world.statumSet = false;
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'held');
    const told = says().length;
    for (let minute = 0; minute < 5; minute += 1) {
      clock.advance(MINUTE_MS);
      await new Promise((resolve) => setImmediate(resolve));
      await stores.durable();
    }
    assert.equal(says().length, told);
    assert.equal((await stores.timelines.read('TESTAAA2')).filter(({ event }) => event === 'held').length, 1);
    world.statumSet = true;
    clock.advance(MINUTE_MS);
    await until(({ delivery }) => delivery.state === 'sent');
    assert.equal(world.topUps.length, 1);
  });

  it('hears of the first delivery although staff have sent a second one meanwhile', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'sent');
    await desk.callback({ requestId: 'req-1', delivered: false, description: 'failed' }, 'simulated');
    await until(({ delivery }) => delivery.state === 'rejected');
    clock.advance(6 * MINUTE_MS);
    await desk.act('TESTAAA2', { action: 'resend', reason: 'network says not delivered' }, 'Asha');
    await until(({ delivery }) => delivery.state === 'sent');
    await desk.callback(
      { requestId: 'req-1', delivered: true, description: 'delivered after all' },
      'simulated',
    );
    const told = await until(({ attention }) => attention.length > 0);
    assert.equal(orderStatus(told), 'attention');
    assert.match(told.attention[0]?.note ?? '', /req-1/);
  });

  it('writes a gateway’s answer as soon as a full disk takes it again', async () => {
    world.onPush = () => {
      refusals = 2;
      return { outcome: 'accepted', checkoutRequestId: 'ws_CO_1' };
    };
    await place();
    while (order().payment.state === 'requesting') {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1_000);
    }
    assert.equal(order().payment.state, 'prompted');
    assert.equal(refusals, 0);
    assert.equal(world.pushes.length, 1);
  });

  it('keeps equal airtime to one number more than 5 minutes apart', async () => {
    world.onStatus = () => ({ outcome: 'paid' });
    await place('TESTAAA2');
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'sent');
    await place('TESTBBB2', { payerPhone: '254700000003' });
    await until(({ payment }) => payment.state === 'prompted', 'TESTBBB2');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'held', 'TESTBBB2');
    assert.equal(orderStatus(order('TESTBBB2')), 'open');
    clock.advance(5 * MINUTE_MS);
    assert.equal(world.topUps.length, 1);
    clock.advance(MINUTE_MS);
    await until(({ delivery }) => delivery.state === 'sent', 'TESTBBB2');
    assert.equal(world.topUps.length, 2);
  });

  it('takes a receipt for one order only', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await place('TESTAAA2');
    await place('TESTBBB2', { payerPhone: '254700000003', recipientPhone: '254700000004' });
    await until(({ payment }) => payment.state === 'prompted', 'TESTAAA2');
    await until(({ payment }) => payment.state === 'prompted', 'TESTBBB2');
    clock.advance(3_000);
    await until(({ payment }) => payment.state !== 'prompted', 'TESTAAA2');
    await until(({ payment }) => payment.state !== 'prompted', 'TESTBBB2');
    assert.deepEqual([order('TESTAAA2'), order('TESTBBB2')].map(({ payment }) => payment.state).sort(), [
      'paid',
      'review',
    ]);
  });

  it('takes a callback of another credential set for nothing, and an early one when its order knows the id', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    world.onAirtime = async () => {
      await desk.callback({ requestId: 'req-1', delivered: false, description: 'forged' }, 'other-set');
      await desk.callback({ requestId: 'req-1', delivered: true, description: 'ok' }, 'simulated');
      return { outcome: 'accepted', requestId: 'req-1' };
    };
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'delivered');
    await desk.callback({ requestId: 'req-1', delivered: false, description: 'forged' }, 'other-set');
    assert.equal(orderStatus(order()), 'delivered');
  });

  it('keeps an early callback over a restart', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await desk.callback({ requestId: 'req-1', delivered: true, description: 'ok' }, 'simulated');
    await reopen();
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'delivered');
    assert.equal(stores.callbacks.size, 0);
  });

  it('keeps callbacks that nobody knows for a day', async () => {
    await desk.callback({ requestId: 'stray', delivered: true, description: 'ok' }, 'simulated');
    clock.advance(23 * HOUR_MS);
    await desk.callback({ requestId: 'another', delivered: true, description: 'ok' }, 'simulated');
    assert.equal(stores.callbacks.size, 2);
    clock.advance(2 * HOUR_MS);
    await desk.callback({ requestId: 'third', delivered: true, description: 'ok' }, 'simulated');
    assert.deepEqual([...stores.callbacks.values()].map(({ requestId }) => requestId).sort(), [
      'another',
      'third',
    ]);
  });

  it('carries a staff resend out once and writes who and why', async () => {
    world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    world.onAirtime = () => ({ outcome: 'rejected', reason: 'Validation failed' });
    await place();
    await until(({ payment }) => payment.state === 'prompted');
    clock.advance(3_000);
    await until(({ delivery }) => delivery.state === 'rejected');
    world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    await desk.act('TESTAAA2', { action: 'resend', reason: 'number was barred' }, 'Asha');
    await until(({ delivery }) => delivery.state === 'sent');
    assert.equal(world.topUps.length, 2);
    const { items } = await stores.audit.page({ limit: 10 });
    assert.deepEqual(
      items.map(({ by, action, subject, note }) => ({ by, action, subject, note })),
      [{ by: 'Asha', action: 'order.resend', subject: 'TESTAAA2', note: 'number was barred' }],
    );
  });
});
