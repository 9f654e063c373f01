import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import { AlertBook } from '../../supervisor/alerts/alert-book.ts';
import type { Judgement } from '../../supervisor/alerts/condition.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { open, temporaryFolder } from '../stores/helpers.ts';

const failed: Judgement = {
  conditions: [
    {
      key: 'bot:cl_1',
      kind: 'bot-failed',
      severity: 'critical',
      clientId: 'cl_1',
      title: 'Duka Moja is down',
      text: 'Start it again.',
    },
  ],
  unclear: new Set(),
  endingOf: () => 'recovered',
};
const allIsWell: Judgement = { ...failed, conditions: [] };

test('an alert outlives a restart, is seen once by name, and is forgotten long after its end', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new FakeClock();
  const first = await open(folder, { clock });
  const before = new AlertBook({ stores: first, clock, logger: silentLogger });
  await before.apply(failed);
  await first.close();

  const stores = await open(folder, { clock });
  const book = new AlertBook({ stores, clock, logger: silentLogger });
  const [alert] = book.list({ open: true });
  assert.ok(alert);
  await assert.rejects(book.acknowledge(alert.id, 'Otieno', 'cl_2'), { code: 'not-found' });
  await book.acknowledge(alert.id, 'Achieng');
  const again = await book.acknowledge(alert.id, 'Otieno', 'cl_1');
  assert.equal(again.acknowledgedBy, 'Achieng');
  const { items } = await stores.audit.page({ limit: 10 });
  assert.deepEqual(
    items.map(({ by, action, note }) => [by, action, note]),
    [['Achieng', 'alert.acknowledge', 'Duka Moja is down']],
  );

  await book.apply(allIsWell);
  assert.deepEqual(book.list({ open: true }), []);
  assert.equal(book.list({ clientId: 'cl_1' }).length, 1);
  clock.advance(31 * DAY_MS);
  await book.apply(allIsWell);
  assert.equal(book.list().length, 0);
});

test('an alert that the disk refuses is shown all the same, and written when there is room', async (t) => {
  const clock = new FakeClock();
  const real = await open(temporaryFolder(t), { clock });
  let full = true;
  const stores = new Proxy(real, {
    get: (target, name: keyof typeof real) => {
      const value = target[name];
      if (name === 'transact' && full)
        return async () => Promise.reject(new AppError('storage-full', 'full'));
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const book = new AlertBook({ stores, clock, logger: silentLogger });
  await book.apply(failed);
  const [shown] = book.list({ open: true });
  assert.equal(real.alerts.size, 0);
  await book.apply(failed);
  assert.deepEqual(book.list(), [shown]);
  full = false;
  await book.apply(failed);
  assert.deepEqual([...real.alerts.values()], [shown]);
});
