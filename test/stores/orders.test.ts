import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSettled, type Order, orderStatus, orderStatuses } from '../../shared/order.ts';
import type { OrderFilter, OrderReader, Stores } from '../../supervisor/stores/types.ts';
import { anOrder, open, temporaryFolder } from './helpers.ts';

const phones = ['254700000001', '254700000012', '254711000012', '254100000001', '255700000001'];
const receipts = ['SG722NMVXQ', 'SG722NMVXR', '1234500012'];
const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const orderArbitrary: fc.Arbitrary<Order> = fc
  .record({
    n: fc.integer({ min: 0, max: 25 }),
    clientId: pick(['cl_one', 'cl_two']),
    chatId: pick(['a@c.us', 'b@c.us', 'c@lid']),
    payerPhone: pick(phones),
    recipientPhone: pick(phones),
    customerPhone: fc.option(pick(phones), { nil: undefined }),
    state: pick(['requesting', 'prompted', 'declined', 'expired', 'review', 'paid', 'refunded'] as const),
    delivery: pick(['none', 'queued', 'sent', 'delivered', 'rejected', 'cancelled'] as const),
    receipt: fc.option(pick(receipts), { nil: undefined }),
    checkoutRequestId: fc.option(pick(['ws_1', 'ws_2']), { nil: undefined }),
    requestId: fc.option(pick(['rq_1', 'rq_2']), { nil: undefined }),
    createdAt: fc.integer({ min: 1, max: 12 }),
  })
  .map((from) =>
    anOrder(from.n, {
      confirmId: `cf_${from.n % 7}`,
      clientId: from.clientId,
      chatId: from.chatId,
      payerPhone: from.payerPhone,
      recipientPhone: from.recipientPhone,
      createdAt: from.createdAt,
      ...(from.customerPhone === undefined ? {} : { customerPhone: from.customerPhone }),
      payment: {
        ...anOrder(0).payment,
        state: from.state,
        ...(from.receipt === undefined ? {} : { receipt: from.receipt }),
        ...(from.checkoutRequestId === undefined ? {} : { checkoutRequestId: from.checkoutRequestId }),
      },
      delivery: {
        state: from.delivery,
        attempts: 0,
        ...(from.requestId === undefined ? {} : { requestId: from.requestId }),
      },
    }),
  );

type Step = { put: Order } | { remove: number } | { refused: Order };
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ put: orderArbitrary }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.integer({ min: 0, max: 25 }) }) },
  { weight: 2, arbitrary: fc.record({ refused: orderArbitrary }) },
);

const filterArbitrary: fc.Arbitrary<OrderFilter> = fc.record(
  {
    status: pick(orderStatuses),
    clientId: pick(['cl_one', 'cl_two', 'cl_none']),
    q: pick([
      '0001',
      '0012',
      '00012',
      '254700000001',
      '0700 000 012',
      'sg722nmvxq',
      '1234500012',
      anOrder(3).orderNo,
      '12',
      'x',
    ]),
    from: fc.integer({ min: 0, max: 13 }),
    to: fc.integer({ min: 0, max: 13 }),
  },
  { requiredKeys: [] },
);

const newestFirst = (orders: Iterable<Order>): Order[] =>
  [...orders].sort((a, b) => b.createdAt - a.createdAt || (a.orderNo < b.orderNo ? 1 : -1));

/** The specification in its plainest form: look at every order. */
function naive(orders: readonly Order[], filter: OrderFilter): Order[] {
  return newestFirst(orders).filter((order) => {
    if (filter.status !== undefined && orderStatus(order) !== filter.status) return false;
    if (filter.clientId !== undefined && order.clientId !== filter.clientId) return false;
    if (filter.from !== undefined && order.createdAt < filter.from) return false;
    if (filter.to !== undefined && order.createdAt >= filter.to) return false;
    if (filter.q === undefined) return true;
    const q = filter.q.toUpperCase();
    if (order.orderNo === q || order.payment.receipt === q) return true;
    const digits = filter.q === '0700 000 012' ? '254700000012' : filter.q;
    if (!/^\d{4,}$/.test(digits)) return false;
    return [order.payerPhone, order.recipientPhone, order.customerPhone].some((phone) =>
      phone?.endsWith(digits),
    );
  });
}

function pages(reader: OrderReader, filter: OrderFilter, limit: number): Order[] {
  const all: Order[] = [];
  let cursor: string | undefined;
  do {
    const page = reader.page(filter, cursor === undefined ? { limit } : { cursor, limit });
    assert.ok(page.items.length <= limit);
    assert.ok(page.nextCursor === undefined || page.items.length === limit, 'only full pages go on');
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}

async function apply(stores: Stores, model: Map<string, Order>, step: Step): Promise<void> {
  if ('put' in step) {
    await stores.transact((tx) => tx.orders.put(step.put));
    model.set(step.put.orderNo, step.put);
  } else if ('remove' in step) {
    const { orderNo } = anOrder(step.remove);
    await stores.transact((tx) => tx.orders.delete(orderNo));
    model.delete(orderNo);
  } else {
    const work = stores.transact((tx) => {
      tx.orders.put(step.refused);
      for (const order of [...tx.orders.values()].slice(0, 3)) tx.orders.delete(order.orderNo);
      throw new Error('refused');
    });
    await assert.rejects(work, /refused/);
  }
}

function compare(
  reader: OrderReader,
  model: ReadonlyMap<string, Order>,
  filter: OrderFilter,
  limit: number,
): void {
  const orders = [...model.values()];
  assert.equal(reader.size, orders.length);
  assert.deepEqual(pages(reader, filter, limit), naive(orders, filter));
  const has = (expected: Order[], found: Order | undefined): void =>
    assert.ok(
      expected.length === 0
        ? found === undefined
        : found && expected.some((order) => order.orderNo === found.orderNo),
    );
  has(
    orders.filter((order) => order.confirmId === 'cf_3'),
    reader.byConfirmId('cf_3'),
  );
  has(
    orders.filter((order) => order.payment.receipt === 'SG722NMVXQ'),
    reader.byReceipt('SG722NMVXQ')[0],
  );
  has(
    orders.filter((order) => order.payment.checkoutRequestId === 'ws_1'),
    reader.byCheckoutRequestId('ws_1'),
  );
  has(
    orders.filter((order) => order.delivery.requestId === 'rq_2'),
    reader.byDeliveryRequestId('rq_2'),
  );
  const sorted = newestFirst(orders);
  for (const phone of phones) {
    assert.deepEqual(
      reader.byPayer(phone, 4),
      sorted.filter((order) => order.payerPhone === phone).slice(0, 4),
    );
    assert.deepEqual(
      reader.byRecipient(phone, 99),
      sorted.filter((order) => order.recipientPhone === phone),
    );
  }
  assert.deepEqual(
    reader.byChat('cl_two', 'c@lid', 3),
    sorted.filter((order) => order.clientId === 'cl_two' && order.chatId === 'c@lid').slice(0, 3),
  );
  assert.deepEqual(
    newestFirst(reader.unsettled()),
    sorted.filter((order) => !isSettled(order)),
  );
  for (const clientId of [undefined, 'cl_one'])
    for (const status of orderStatuses)
      assert.equal(
        reader.countByStatus(clientId)[status],
        orders.filter(
          (order) => orderStatus(order) === status && (clientId ?? order.clientId) === order.clientId,
        ).length,
      );
}

test('every list, search, lookup and count answers what looking at each order would, also after a restart', async (t) => {
  const property = fc.asyncProperty(
    fc.array(stepArbitrary, { minLength: 1, maxLength: 60 }),
    fc.array(filterArbitrary, { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 1, max: 5 }),
    async (steps, filters, limit) => {
      const folder = temporaryFolder(t);
      const stores = await open(folder, { reserveBytes: 1024 });
      const model = new Map<string, Order>();
      for (const step of steps) await apply(stores, model, step);
      for (const filter of filters) compare(stores.orders, model, filter, limit);
      await stores.close();
      const again = await open(folder, { reserveBytes: 1024 });
      for (const filter of filters) compare(again.orders, model, filter, limit);
      await again.close();
    },
  );
  await fc.assert(property, { numRuns: 30 });
});

test('pages stay stable while orders come, change and go between them', async (t) => {
  const stores = await open(temporaryFolder(t));
  await stores.transact((tx) => {
    for (let n = 0; n < 30; n += 1) tx.orders.put(anOrder(n));
  });
  const first = stores.orders.page({}, { limit: 10 });
  await stores.transact((tx) => {
    tx.orders.put(anOrder(100));
    // The very order at which the page ended.
    tx.orders.delete(anOrder(20).orderNo);
    tx.orders.put(anOrder(15, { amountKes: 70 }));
  });
  assert.ok(first.nextCursor);
  const second = stores.orders.page({}, { cursor: first.nextCursor, limit: 10 });
  assert.deepEqual(
    second.items.map(({ orderNo }) => orderNo),
    Array.from({ length: 10 }, (_, index) => anOrder(19 - index).orderNo),
  );
});

test('a cursor that was not made here is refused by name', async (t) => {
  const stores = await open(temporaryFolder(t));
  for (const cursor of ['', 'nonsense', Buffer.from('1:').toString('base64url'), '../../etc/passwd'])
    assert.throws(() => stores.orders.page({}, { cursor, limit: 5 }), { code: 'invalid', field: 'cursor' });
});
