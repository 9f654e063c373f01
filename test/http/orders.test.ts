import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../shared/order.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { startSite } from './helpers/site.ts';

const numbers = (body: string): string[] =>
  JSON.parse(body).items.map(({ orderNo }: { orderNo: string }) => orderNo);

function ordersEveryHour(count: number, wish: Partial<Order> = {}): Order[] {
  const start = Date.parse('2026-01-30T20:30:00Z');
  return Array.from({ length: count }, (_, index) =>
    makeOrder({ orderNo: `A234567${index}`, createdAt: start + index * 3_600_000, ...wish }),
  );
}

test('orders come newest first, page by page', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  for (const order of ordersEveryHour(5)) stores.orders.set(order.orderNo, order);
  const first = await app.inject({ url: '/api/v1/orders?limit=2', headers: bearer });
  assert.deepEqual(numbers(first.body), ['A2345674', 'A2345673']);
  const next = await app.inject({
    url: `/api/v1/orders?limit=4&cursor=${first.json().nextCursor}`,
    headers: bearer,
  });
  assert.deepEqual(numbers(next.body), ['A2345672', 'A2345671', 'A2345670']);
  assert.equal(next.json().nextCursor, undefined);
});

test('a day in a filter is a day in Nairobi, to its end', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  // From 23:30 in Nairobi on 30 January, every hour.
  for (const order of ordersEveryHour(3)) stores.orders.set(order.orderNo, order);
  const found = async (query: string) =>
    numbers((await app.inject({ url: `/api/v1/orders?${query}`, headers: bearer })).body);
  assert.deepEqual(await found('from=2026-01-31'), ['A2345672', 'A2345671']);
  assert.deepEqual(await found('to=2026-01-30'), ['A2345670']);
  assert.deepEqual(await found('from=2026-01-31&to=2026-01-31'), ['A2345672', 'A2345671']);
  assert.deepEqual(await found('from=2026-01-30T21:30:00Z&to=2026-01-31T01:30:00%2B03:00'), ['A2345671']);
  assert.deepEqual(await found('status=&clientId=&q=&from=&to='), ['A2345672', 'A2345671', 'A2345670']);
});

test('an owner’s list holds his orders only, whatever he asks for', async (t) => {
  const { app, browser, stores } = await startSite(t);
  stores.orders.set('A2345670', makeOrder({ orderNo: 'A2345670', clientId: 'cl_one' }));
  stores.orders.set('A2345671', makeOrder({ orderNo: 'A2345671', clientId: 'cl_two' }));
  stores.clients.set('cl_one', makeClient());
  const headers = browser({ role: 'owner', name: 'Wanjiku', clientId: 'cl_one' });
  const found = async (query: string) =>
    numbers((await app.inject({ url: `/api/v1/orders${query}`, headers })).body);
  assert.deepEqual(await found(''), ['A2345670']);
  assert.deepEqual(await found('?clientId=cl_two'), []);
  const csv = await app.inject({ url: '/api/v1/orders.csv?clientId=cl_two', headers });
  assert.ok(!csv.body.includes('A2345671'));
});

test('one order is told with its timeline, found in small letters too', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  stores.orders.set('A2345678', makeOrder());
  stores.timelines.set('A2345678', [{ at: 1_700_000_000_000, event: 'created', by: 'customer' }]);
  const answer = await app.inject({ url: '/api/v1/orders/a2345678', headers: bearer });
  assert.deepEqual(answer.json(), {
    orderNo: 'A2345678',
    clientId: 'cl_one',
    mode: 'sandbox',
    chatId: '254700000001',
    customerPhone: '254700000001',
    payerPhone: '254700000001',
    recipientPhone: '254700000002',
    amountKes: 50,
    payableKes: 48,
    discountPercent: 5,
    status: 'delivered',
    payment: { state: 'paid', receipt: 'SG722NMVXQ' },
    delivery: { state: 'sent', requestId: 'r1' },
    attention: [],
    createdAt: '2023-11-14T22:13:20.000Z',
    updatedAt: '2023-11-14T22:14:20.000Z',
    timeline: [{ at: '2023-11-14T22:13:20.000Z', event: 'created', by: 'customer' }],
  });
});

test('a staff action is carried out under the name of who did it', async (t) => {
  const { app, browser, stores, actions } = await startSite(t);
  stores.orders.set('A2345678', makeOrder());
  const act = (payload: object) =>
    app.inject({ method: 'POST', url: '/api/v1/orders/A2345678/actions', headers: browser(), payload });
  const answer = await act({
    action: 'mark-refunded',
    reason: 'asked',
    receipt: ' sg722nmvxq ',
    amountKes: 48,
  });
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(actions, [
    {
      orderNo: 'A2345678',
      request: { action: 'mark-refunded', reason: 'asked', receipt: 'SG722NMVXQ', amountKes: 48 },
      by: 'Achieng',
    },
  ]);
  assert.equal((await act({ action: 'pay-me' })).statusCode, 422);
  assert.equal((await act({ action: 'mark-refunded', receipt: 'short' })).json().error.field, 'receipt');
});

test('in the CSV no text of others can act as a formula', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'];
  for (const [index, name] of hostile.entries()) {
    stores.clients.set(`cl_${index}`, makeClient({ id: `cl_${index}`, name }));
    const orderNo = `A234567${index}`;
    const payment = { ...makeOrder().payment, reason: name };
    stores.orders.set(orderNo, makeOrder({ orderNo, clientId: `cl_${index}`, payment }));
  }
  const answer = await app.inject({ url: '/api/v1/orders.csv', headers: bearer });
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(answer.headers['content-disposition'], 'attachment; filename="orders.csv"');
  const fields = answer.body.split(/[,\n]/).map((field) => field.replace(/^"/, ''));
  for (const field of fields) assert.doesNotMatch(field, /^[=+\-@\t＝]/, field);
  for (const name of hostile) assert.ok(answer.body.includes(`'${name}`), JSON.stringify(name));
});

test('the CSV holds all orders of the filter, more than a page of them, and quotes what must be', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient({ name: 'Mama "Duka", Kisumu' }));
  for (let index = 0; index < 450; index += 1) {
    const orderNo = `N${index}`;
    stores.orders.set(orderNo, makeOrder({ orderNo, createdAt: index }));
  }
  const answer = await app.inject({ url: '/api/v1/orders.csv?status=delivered', headers: bearer });
  const lines = answer.body.trimEnd().split('\r\n');
  assert.match(lines[0] ?? '', /^\ufefforderNo,createdAt,clientId,clientName,/);
  assert.equal(lines.length, 451);
  assert.match(
    lines[1] ?? '',
    /^N449,1970-01-01T00:00:00.449Z,cl_one,"Mama ""Duka"", Kisumu",sandbox,delivered,50,48,/,
  );
  // Each of the three pages waits for the disk, and so does the answer itself.
  assert.equal(stores.durableCalls, 4);
});
