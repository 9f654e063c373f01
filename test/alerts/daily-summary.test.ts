import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { AlertBook } from '../../supervisor/alerts/alert-book.ts';
import { DailySummaries } from '../../supervisor/alerts/daily-summary.ts';
import { summaryDueAt } from '../../supervisor/alerts/summary-time.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';
import { open, temporaryFolder } from '../stores/helpers.ts';

/** Sunday 22 November 2026, 20:00 in Nairobi. */
const EVENING = Date.parse('2026-11-22T17:00:00Z');

test('the summary is due at its time in Nairobi, once a day, and not hours too late', () => {
  const client = { createdAt: EVENING - 10 * DAY_MS };
  const due = (now: number, summaryDoneAt?: number) =>
    summaryDueAt({ ...client, ...(summaryDoneAt !== undefined && { summaryDoneAt }) }, '20:00', now);
  assert.equal(due(EVENING - 1, EVENING - DAY_MS), undefined);
  assert.equal(due(EVENING, EVENING - DAY_MS), EVENING);
  assert.equal(due(EVENING + HOUR_MS, EVENING), undefined);
  assert.equal(due(EVENING + 5 * HOUR_MS, EVENING - DAY_MS), EVENING);
  assert.equal(due(EVENING + 7 * HOUR_MS, EVENING - DAY_MS), undefined);
  assert.equal(summaryDueAt({ createdAt: EVENING + MINUTE_MS }, '20:00', EVENING + HOUR_MS), undefined);
});

test('in the morning it comes at seven in Nairobi on each day of a year, wherever the machine changes its clocks', (t) => {
  const { TZ } = process.env;
  t.after(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });
  process.env.TZ = 'Europe/Berlin';
  assert.notEqual(new Date(2026, 0, 1).getTimezoneOffset(), new Date(2026, 6, 1).getTimezoneOffset());
  const from = Date.parse('2026-01-01T00:00:00Z');
  let summaryDoneAt = from;
  const sentAt: string[] = [];
  for (let now = from; now < from + 365 * DAY_MS; now += 10 * MINUTE_MS) {
    const dueAt = summaryDueAt({ createdAt: 0, summaryDoneAt }, '07:00', now);
    if (dueAt === undefined) continue;
    summaryDoneAt = dueAt;
    sentAt.push(new Date(now).toISOString().slice(11, 16));
  }
  assert.equal(sentAt.length, 364);
  assert.deepEqual(new Set(sentAt), new Set(['04:00']));
});

test('an owner who moves it from evening to morning hears the next morning; one who moves it by an hour not twice', () => {
  const client = { createdAt: 0, summaryDoneAt: EVENING };
  const morning = EVENING + 11 * HOUR_MS;
  assert.equal(summaryDueAt(client, '07:00', morning), morning);
  assert.equal(summaryDueAt(client, '21:00', EVENING + HOUR_MS), undefined);
});

test('a clock that ran ahead for a while keeps no summary back once it is right again', () => {
  const client = { createdAt: 0, summaryDoneAt: EVENING + 40 * DAY_MS };
  assert.equal(summaryDueAt(client, '20:00', EVENING), EVENING);
});

async function evening(stores: Stores, clock: FakeClock, canSend = true): Promise<string[]> {
  const alerts = new AlertBook({ stores, clock, logger: silentLogger });
  const float = { list: () => [] };
  const summaries = new DailySummaries({
    ...{ stores, alerts, float, clock, logger: silentLogger },
    sender: { canSend: () => canSend },
    stopping: () => false,
  });
  await summaries.look();
  return [...stores.outbox.values()].map(({ chatId, text }) => `${chatId}\n${text}`);
}

test('each admin of a shop hears of its day once, whoever restarts in between; quiet shops hear nothing', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new FakeClock(EVENING - 2 * HOUR_MS);
  const first = await open(folder, { clock });
  const placed = (orderNo: string, changes: Parameters<typeof makeOrder>[0]) =>
    makeOrder({ orderNo, confirmId: orderNo, clientId: 'cl_busy', createdAt: clock.now(), ...changes });
  const paid = makeOrder().payment;
  await first.transact((tx) => {
    const adminPhones = ['254700000001', '254700000002'];
    tx.clients.put(aClient('cl_busy', { name: 'Duka Moja', mode: 'live', adminPhones }));
    tx.clients.put(aClient('cl_quiet', { adminPhones }));
    tx.clients.put(aClient('cl_off', { adminPhones, overrides: { dailySummary: false } }));
    tx.orders.put(placed('A2345678', { payment: { ...paid, receipt: 'SG722NMVX1', paidAt: clock.now() } }));
    tx.orders.put(
      placed('A2345679', {
        payment: { ...paid, receipt: 'SG722NMVX2', paidAt: clock.now() },
        delivery: { state: 'rejected', attempts: 1 },
      }),
    );
    tx.orders.put(placed('A234567A', { createdAt: EVENING - 25 * HOUR_MS }));
  });
  assert.deepEqual(await evening(first, clock), []);
  clock.advance(2 * HOUR_MS);
  const told = await evening(first, clock);
  assert.deepEqual(
    told.map((message) => message.split('\n')[0]),
    ['254700000001@c.us', '254700000002@c.us'],
  );
  assert.equal(
    told[0],
    `254700000001@c.us
📊 *Duka Moja: the last 24 hours*
Sunday 22 November, 20:00

🧾 Orders: *2* (1 delivered, 1 being looked at)
💰 Sales: *2* for *KES 96*
🏷️ Discount given: KES 4
⏳ Paid, not delivered or not given back yet: KES 48

🔴 1 order needs attention`,
  );
  await first.close();

  const stores = await open(folder, { clock });
  clock.advance(HOUR_MS);
  assert.equal((await evening(stores, clock)).length, 2);
  clock.advance(DAY_MS);
  await stores.transact((tx) => {
    for (const { id } of tx.outbox.values()) tx.outbox.delete(id);
    tx.settings.put({ id: 'platform', values: { dailySummaryWhenQuiet: true } });
  });
  const next = await evening(stores, clock);
  assert.equal(next.filter((message) => /Nothing is wrong/.test(message)).length, 2);
  assert.equal(next.length, 4);
});

test('a shop whose bot is down at that hour hears when it is back; after hours only of the next day', async (t) => {
  const clock = new FakeClock(EVENING);
  const stores = await open(temporaryFolder(t), { clock });
  await stores.transact((tx) => {
    tx.clients.put(aClient('cl_down', { adminPhones: ['254700000001'] }));
    tx.settings.put({ id: 'platform', values: { dailySummaryWhenQuiet: true } });
  });
  assert.deepEqual(await evening(stores, clock, false), []);
  clock.advance(2 * HOUR_MS);
  assert.match((await evening(stores, clock)).join(), /Sunday 22 November, 20:00/);
  await stores.transact((tx) => {
    for (const { id } of tx.outbox.values()) tx.outbox.delete(id);
  });
  clock.advance(DAY_MS - 2 * HOUR_MS);
  for (let hour = 0; hour < 12; hour += 1) {
    assert.deepEqual(await evening(stores, clock, false), []);
    clock.advance(HOUR_MS);
  }
  assert.deepEqual(await evening(stores, clock), []);
  clock.advance(12 * HOUR_MS);
  const told = await evening(stores, clock);
  assert.equal(told.length, 1, told.join());
  assert.match(told[0] ?? '', /Tuesday 24 November, 20:00/);
});

test('a day without sales in a paused shop says that selling is paused, not that nothing is wrong', async (t) => {
  const clock = new FakeClock(EVENING);
  const stores = await open(temporaryFolder(t), { clock });
  await stores.transact((tx) => {
    tx.clients.put(aClient('cl_1', { name: 'Duka Moja', paused: true, adminPhones: ['254700000001'] }));
    tx.settings.put({ id: 'platform', values: { dailySummaryWhenQuiet: true } });
  });
  assert.deepEqual(await evening(stores, clock), [
    `254700000001@c.us
📊 *Duka Moja: the last 24 hours*
Sunday 22 November, 20:00 · simulated money

🧾 Orders: *0*
💰 Sales: *0* for *KES 0*

⏸️ Selling is paused: customers hear that the shop is closed`,
  ]);
});
