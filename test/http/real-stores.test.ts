import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../shared/settings.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { startSiteOnDisk } from './helpers/site-on-disk.ts';

const NOTHING_SECRET = {
  credentials: { shadowPay: { set: false, source: 'none' }, statum: { set: false, source: 'none' } },
  accessCode: { set: false, source: 'none' },
};

// The other files of this folder use stores in memory; what matters most is asked of the real ones here.

test('orders are found, paged, exported and told with their timeline from disk', async (t) => {
  const { site, stores } = await startSiteOnDisk(t);
  const { app, bearer } = site;
  await stores.transact((tx) => {
    tx.clients.put(makeClient({ name: '=cmd()' }));
    for (let index = 0; index < 5; index += 1) {
      const orderNo = `A23456${index}8`;
      const payment = { ...makeOrder().payment, receipt: `SG722NMVX${index}` };
      tx.orders.put(makeOrder({ orderNo, confirmId: `cf_${index}`, createdAt: index * 1_000, payment }));
      tx.timelines.append(orderNo, { at: index, event: 'created', by: 'customer' });
    }
  });
  const get = async (url: string) => app.inject({ url: `/api/v1${url}`, headers: bearer });
  const first = (await get('/orders?limit=3')).json();
  const rest = (await get(`/orders?limit=3&cursor=${encodeURIComponent(first.nextCursor)}`)).json();
  const numbers = [...first.items, ...rest.items].map(({ orderNo }: { orderNo: string }) => orderNo);
  assert.deepEqual(numbers, ['A2345648', 'A2345638', 'A2345628', 'A2345618', 'A2345608']);
  const byReceipt = (await get('/orders?q=SG722NMVX2')).json();
  assert.deepEqual(
    byReceipt.items.map(({ orderNo }: { orderNo: string }) => orderNo),
    ['A2345628'],
  );
  const one = (await get('/orders/A2345628')).json();
  assert.deepEqual(one.timeline, [{ at: '1970-01-01T00:00:00.002Z', event: 'created', by: 'customer' }]);
  const csv = await get('/orders.csv');
  assert.equal(csv.body.trimEnd().split('\r\n').length, 6);
  assert.ok(csv.body.includes("'=cmd()"));
  const badCursor = await get('/orders?cursor=made-up');
  assert.deepEqual([badCursor.statusCode, badCursor.json().error.field], [422, 'cursor']);
  assert.equal((await app.inject('/health')).json().storage.writable, true);
});

test('a refused change of settings leaves neither a value nor an audit entry', async (t) => {
  const { site } = await startSiteOnDisk(t);
  const { app, browser, bearer } = site;
  const change = (payload: object) =>
    app.inject({ method: 'PATCH', url: '/api/v1/settings', headers: browser(), payload });
  assert.equal((await change({ maxAmountKes: 100 })).statusCode, 200);
  assert.equal((await change({ minAmountKes: 200 })).statusCode, 422);
  const settings = await app.inject({ url: '/api/v1/settings', headers: bearer });
  assert.deepEqual(settings.json(), { ...defaultSettings, maxAmountKes: 100, ...NOTHING_SECRET });
  const audit = await app.inject({ url: '/api/v1/audit', headers: bearer });
  assert.deepEqual(
    audit.json().items.map(({ by, note }: { by: string; note: string }) => `${by}: ${note}`),
    ['Achieng: Largest purchase: KES 10,000 → KES 100'],
  );
});
