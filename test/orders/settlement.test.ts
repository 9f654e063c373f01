import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { settlement } from '../../supervisor/orders/settlement.ts';
import { applyStaffAction } from '../../supervisor/orders/staff-actions.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { accepted, after, claimed, failed, freshOrder, rejected, type seen, sent, T0 } from './fixtures.ts';

async function withOrders(orders: readonly Order[], check: (stores: Stores) => Promise<void>): Promise<void> {
  const folder = temporaryFolder('settlement');
  const stores = await openTestStores(folder.path, { clock: new FakeClock(T0) });
  await stores.transact((tx) => {
    for (const order of orders) tx.orders.put(order);
  });
  try {
    await check(stores);
  } finally {
    await stores.close();
    folder.remove();
  }
}

const named = (orderNo: string, at = T0): Order =>
  freshOrder({ orderNo, at, quote: { confirmId: `cf_${orderNo}` } });
const receipt = (code: string): typeof seen => ({ type: 'payment-seen', receipt: code });

const delivered = after(named('TESTAAA2'), accepted, receipt('AAAAAAAAA1'), claimed, sent);
const declined = after(named('TESTBBB2'), accepted, failed);
const stuck = after(named('TESTCCC2'), accepted, receipt('AAAAAAAAA2'), claimed, rejected);
const refunded = applyStaffAction(
  after(named('TESTDDD2'), accepted, receipt('AAAAAAAAA3'), claimed, rejected),
  { action: 'mark-refunded', reason: 'could not be sent', receipt: 'SH11AAAAAA', amountKes: 95 },
  { by: 'Asha', at: T0 + 60_000 },
).order;
const yesterday = after(named('TESTEEE2', T0 - DAY_MS), accepted, receipt('AAAAAAAAA4'), claimed, sent);

describe('settlement', () => {
  it('explains every shilling of the orders placed in a period', () =>
    withOrders([delivered, declined, stuck, refunded, yesterday], async (stores) => {
      assert.deepEqual(await settlement(stores, { from: T0, to: T0 + DAY_MS }), [
        {
          clientId: 'cl_1',
          mode: 'sandbox',
          shadowPaySet: 'simulated',
          statumSet: 'simulated',
          sales: 3,
          amountKes: 300,
          paidKes: 285,
          discountKes: 15,
          floatUsedKes: 100,
          refunds: 1,
          refundedKes: 95,
          outstandingKes: 95,
        },
      ]);
      const [all] = await settlement(stores, {});
      assert.equal(all?.sales, 4);
      assert.deepEqual(await settlement(stores, { clientId: 'cl_other' }), []);
    }));
});

describe("a shop's sales of the day", () => {
  it('count what is found at the start, and change with the orders', () =>
    withOrders([delivered, declined, stuck, refunded, yesterday], async (stores) => {
      const sales = new DaySales(stores);
      const stop = sales.start(T0);
      assert.equal(
        sales.soldKes('cl_1', T0),
        200,
        'delivered and stuck; not declined, refunded or yesterday’s',
      );
      await stores.transact((tx) => tx.orders.put(named('TESTFFF2')));
      assert.equal(sales.soldKes('cl_1', T0), 300);
      assert.equal(sales.soldKes('cl_1', T0 + DAY_MS), 0);
      assert.equal(sales.soldKes('cl_1', T0), 300, 'the clock was a day ahead and has been set back');
      stop();
    }));
});
