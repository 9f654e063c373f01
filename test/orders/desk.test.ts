import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { type Order, orderSchema, orderStatus } from '../../shared/order.ts';
import { journalRecordSchema } from '../../supervisor/stores/journal-format.ts';
import { DeskHarness } from './desk-harness.ts';
import { RECEIPT, RECIPIENT } from './fixtures.ts';

describe('the order desk', () => {
  let h: DeskHarness;

  beforeEach(async () => {
    h = await DeskHarness.start();
  });

  afterEach(() => h.end());

  /** The order as the next process would find it if this one died now. */
  function onDisk(orderNo = 'TESTAAA2'): Order {
    const lines = readdirSync(h.folder.path)
      .filter((name) => name.startsWith('journal-'))
      .sort()
      .flatMap((name) => readFileSync(join(h.folder.path, name), 'utf8').split('\n'));
    const versions = lines
      .filter((line) => line.includes('"ops"'))
      .flatMap((line) => journalRecordSchema.parse(JSON.parse(line.slice(line.indexOf('{')))).ops)
      .filter(([collection, key]) => collection === 'orders' && key === orderNo);
    return orderSchema.parse(versions.at(-1)?.[2]);
  }

  it('prompts, sees the payment at the next poll, delivers, and tells each step', async () => {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    assert.deepEqual(h.world.pushes, [
      { phone: '254700000001', amountKes: 95, reference: 'TESTAAA2', description: 'Airtime' },
    ]);
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.clock.advance(3_000);
    const done = await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(done.payment.receipt, RECEIPT);
    assert.deepEqual(h.world.topUps, [{ phone: RECIPIENT, amountKes: 100 }]);
    assert.equal(h.says().length, 3);
    const timeline = await h.stores.timelines.read('TESTAAA2');
    assert.deepEqual(
      timeline.map(({ event }) => event),
      ['created', 'prompted', 'paid', 'submitting', 'sent'],
    );
  });

  it('has the intent on disk before it calls a gateway', async () => {
    const found: string[] = [];
    h.world.onPush = () => {
      found.push(onDisk().payment.state);
      return { outcome: 'accepted', checkoutRequestId: 'ws_CO_1' };
    };
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.onAirtime = () => {
      found.push(onDisk().delivery.state);
      return { outcome: 'accepted', requestId: 'req-1' };
    };
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.deepEqual(found, ['requesting', 'submitting']);
  });

  it('tells the customer after 3 minutes, goes on asking, and delivers a late payment once', async () => {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await h.asked(40);
    await h.until(({ payment }) => payment.state === 'expired');
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.asked(h.world.asked.length + 1);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 1);
    assert.equal(h.world.pushes.length, 1);
  });

  it('sees the late payment of a declined order although the gateway could not tell when it was asked for the last time', async () => {
    const pass = async (until: () => boolean): Promise<void> => {
      while (!until()) {
        h.clock.advance(5 * MINUTE_MS);
        await h.stores.durable();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const nextAsk = (): Promise<void> => {
      const before = h.world.asked.length;
      return pass(() => h.world.asked.length > before);
    };
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.world.onStatus = () => ({ outcome: 'failed', cause: 'no-answer', reason: 'DS timeout' });
    await h.asked(1);
    const { payment } = await h.until(({ payment: { state } }) => state === 'declined');
    const nearlyADayLater = (payment.declinedAt ?? 0) + 23 * HOUR_MS;
    await pass(() => h.clock.now() > nearlyADayLater);
    h.world.onStatus = () => ({ outcome: 'pending', reason: 'Could not query the transaction' });
    await nextAsk();
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await nextAsk();
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 1);
  });

  it('sees the payment of who paid while the machine’s clock was set back', async () => {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.setBack(HOUR_MS);
    h.clock.advance(3_000);
    await h.stores.durable();
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    while (h.order().payment.state === 'prompted') {
      await new Promise((resolve) => setImmediate(resolve));
      h.clock.advance(1_000);
    }
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.ok(h.world.asked.length <= 5, 'without a storm of questions');
  });

  it('never calls a time-out of the push a failure, and never pushes again', async () => {
    h.world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'unknown');
    assert.equal(orderStatus(h.order()), 'attention');
    await h.reopen();
    h.clock.advance(2 * HOUR_MS);
    assert.equal(h.world.pushes.length, 1);
    await assert.rejects(
      h.desk.act('TESTAAA2', { action: 'check-payment' }, 'Asha'),
      (error) => error instanceof AppError && error.code === 'conflict',
    );
  });

  it('never sends again after an airtime call without an answer', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.onAirtime = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'unknown');
    await h.reopen();
    h.clock.advance(2 * HOUR_MS);
    await h.stores.durable();
    assert.equal(h.world.topUps.length, 1);
  });

  it('holds when the float is empty and sends when it is filled', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.onAirtime = () => ({ outcome: 'held', cause: 'float', reason: 'Insufficient funds' });
    h.world.onBalance = () => ({ outcome: 'known', balanceKes: 99 });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'held');
    assert.equal(orderStatus(h.order()), 'attention');
    h.clock.advance(MINUTE_MS);
    await h.stores.durable();
    assert.equal(h.world.topUps.length, 1, 'not tried while the balance is too small');
    h.world.onBalance = () => ({ outcome: 'known', balanceKes: 100 });
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    await h.reopen();
    h.clock.advance(MINUTE_MS);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 2);
  });

  it('holds a paid order while the airtime keys are missing, and says so once', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.statumSet = false;
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'held');
    const told = h.says().length;
    for (let minute = 0; minute < 5; minute += 1) {
      h.clock.advance(MINUTE_MS);
      await new Promise((resolve) => setImmediate(resolve));
      await h.stores.durable();
    }
    assert.equal(h.says().length, told);
    assert.equal(
      (await h.stores.timelines.read('TESTAAA2')).filter(({ event }) => event === 'held').length,
      1,
    );
    h.world.statumSet = true;
    h.clock.advance(MINUTE_MS);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 1);
  });

  it('hears of the first delivery although staff have sent a second one meanwhile', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    await h.desk.callback({ requestId: 'req-1', delivered: false, description: 'failed' }, 'simulated');
    await h.until(({ delivery }) => delivery.state === 'rejected');
    h.clock.advance(6 * MINUTE_MS);
    await h.desk.act('TESTAAA2', { action: 'resend', reason: 'network says not delivered' }, 'Asha');
    await h.until(({ delivery }) => delivery.state === 'sent');
    await h.desk.callback(
      { requestId: 'req-1', delivered: true, description: 'delivered after all' },
      'simulated',
    );
    const told = await h.until(({ attention }) => attention.length > 0);
    assert.equal(orderStatus(told), 'attention');
    assert.match(told.attention[0]?.note ?? '', /req-1/);
  });

  it('lets no resend come between a callback and its order', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    await h.desk.callback({ requestId: 'req-1', delivered: false, description: 'failed' }, 'simulated');
    await h.until(({ delivery }) => delivery.state === 'rejected');
    h.clock.advance(6 * MINUTE_MS);
    const heard = h.desk.callback({ requestId: 'req-1', delivered: true, description: 'ok' }, 'simulated');
    const resent = h.desk.act('TESTAAA2', { action: 'resend', reason: 'not delivered' }, 'Asha');
    await assert.rejects(resent, { code: 'conflict' });
    await heard;
    assert.equal(h.order().delivery.state, 'delivered');
    assert.equal(h.world.topUps.length, 1);
  });

  it('keeps a callback that a full disk refuses', async () => {
    h.refusals = 1;
    const heard = h.desk.callback({ requestId: 'early', delivered: true, description: 'ok' }, 'simulated');
    while (h.stores.callbacks.size === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      h.clock.advance(1_000);
    }
    await heard;
  });

  it('writes a gateway’s answer as soon as a full disk takes it again', async () => {
    h.world.onPush = () => {
      h.refusals = 2;
      return { outcome: 'accepted', checkoutRequestId: 'ws_CO_1' };
    };
    await h.place();
    while (h.order().payment.state === 'requesting') {
      await new Promise((resolve) => setImmediate(resolve));
      h.clock.advance(1_000);
    }
    assert.equal(h.order().payment.state, 'prompted');
    assert.equal(h.refusals, 0);
    assert.equal(h.world.pushes.length, 1);
  });

  it('keeps equal airtime to one number more than 5 minutes apart', async () => {
    h.world.onStatus = () => ({ outcome: 'paid' });
    await h.place('TESTAAA2');
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    await h.place('TESTBBB2', { payerPhone: '254700000003' });
    await h.until(({ payment }) => payment.state === 'prompted', 'TESTBBB2');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'held', 'TESTBBB2');
    assert.equal(orderStatus(h.order('TESTBBB2')), 'open');
    h.clock.advance(5 * MINUTE_MS);
    assert.equal(h.world.topUps.length, 1);
    h.clock.advance(MINUTE_MS);
    await h.until(({ delivery }) => delivery.state === 'sent', 'TESTBBB2');
    assert.equal(h.world.topUps.length, 2);
  });

  it('takes a receipt for one order only', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.place('TESTAAA2');
    await h.place('TESTBBB2', { payerPhone: '254700000003', recipientPhone: '254700000004' });
    await h.until(({ payment }) => payment.state === 'prompted', 'TESTAAA2');
    await h.until(({ payment }) => payment.state === 'prompted', 'TESTBBB2');
    h.clock.advance(3_000);
    await h.until(({ payment }) => payment.state !== 'prompted', 'TESTAAA2');
    await h.until(({ payment }) => payment.state !== 'prompted', 'TESTBBB2');
    assert.deepEqual([h.order('TESTAAA2'), h.order('TESTBBB2')].map(({ payment }) => payment.state).sort(), [
      'paid',
      'review',
    ]);
  });

  it('takes a callback of another credential set for nothing, and an early one when its order knows the id', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.onAirtime = async () => {
      await h.desk.callback({ requestId: 'req-1', delivered: false, description: 'forged' }, 'other-set');
      await h.desk.callback({ requestId: 'req-1', delivered: true, description: 'ok' }, 'simulated');
      return { outcome: 'accepted', requestId: 'req-1' };
    };
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'delivered');
    await h.desk.callback({ requestId: 'req-1', delivered: false, description: 'forged' }, 'other-set');
    assert.equal(orderStatus(h.order()), 'delivered');
  });

  it('keeps an early callback over a restart', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.desk.callback({ requestId: 'req-1', delivered: true, description: 'ok' }, 'simulated');
    await h.reopen();
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'delivered');
    assert.equal(h.stores.callbacks.size, 0);
  });

  it('keeps callbacks that nobody knows for a day', async () => {
    await h.desk.callback({ requestId: 'stray', delivered: true, description: 'ok' }, 'simulated');
    h.clock.advance(23 * HOUR_MS);
    await h.desk.callback({ requestId: 'another', delivered: true, description: 'ok' }, 'simulated');
    assert.equal(h.stores.callbacks.size, 2);
    h.clock.advance(2 * HOUR_MS);
    await h.desk.callback({ requestId: 'third', delivered: true, description: 'ok' }, 'simulated');
    assert.deepEqual([...h.stores.callbacks.values()].map(({ requestId }) => requestId).sort(), [
      'another',
      'third',
    ]);
  });

  it('lets a flood of callbacks to one address cost no other address its own', async () => {
    const receivedAt = h.clock.now();
    const kept = { delivered: true, description: '', receivedAt };
    await h.stores.transact((tx) => {
      tx.callbacks.put({ ...kept, setId: 'client:cl_2:statum', requestId: 'theirs' });
      tx.callbacks.put({ ...kept, setId: 'simulated', requestId: 'sent-again', supersededFor: 'TESTAAA2' });
      for (let n = 0; n < 9_998; n += 1)
        tx.callbacks.put({ ...kept, setId: 'simulated', requestId: `r${n}`, receivedAt: receivedAt + 1 });
    });
    h.clock.advance(10);
    for (const requestId of ['x', 'y'])
      await h.desk.callback({ requestId, delivered: true, description: '' }, 'simulated');
    assert.equal(h.stores.callbacks.size, 10_000);
    for (const key of ['client:cl_2:statum theirs', 'simulated sent-again', 'simulated x', 'simulated y'])
      assert.ok(h.stores.callbacks.get(key), key);
  });

  it('carries a staff resend out once and writes who and why', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.onAirtime = () => ({ outcome: 'rejected', reason: 'Validation failed' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'rejected');
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    await h.desk.act('TESTAAA2', { action: 'resend', reason: 'number was barred' }, 'Asha');
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 2);
    const { items } = await h.stores.audit.page({ limit: 10 });
    assert.deepEqual(
      items.map(({ by, action, subject, note }) => ({ by, action, subject, note })),
      [{ by: 'Asha', action: 'order.resend', subject: 'TESTAAA2', note: 'number was barred' }],
    );
  });
});
