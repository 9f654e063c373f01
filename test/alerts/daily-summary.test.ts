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

async function evening(stores: Stores, clock: FakeClock): Promise<string[]> {
  const alerts = new AlertBook({ stores, clock, logger: silentLogger });
  const float = { list: () => [] };
  const summaries = new DailySummaries({
    ...{ stores, alerts, float, clock, logger: silentLogger },
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
⏳ Paid, not delivered yet: KES 48

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
