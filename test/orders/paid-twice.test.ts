import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../shared/clock.ts';
import { isSettled, type OrderActionRequest, orderStatus } from '../../shared/order.ts';
import { customerView } from '../../supervisor/orders/customer-view.ts';
import { settlement } from '../../supervisor/orders/settlement.ts';
import { DeskHarness } from './desk-harness.ts';
import { RECEIPT } from './fixtures.ts';

/** Of the payment at the till that staff found in the statement. */
const TILL = 'TL11AAAAAA';
const REFUND = 'SH11AAAAAA';

describe('an order that a person confirmed by hand, and whose prompt is paid besides', () => {
  let h: DeskHarness;

  beforeEach(async () => {
    h = await DeskHarness.start();
  });

  afterEach(() => h.end());

  const act = (request: Omit<OrderActionRequest, 'reason'>, orderNo = 'TESTAAA2') =>
    h.desk.act(orderNo, { reason: 'seen in the statement', ...request }, 'Asha');
  const turnsOfTheLoop = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  async function expires(): Promise<void> {
    while (h.order().payment.state !== 'expired') {
      h.clock.advance(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await h.until(({ payment }) => payment.state === 'expired');
  }

  /** The prompt runs out, the customer pays at the till, and staff confirm that payment. */
  async function confirmedByHand(receipt = TILL): Promise<void> {
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await expires();
    await act({ action: 'confirm-payment', receipt });
    await h.until(({ delivery }) => delivery.state === 'sent');
    assert.equal(isSettled(h.order()), false, 'the prompt may still be paid');
  }

  async function thenTold(answer: { receipt?: string; amountKes?: number }): Promise<void> {
    h.world.onStatus = () => ({ outcome: 'paid', ...answer });
    await h.asked(h.world.asked.length + 1);
    await h.until(({ payment }) => payment.promptUnsettled === false);
  }

  const sums = async () => {
    const [row] = await settlement(h.stores, {});
    return { in: row?.paidKes, back: row?.refundedKes, owed: row?.outstandingKes };
  };

  it('shows the second payment, over a restart too, sends nothing twice and tells the customer that a person looks', async () => {
    await confirmedByHand();
    await h.reopen();
    await thenTold({ receipt: RECEIPT });
    const order = h.order();
    assert.equal(orderStatus(order), 'attention');
    assert.match(order.attention[0]?.note ?? '', /SG722NMVXQ.*TL11AAAAAA.*given back/);
    assert.equal(h.world.topUps.length, 1);
    assert.match(h.says().at(-1) ?? '', /another payment of KES 95 seems to have come in[\s\S]*SG722NMVXQ/);
    assert.deepEqual(await sums(), { in: 190, back: 0, owed: 95 });
  });

  it('gives the second payment back once, and the order stays delivered', async () => {
    await confirmedByHand();
    await thenTold({ receipt: RECEIPT });
    for (const receipt of [RECEIPT, TILL])
      await assert.rejects(act({ action: 'mark-refunded', receipt, amountKes: 95 }), { code: 'invalid' });
    await assert.rejects(act({ action: 'mark-refunded', receipt: REFUND, amountKes: 96 }), {
      field: 'amountKes',
    });
    const both = await Promise.allSettled([
      act({ action: 'mark-refunded', receipt: REFUND, amountKes: 95 }),
      act({ action: 'confirm-payment', receipt: TILL }),
    ]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.equal(orderStatus(h.order()), 'delivered');
    assert.equal(h.order().payment.state, 'paid');
    assert.match(h.says().at(-1) ?? '', /you paid twice[\s\S]*KES 95 back by M-Pesa, code SH11AAAAAA/);
    assert.deepEqual(await sums(), { in: 190, back: 95, owed: 0 });
    assert.ok(isSettled(h.order()));
  });

  it('gives the second payment back once, however often its refund is recorded, and the order’s airtime still goes out', async () => {
    h.world.onAirtime = () => ({ outcome: 'held', cause: 'float', reason: '402' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await expires();
    await act({ action: 'confirm-payment', receipt: TILL });
    await h.until(({ delivery }) => delivery.state === 'held');
    await thenTold({ receipt: RECEIPT });
    const refund = { action: 'mark-refunded', receipt: REFUND, amountKes: 95 } as const;
    const both = await Promise.allSettled([act(refund), act(refund)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    await assert.rejects(act(refund), { code: 'conflict', field: 'receipt' });
    assert.equal(h.order().payment.state, 'paid');
    assert.equal(h.order().delivery.state, 'held');
    assert.deepEqual(await sums(), { in: 190, back: 95, owed: 95 });
    await act({ ...refund, receipt: 'SH22AAAAAA' });
    assert.equal(orderStatus(h.order()), 'refunded');
  });

  it('takes the gateway’s word on the very payment that was confirmed for no news', async () => {
    await confirmedByHand(RECEIPT);
    const said = h.says().length;
    await thenTold({ receipt: RECEIPT, amountKes: 95 });
    assert.equal(orderStatus(h.order()), 'delivered');
    assert.ok(isSettled(h.order()));
    assert.equal(h.says().length, said);
    assert.deepEqual(await sums(), { in: 95, back: 0, owed: 0 });
  });

  it('puts it before a person when what came in was another amount than was confirmed', async () => {
    await confirmedByHand(RECEIPT);
    await thenTold({ receipt: RECEIPT, amountKes: 40 });
    assert.equal(orderStatus(h.order()), 'attention');
    assert.equal((await sums()).in, 40);
    await act({ action: 'mark-delivered' });
    assert.equal(orderStatus(h.order()), 'delivered');
  });

  it('asks a person whether it is one payment or two when the gateway tells no code, and the customer hears nothing yet', async () => {
    await confirmedByHand();
    const said = h.says().length;
    await thenTold({});
    assert.equal(orderStatus(h.order()), 'attention');
    assert.equal(h.says().length, said);
    assert.equal((await sums()).in, 95, 'counts once a person has decided');
    await assert.rejects(act({ action: 'confirm-payment', receipt: 'AAAAAAAAA1' }), /TL11AAAAAA/);
    await act({ action: 'confirm-payment', receipt: TILL });
    assert.equal(orderStatus(h.order()), 'delivered');
    await assert.rejects(act({ action: 'mark-refunded', receipt: TILL, amountKes: 95 }), { code: 'invalid' });
  });

  it('names the refund as it was sent, of a second payment without a code too', async () => {
    await confirmedByHand();
    await thenTold({});
    await act({ action: 'mark-refunded', receipt: REFUND, amountKes: 90 });
    assert.match(h.says().at(-1) ?? '', /sent KES 90 back by M-Pesa, code SH11AAAAAA/);
    assert.deepEqual(await sums(), { in: 190, back: 90, owed: 0 });
  });

  it('of which one payment came in, and which was not delivered, is not called settled', async () => {
    h.world.onAirtime = () => ({ outcome: 'rejected', reason: 'no' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await expires();
    await act({ action: 'confirm-payment', receipt: 'SG722NMVX0' });
    await h.until(({ delivery }) => delivery.state === 'rejected');
    await thenTold({ receipt: RECEIPT });
    await act({ action: 'confirm-payment', receipt: RECEIPT });
    const said = h.says().at(-1) ?? '';
    assert.match(said, /no second payment to send back/);
    assert.match(said, /network refused the airtime/);
    assert.equal((await sums()).owed, 95);
  });

  it('lets staff take back a mistyped code: it was one payment, and its customer hears so', async () => {
    await confirmedByHand('SG722NMVX0');
    await thenTold({ receipt: RECEIPT });
    await act({ action: 'confirm-payment', receipt: RECEIPT });
    assert.equal(orderStatus(h.order()), 'delivered');
    assert.match(h.says().at(-1) ?? '', /It was paid once/);
    assert.deepEqual(await sums(), { in: 95, back: 0, owed: 0 });
  });

  it('lets a mistyped code go once it is known, so that its real owner’s payment counts', async () => {
    await confirmedByHand(TILL);
    await thenTold({ receipt: RECEIPT });
    await act({ action: 'confirm-payment', receipt: RECEIPT });
    await h.reopen();
    assert.equal(customerView(h.order()).receipt, RECEIPT);
    const timeline = await h.stores.timelines.read('TESTAAA2');
    assert.match(timeline.at(-1)?.note ?? '', /SG722NMVXQ in place of TL11AAAAAA/);
    h.world.onStatus = () => ({ outcome: 'paid', receipt: TILL });
    await h.place('TESTBBB2', { payerPhone: '254700000007', recipientPhone: '254700000008' });
    await h.until(({ payment }) => payment.state === 'prompted', 'TESTBBB2');
    await h.asked(h.world.asked.length + 1);
    await h.until(({ delivery }) => delivery.state === 'sent', 'TESTBBB2');
    assert.equal(h.order('TESTBBB2').payment.receipt, TILL);
  });

  it('still owes the second payment after the order itself was refunded', async () => {
    h.world.onAirtime = () => ({ outcome: 'rejected', reason: 'no' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    await expires();
    await act({ action: 'confirm-payment', receipt: TILL });
    await h.until(({ delivery }) => delivery.state === 'rejected');
    await act({ action: 'mark-refunded', receipt: REFUND, amountKes: 95 });
    assert.equal(orderStatus(h.order()), 'refunded');
    await thenTold({ receipt: RECEIPT });
    assert.equal(orderStatus(h.order()), 'attention');
    const again = { action: 'mark-refunded', amountKes: 95 } as const;
    await assert.rejects(act({ ...again, receipt: REFUND }), /given back already/);
    await act({ ...again, receipt: 'SH22AAAAAA' });
    assert.equal(orderStatus(h.order()), 'refunded');
    assert.deepEqual(await sums(), { in: 190, back: 190, owed: 0 });
    await assert.rejects(act({ ...again, receipt: 'SH33AAAAAA' }), /refunded already/);
  });

  it('lets no other order have the code of the second payment', async () => {
    await confirmedByHand();
    await thenTold({ receipt: RECEIPT });
    h.world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place('TESTBBB2', { payerPhone: '254700000007' });
    await h.until(({ payment }) => payment.state === 'unknown', 'TESTBBB2');
    await assert.rejects(act({ action: 'confirm-payment', receipt: RECEIPT }, 'TESTBBB2'), /TESTAAA2/);
  });

  it('is asked about as long as any other prompt, and settled when nothing came', async () => {
    await confirmedByHand();
    h.world.onStatus = () => ({ outcome: 'failed', cause: 'no-answer', reason: 'No response' });
    await h.asked(h.world.asked.length + 1);
    await h.until(({ payment }) => payment.declinedAt !== undefined);
    assert.equal(h.order().payment.state, 'paid');
    const asked = h.world.asked.length;
    for (const waitMs of [MINUTE_MS, 4 * MINUTE_MS, 25 * MINUTE_MS, DAY_MS]) {
      h.clock.advance(waitMs);
      await turnsOfTheLoop();
    }
    assert.equal(h.world.asked.length, asked + 4, 'at 1, 5 and 30 minutes and 24 hours');
    h.clock.advance(1_000);
    await h.until(({ payment }) => payment.watchEndedAt !== undefined);
    assert.ok(isSettled(h.order()));
  });
});
