import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../shared/clock.ts';
import { startOfDay } from '../../shared/nairobi.ts';
import type { Order } from '../../shared/order.ts';
import { SalesHistory } from '../../supervisor/http/pages/sales-history.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';

const midnight = startOfDay(1_700_000_000_000);
const noon = midnight + 12 * HOUR_MS;
const yesterday = noon - DAY_MS;

function paid(orderNo: string, paidAt: number, wish: Partial<Order> = {}): Order {
  const base = makeOrder({ orderNo, ...wish });
  return { ...base, payment: { ...base.payment, state: 'paid', paidAt } };
}

const refunded = (order: Order): Order => ({ ...order, payment: { ...order.payment, state: 'refunded' } });

test('the 29 days before today stand in their order, each with its own sales; today and older days do not', () => {
  const orders = [
    paid('A2345671', yesterday),
    paid('A2345672', yesterday, { mode: 'live', payableKes: 100, amountKes: 120 }),
    paid('A2345673', noon),
    paid('A2345674', noon - 29 * DAY_MS),
    paid('A2345675', noon - 30 * DAY_MS),
  ];
  const days = new SalesHistory(() => orders).read(noon);
  assert.equal(days.length, 29);
  assert.deepEqual(
    days.map(({ dayStart }) => dayStart),
    Array.from({ length: 29 }, (_, index) => midnight - (29 - index) * DAY_MS),
  );
  assert.deepEqual(days.at(-1)?.live, { sumKes: 100, sales: 1, discountKes: 20 });
  assert.deepEqual(days.at(-1)?.simulated, { sumKes: 48, sales: 1, discountKes: 2 });
  assert.equal(days[0]?.simulated.sales, 1);
  assert.equal(
    days.reduce((sum, day) => sum + day.live.sales + day.simulated.sales, 0),
    3,
  );
});

test('yesterday’s sale that is given back today leaves the chart', () => {
  const order = paid('A2345671', yesterday);
  let present: Order[] = [order];
  let elapsed = 0;
  const history = new SalesHistory(
    () => present,
    () => elapsed,
  );
  assert.equal(history.read(noon).at(-1)?.simulated.sales, 1);
  present = [refunded(order)];
  history.note(order, refunded(order));
  elapsed += 1;
  assert.equal(history.read(noon).at(-1)?.simulated.sales, 0);
});

test('today’s purchases do not make it look through all orders again', () => {
  let looks = 0;
  const history = new SalesHistory(() => {
    looks += 1;
    return [];
  });
  history.read(noon);
  history.note(undefined, paid('A2345671', noon));
  history.note(paid('A2345671', noon), refunded(paid('A2345671', noon)));
  history.read(noon);
  assert.equal(looks, 1);
});

test('a new day looks at the orders anew', () => {
  const history = new SalesHistory(() => [paid('A2345671', noon)]);
  assert.equal(history.read(noon).at(-1)?.simulated.sales, 0);
  assert.equal(history.read(noon + DAY_MS).at(-1)?.simulated.sales, 1);
});

test('each client sees its own days', () => {
  const orders = [
    paid('A2345671', yesterday),
    paid('A2345672', yesterday, { clientId: 'cl_two', payableKes: 7 }),
  ];
  const history = new SalesHistory(() => orders);
  assert.equal(history.read(noon, 'cl_two').at(-1)?.simulated.sumKes, 7);
  assert.equal(history.read(noon, 'cl_three').at(-1)?.simulated.sumKes, 0);
});
