import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type OrderActionRequest, orderStatus } from '../../shared/order.ts';
import { settlement } from '../../supervisor/orders/settlement.ts';
import { DeskHarness } from './desk-harness.ts';
import { RECEIPT } from './fixtures.ts';

const REFUND = 'SH11AAAAAA';

describe('an M-Pesa code', () => {
  let h: DeskHarness;

  beforeEach(async () => {
    h = await DeskHarness.start();
    h.world.onAirtime = () => ({ outcome: 'rejected', reason: 'Validation failed.' });
  });

  afterEach(() => h.end());

  const act = (orderNo: string, request: Omit<OrderActionRequest, 'reason'>) =>
    h.desk.act(orderNo, { reason: 'as agreed', ...request }, 'Asha');
  const refund = (orderNo: string, receipt: string, amountKes = 95) =>
    act(orderNo, { action: 'mark-refunded', receipt, amountKes });

  /** An order that was paid and whose airtime was refused. */
  async function stuck(orderNo: string, receipt: string, place: Parameters<DeskHarness['place']>[1] = {}) {
    h.world.onStatus = () => ({ outcome: 'paid', receipt });
    await h.place(orderNo, place);
    await h.until(({ payment }) => payment.state === 'prompted', orderNo);
    h.clock.advance(5_000);
    await h.until(({ delivery }) => delivery.state === 'rejected', orderNo);
  }

  it('of a refund closes no order of somebody else, but may pay back two of one payer', async () => {
    await stuck('TESTAAA2', 'SG722NMVX1');
    await stuck('TESTBBB2', 'SG722NMVX2', { payerPhone: '254700000007' });
    await stuck('TESTCCC2', 'SG722NMVX3');
    await refund('TESTAAA2', REFUND);
    await assert.rejects(refund('TESTBBB2', REFUND), /used for the refund of order TESTAAA2/);
    await refund('TESTCCC2', REFUND);
    const { items } = h.stores.orders.page({ q: REFUND }, { limit: 10 });
    assert.deepEqual(items.map(({ orderNo }) => orderNo).sort(), ['TESTAAA2', 'TESTCCC2']);
  });

  it('of a payment is nobody’s refund, and that of a refund nobody’s payment', async () => {
    await stuck('TESTAAA2', RECEIPT);
    await stuck('TESTBBB2', 'SG722NMVX2', { payerPhone: '254700000007' });
    await assert.rejects(refund('TESTBBB2', RECEIPT), /used for the payment of order TESTAAA2/);
    await refund('TESTBBB2', REFUND);
    h.world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place('TESTCCC2', { payerPhone: '254700000008' });
    await h.until(({ payment }) => payment.state === 'unknown', 'TESTCCC2');
    const confirm = act('TESTCCC2', { action: 'confirm-payment', receipt: REFUND });
    await assert.rejects(confirm, /used for the refund of order TESTBBB2/);
  });

  it('typed for a simulated order in a training stands in no real payment’s way', async () => {
    h.world.onPush = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.place();
    await h.until(({ payment }) => payment.state === 'unknown');
    await act('TESTAAA2', { action: 'confirm-payment', receipt: RECEIPT });
    await h.until(({ delivery }) => delivery.state === 'rejected');
    h.world.onPush = () => ({ outcome: 'accepted', checkoutRequestId: 'ws_CO_9' });
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-9' });
    await h.place('TESTBBB2', { payerPhone: '254700000007', recipientPhone: '254700000008' }, 'live');
    await h.until(({ payment }) => payment.state === 'prompted', 'TESTBBB2');
    h.clock.advance(3_000);
    await h.until(({ delivery }) => delivery.state === 'sent', 'TESTBBB2');
  });

  it('of a payment of another amount is settled by what came in, and nothing more is given back', async () => {
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT, amountKes: 40 });
    await h.place();
    await h.until(({ payment }) => payment.state === 'prompted');
    h.clock.advance(3_000);
    await h.until(({ payment }) => payment.state === 'review');
    for (const tooMuch of [41, 95, 1_000_000_000])
      await assert.rejects(refund('TESTAAA2', REFUND, tooMuch), { code: 'invalid', field: 'amountKes' });
    await act('TESTAAA2', { action: 'confirm-payment', receipt: RECEIPT });
    await h.until(({ delivery }) => delivery.state === 'rejected');
    const sums = async () => {
      const [row] = await settlement(h.stores, {});
      return [row?.paidKes, row?.discountKes, row?.refundedKes, row?.outstandingKes];
    };
    assert.deepEqual(await sums(), [40, 5, 0, 40]);
    await refund('TESTAAA2', REFUND, 40);
    assert.deepEqual(await sums(), [40, 5, 40, 0]);
    assert.equal(orderStatus(h.order()), 'refunded');
  });
});
