import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { completeQuery, presets } from '../../web/models/settlement.ts';
import { PagesSite } from '../browser/site.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { type SignedIn, signedIn } from './helpers/signed-in.ts';

const site = new PagesSite();
let admin: SignedIn;
/** Half past midnight of 1 March in Nairobi, still 28 February in UTC. */
const NIGHT = Date.parse('2026-02-28T21:30:00Z');

before(async () => {
  await site.start();
  site.stores.clients.set('cl_one', makeClient({ name: '=HYPERLINK("http://evil.example")' }));
  const base = makeOrder();
  const payment = { ...base.payment, paidAt: NIGHT };
  site.putOrder({ ...base, createdAt: NIGHT, payment });
  site.putOrder({
    ...base,
    orderNo: 'B2345678',
    mode: 'live',
    createdAt: NIGHT + 1_000,
    payment: { ...payment, receipt: 'SH722NMVXQ', credentials: { setId: 'platform:shadow-pay', version: 1 } },
    delivery: { state: 'held', attempts: 0, holdCause: 'float' },
  });
  admin = await signedIn(site.app);
});
after(() => site.close());

test('a period holds the days of Nairobi, and real money stands apart from simulated', async () => {
  const { body } = await admin.get('/settlement?from=2026-03-01&to=2026-03-01');
  assert.match(body, /Real money/);
  assert.match(body, /Simulated money/);
  assert.match(body, /Collected by <!-- -->|Collected by the platform/);
  assert.match(body, /nobody yet/);
  const before = await admin.get('/settlement?from=2026-02-28&to=2026-02-28');
  assert.match(before.body, /No paid order in this period/);
});

test('the file holds the same sums, and no cell that a spreadsheet would run', async () => {
  const { body, headers } = await admin.get('/settlement.csv?from=2026-03-01&to=2026-03-01');
  assert.match(String(headers['content-disposition']), /settlement\.csv/);
  const lines = body.trim().split('\r\n');
  assert.equal(lines.length, 3);
  assert.match(body, /'=HYPERLINK/);
  for (const cell of body.split(/[,\r\n]/)) assert.doesNotMatch(cell, /^"?=/);
  const { body: empty } = await admin.get('/settlement.csv?from=2026-02-28&to=2026-02-28');
  assert.deepEqual(empty.trim(), lines[0]);
});

test('without days the present month is shown; months and days turn at midnight in Nairobi', () => {
  assert.deepEqual(completeQuery({ clientId: '', from: '', to: 'nonsense' }, NIGHT), {
    clientId: '',
    from: '2026-03-01',
    to: '2026-03-01',
  });
  assert.deepEqual(
    presets(NIGHT).map(({ label, from, to }) => `${label}: ${from} ${to}`),
    [
      'Today: 2026-03-01 2026-03-01',
      'Yesterday: 2026-02-28 2026-02-28',
      'This month: 2026-03-01 2026-03-01',
      'Last month: 2026-02-01 2026-02-28',
    ],
  );
});
