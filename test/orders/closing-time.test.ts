import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MINUTE_MS } from '../../shared/clock.ts';
import { newOrderNo } from '../../shared/ids.ts';
import { orderStatus } from '../../shared/order.ts';
import { DeskHarness } from './desk-harness.ts';
import { RECEIPT } from './fixtures.ts';

/** More than the desk asks for at once. */
const CROWD = 40;

describe('an order whose prompt is late or closed by a person', () => {
  let h: DeskHarness;

  beforeEach(async () => {
    h = await DeskHarness.start();
  });

  afterEach(() => h.end());

  /** Many customers confirm while the gateway answers nobody. @returns how to let it answer */
  async function crowd(): Promise<{ readonly last: string; answer(): void }> {
    const waiting: Array<() => void> = [];
    h.world.onPush = async () => {
      const checkoutRequestId = `ws_CO_${h.world.pushes.length}`;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { outcome: 'accepted', checkoutRequestId };
    };
    let last = '';
    for (let n = 0; n < CROWD; n += 1) {
      last = newOrderNo();
      await h.place(last, { payerPhone: `2547000001${String(n).padStart(2, '0')}` });
    }
    await h.stores.durable();
    return {
      last,
      answer() {
        h.world.onPush = () => ({ outcome: 'accepted', checkoutRequestId: `ws_CO_${h.world.pushes.length}` });
        for (const resolve of waiting) resolve();
      },
    };
  }

  it('sends no prompt to who confirmed minutes ago and has put the phone away', async () => {
    const { last, answer } = await crowd();
    const sent = h.world.pushes.length;
    assert.ok(sent < CROWD);
    h.clock.advance(4 * MINUTE_MS);
    answer();
    const late = await h.until(({ payment }) => payment.state !== 'requesting', last);
    assert.equal(late.payment.state, 'declined');
    assert.equal(orderStatus(late), 'failed');
    const refusal = (await h.stores.timelines.read(last)).at(-1);
    assert.deepEqual([refusal?.event, refusal?.by], ['prompt-refused', 'system']);
    assert.equal(h.world.pushes.length, sent);
  });

  it('sends no more prompts when the platform stops, and calls none of those unknown', async () => {
    const { last, answer } = await crowd();
    const sent = h.world.pushes.length;
    const reopened = h.reopen();
    answer();
    await reopened;
    assert.equal(h.world.pushes.length, sent);
    assert.equal(h.order(last).payment.state, 'declined');
  });

  it('is not cancelled while the prompt is being asked for: nobody would look for its payment afterwards', async () => {
    const { last, answer } = await crowd();
    await assert.rejects(h.desk.act(last, { action: 'cancel', reason: 'mistake' }, 'Asha'), /try again/);
    answer();
    await h.until(({ payment }) => payment.state === 'prompted', last);
  });

  it('is told nothing of a prompt that ran out after a person had cancelled the order', async () => {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await h.desk.act('TESTAAA2', { action: 'cancel', reason: 'customer asked for it' }, 'Asha');
    await h.stores.durable();
    const told = h.says();
    await h.asked(40);
    await h.until(({ payment }) => payment.state === 'expired');
    assert.deepEqual(h.says(), told);
  });

  it('puts an order before a person when Shadow Pay gives it the id of another one’s prompt', async () => {
    h.world.onPush = () => ({ outcome: 'accepted', checkoutRequestId: 'ws_CO_same' });
    h.world.onStatus = () => ({ outcome: 'paid' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await h.place('TESTBBB2', { payerPhone: '254700000003', recipientPhone: '254700000004' });
    const second = await h.until(({ payment }) => payment.state !== 'requesting', 'TESTBBB2');
    assert.equal(second.payment.state, 'unknown');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 1, 'one payment, one delivery');
  });

  it('puts an order before a person when Statum gives it the id of another one’s request', async () => {
    h.world.onStatus = () => ({ outcome: 'paid' });
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-same' });
    for (const [orderNo, recipientPhone] of [
      ['TESTAAA2', '254700000002'],
      ['TESTBBB2', '254700000004'],
    ] as const) {
      await h.place(orderNo, { recipientPhone, payerPhone: recipientPhone });
      await h.until(({ payment }) => payment.state === 'prompted', orderNo);
      h.clock.advance(5_000);
      await h.until(({ delivery }) => !['none', 'queued', 'submitting'].includes(delivery.state), orderNo);
    }
    assert.equal(h.order('TESTAAA2').delivery.state, 'sent');
    assert.equal(h.order('TESTBBB2').delivery.state, 'unknown');
  });

  it('does not send airtime again when the first request turns out to have been delivered while the second one waits', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    const callback = (delivered: boolean) =>
      h.desk.callback({ requestId: 'req-1', delivered, description: '' }, 'simulated');
    await callback(false);
    await h.desk.act('TESTAAA2', { action: 'resend', reason: 'not delivered' }, 'Asha');
    await h.until(({ delivery }) => delivery.state === 'held');
    await callback(true);
    await h.until(({ delivery }) => delivery.state === 'delivered');
    await callback(true);
    h.clock.advance(10 * MINUTE_MS);
    await h.stores.durable();
    assert.equal(h.world.topUps.length, 1);
    assert.equal(orderStatus(h.order()), 'delivered');
  });
});
