import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR_MS } from '../../shared/clock.ts';
import { startOfDay } from '../../shared/nairobi.ts';
import type { Order } from '../../shared/order.ts';
import { TodaysTakings } from '../../supervisor/http/pages/takings.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';

const midnight = startOfDay(1_700_000_000_000);
const noon = midnight + 12 * HOUR_MS;

function paid(orderNo: string, paidAt: number, wish: Partial<Order> = {}): Order {
  const base = makeOrder({ orderNo, ...wish });
  return { ...base, payment: { ...base.payment, state: 'paid', paidAt } };
}

test('simulated and real shillings are summed apart', () => {
  const orders = [
    paid('A2345671', noon),
    paid('A2345672', noon, { mode: 'live', amountKes: 502, payableKes: 500 }),
  ];
  assert.deepEqual(new TodaysTakings(() => orders).read(noon), {
    live: { sumKes: 500, sales: 1, discountKes: 2 },
    simulated: { sumKes: 48, sales: 1, discountKes: 2 },
  });
});

test('an order counts on the day it was paid, not on the day it was ordered', () => {
  const lateYesterday = paid('A2345671', midnight - 1, { createdAt: midnight - HOUR_MS });
  const overMidnight = paid('A2345672', midnight, { createdAt: midnight - HOUR_MS });
  const takings = new TodaysTakings(() => [lateYesterday, overMidnight]);
  assert.equal(takings.read(noon).simulated.sales, 1);
});

test('a payment counts from the moment it is known, once, and no longer when it is given back', () => {
  const takings = new TodaysTakings(() => []);
  const order = paid('A2345671', noon);
  takings.read(noon);
  takings.note(order.orderNo, order);
  takings.note(order.orderNo, { ...order, delivery: { ...order.delivery, state: 'delivered' } });
  assert.deepEqual(takings.read(noon).simulated, { sumKes: 48, sales: 1, discountKes: 2 });
  takings.note(order.orderNo, { ...order, payment: { ...order.payment, state: 'refunded' } });
  assert.deepEqual(takings.read(noon).simulated, { sumKes: 0, sales: 0, discountKes: 0 });
});

test('each client sees its own sales', () => {
  const orders = [paid('A2345671', noon), paid('A2345672', noon, { clientId: 'cl_two', payableKes: 7 })];
  const takings = new TodaysTakings(() => orders);
  assert.equal(takings.read(noon, 'cl_two').simulated.sumKes, 7);
  assert.equal(takings.read(noon, 'cl_three').simulated.sumKes, 0);
});

test('at midnight the sums begin anew', () => {
  const takings = new TodaysTakings(() => [paid('A2345671', noon)]);
  assert.equal(takings.read(noon).simulated.sales, 1);
  assert.equal(takings.read(midnight + 24 * HOUR_MS).simulated.sales, 0);
});
