import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { newOrderNo } from '../../shared/ids.ts';
import type { TurnCommitReply } from '../../shared/ipc.ts';
import { formatKes, parseAmount, payableFor } from '../../shared/money.ts';
import { orderStatus } from '../../shared/order.ts';
import { settingsPatchSchema } from '../../shared/settings.ts';
import type { TurnService } from '../../supervisor/chats/types.ts';
import { readPaymentStatus } from '../../supervisor/gateways/shadow-pay-answers.ts';
import type { FloatKeeper } from '../../supervisor/orders/float.ts';
import { ADMIN_TOKEN, CALLBACK_TOKEN, startSite } from '../http/helpers/site.ts';
import { DeskHarness } from '../orders/desk-harness.ts';
import { CHAT, quote, RECEIPT } from '../orders/fixtures.ts';

/**
 * What earlier bots got wrong with money, each failure by its name. The parts have fuller tests of their own; here stands one per
 * lesson, so that none is forgotten when the parts change.
 */
describe('a money failure of earlier bots cannot happen here', () => {
  let h: DeskHarness;
  let turns: TurnService;
  let float: FloatKeeper;
  let messages = 0;

  beforeEach(async () => {
    h = await DeskHarness.start();
    ({ turns, float } = h.turns());
  });

  afterEach(() => h.end());

  /** Says "1" to a confirm screen. */
  function confirm(wish: Parameters<typeof quote>[0] = {}, chatId = CHAT): Promise<TurnCommitReply> {
    messages += 1;
    return turns.commit('cl_1', {
      chatId,
      messageId: `m${messages}`,
      sentAt: h.clock.now(),
      expectedVersion: h.stores.conversations.get(`cl_1/${chatId}`)?.version ?? 0,
      state: {},
      replies: ['ok'],
      effects: [{ type: 'create-order', quote: quote({ shownAt: h.clock.now(), ...wish }) }],
    });
  }

  const paidFor = async (): Promise<void> => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => !['none', 'queued', 'submitting'].includes(delivery.state));
  };

  it('an open endpoint that marked an order paid and sent airtime; three calls, three deliveries', async (t) => {
    const site = await startSite(t);
    for (const [url, body] of [
      ['/api/v1/orders/TESTAAA2/actions', { action: 'confirm-payment', receipt: RECEIPT, reason: 'x' }],
      ['/callbacks/statum/guessed-token', { request_id: 'req-1', result_code: 200 }],
    ] as const) {
      const { statusCode } = await site.app.inject({ method: 'POST', url, payload: body });
      assert.ok(statusCode === 401 || statusCode === 404, `${url}: ${statusCode}`);
    }
    assert.notEqual(CALLBACK_TOKEN, ADMIN_TOKEN);
    h.world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'unknown');
    const pay = { action: 'confirm-payment', receipt: RECEIPT, reason: 'seen in M-Pesa' } as const;
    await h.desk.act('TESTAAA2', pay, 'Asha');
    for (const _again of [2, 3]) await assert.rejects(h.desk.act('TESTAAA2', pay, 'Asha'), AppError);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.topUps.length, 1);
  });

  it('polling stopped after 20 s while the M-Pesa prompt lives about 60 s: late payers lost their money', async () => {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    for (let second = 0; second < 90; second += 1) {
      h.clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.asked(h.world.asked.length + 1);
    await h.until(({ delivery }) => delivery.state === 'sent');
  });

  it('a restart forgot every payment in flight: the poll was an in-memory loop', async () => {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await h.reopen();
    h.clock.advance(5_000);
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(h.world.pushes.length, 1);
  });

  it('status "failed" with any transaction field counted as paid; amount, payer and re-use of a code were never compared', async () => {
    for (const status of ['failed', 'cancelled']) {
      const body = { success: true, status, transaction_code: RECEIPT, amount: 95 };
      const answer = readPaymentStatus({ kind: 'answered', status: 200, body, retryAfterMs: undefined }, []);
      assert.equal(answer.outcome, 'failed');
    }
    for (const [orderNo, echo] of [
      ['TESTAAA2', { amountKes: 1 }],
      ['TESTBBB2', { phone: '254700000009' }],
    ] as const) {
      h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT, ...echo });
      await h.place(orderNo, { payerPhone: '254700000001' });
      await h.until(({ payment }) => payment.state === 'prompted', orderNo);
      h.clock.advance(3_000);
      await h.until(({ payment }) => payment.state === 'review', orderNo);
    }
    assert.equal(h.world.topUps.length, 0);
  });

  it('two quick "1" at the confirm step made two orders and two prompts; a confirm left open for days still fired', async () => {
    const twice = await Promise.all([confirm({ confirmId: 'cf_x' }), confirm({ confirmId: 'cf_x' })]);
    assert.ok(twice.every(({ status }) => status === 'committed' || status === 'conflict'));
    assert.equal(h.stores.orders.size, 1);
    const old = await confirm({ confirmId: 'cf_old', shownAt: h.clock.now() - 48 * HOUR_MS });
    assert.deepEqual(old, { status: 'refused', refusal: { reason: 'confirm-expired' } });
  });

  it('a time-out of the STK call was recorded as failed; a time-out of the airtime call as failed', async () => {
    h.world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place('TESTBBB2');
    assert.equal(
      orderStatus(await h.until(({ payment }) => payment.state === 'unknown', 'TESTBBB2')),
      'attention',
    );
    h.world.onPush = () => ({ outcome: 'accepted', checkoutRequestId: 'ws_CO_2' });
    h.world.onAirtime = () => ({ outcome: 'unknown', reason: 'time-out' });
    await paidFor();
    assert.equal(h.order().delivery.state, 'unknown');
    assert.equal(orderStatus(h.order()), 'attention');
  });

  it('a failed delivery stayed "paid" and green in the dashboard; no filter found it, no button re-sent it', async () => {
    h.world.onAirtime = () => ({ outcome: 'rejected', reason: 'Validation failed' });
    await paidFor();
    const found = h.stores.orders.page({ status: 'attention' }, { limit: 10 }).items;
    assert.deepEqual(
      found.map(({ orderNo }) => orderNo),
      ['TESTAAA2'],
    );
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    await h.desk.act('TESTAAA2', { action: 'resend', reason: 'number mended' }, 'Asha');
    await h.until(({ delivery }) => delivery.state === 'sent');
  });

  it('a discount gave fractional shillings; M-Pesa refused every one of them', () => {
    for (let amountKes = 5; amountKes <= 500; amountKes += 1) {
      for (const percent of [0.5, 1, 2.5, 3.33, 7, 50])
        assert.ok(Number.isSafeInteger(payableFor(amountKes, percent)));
    }
  });

  it('`-50` was read as 50, `1e3` as 13, `KES.100` refused without a word how to write it, `10.999` shown as 11.00', () => {
    // A dot that touches the figure could mean cents: the answer is an example of how to write it, not a guess.
    for (const written of ['-50', '1e3', 'KES.100', '10.999'])
      assert.equal(parseAmount(written).ok, false, written);
    assert.deepEqual(parseAmount('KES 100'), { ok: true, amountKes: 100 });
    assert.throws(() => formatKes(10.999), RangeError);
  });

  it('settings took any text: `abc` as minimum removed all limits, a 150 % discount charged a negative amount', () => {
    for (const patch of [
      { minAmountKes: 'abc' },
      { discountPercent: 150 },
      { minAmountKes: null },
      { maxAmountKes: -1 },
    ]) {
      assert.equal(settingsPatchSchema.safeParse(patch).success, false, JSON.stringify(patch));
    }
  });

  it('the price was re-read after the customer confirmed; an edit in between was charged', async () => {
    const shown = { confirmId: 'cf_frozen', amountKes: 100, payableKes: 95, discountPercent: 5 };
    await h.stores.transact((tx) => tx.settings.put({ id: 'platform', values: { discountPercent: 0 } }));
    assert.deepEqual(await confirm(shown), { status: 'committed' });
    const [order] = [...h.stores.orders.values()];
    assert.equal(order?.payableKes, 95);
    await h.until(({ payment }) => payment.state === 'prompted', order?.orderNo);
    assert.equal(h.world.pushes[0]?.amountKes, 95);
  });

  it('KES 1 was sold although Statum’s minimum is 5; airtime was sold with an empty float', async () => {
    const one = await confirm({ amountKes: 1, payableKes: 1, discountPercent: 0 });
    assert.equal(one.status === 'refused' && one.refusal.reason, 'amount');
    float.learn('simulated', 0);
    assert.deepEqual(await confirm(), { status: 'refused', refusal: { reason: 'float' } });
    assert.equal(h.world.pushes.length, 0);
  });

  it('result messages went to the payer’s number, not to the person who ordered', async () => {
    await confirm({ payerPhone: '254700000007' });
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    const [order] = [...h.stores.orders.values()];
    await h.until(({ payment }) => payment.state === 'prompted', order?.orderNo);
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent', order?.orderNo);
    assert.ok(h.stores.outbox.size >= 4);
    assert.deepEqual([...new Set([...h.stores.outbox.values()].map(({ chatId }) => chatId))], [CHAT]);
  });

  it('random order numbers without a uniqueness check; a clash edited the wrong order', async () => {
    await h.place('TESTAAA2', { amountKes: 50, payableKes: 48 });
    await h.until(({ payment }) => payment.state === 'prompted');
    await assert.rejects(h.place('TESTAAA2', { confirmId: 'cf_clash' }), AppError);
    assert.equal(h.order().amountKes, 50);
    assert.equal(new Set(Array.from({ length: 5_000 }, newOrderNo)).size, 5_000);
    h.clock.advance(MINUTE_MS);
  });
});
