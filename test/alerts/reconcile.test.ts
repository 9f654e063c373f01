import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert } from '../../shared/alert.ts';
import { MINUTE_MS } from '../../shared/clock.ts';
import type { Condition, Judgement } from '../../supervisor/alerts/condition.ts';
import { reconcile } from '../../supervisor/alerts/reconcile.ts';

const condition = (changes: Partial<Condition> = {}): Condition => ({
  key: 'orders:cl_1',
  kind: 'orders-attention',
  severity: 'warning',
  clientId: 'cl_1',
  title: '1 order needs attention',
  text: 'Look at K7Q2MXT4.',
  ...changes,
});

/** Alerts over time, as the book keeps them. */
class Book {
  readonly alerts = new Map<string, Alert>();
  now = 1_700_000_000_000;
  #ids = 0;

  look(conditions: readonly Condition[], judgement: Partial<Judgement> = {}): Alert[] {
    const changed = reconcile(
      this.alerts.values(),
      { conditions, unclear: new Set(), endingOf: () => 'recovered', ...judgement },
      { now: this.now, newId: () => `al_${++this.#ids}` },
    );
    for (const alert of changed) this.alerts.set(alert.id, alert);
    return changed;
  }
}

test('trouble that goes on is one alert, written once', () => {
  const book = new Book();
  assert.equal(book.look([condition()]).length, 1);
  for (let look = 0; look < 5; look += 1) {
    book.now += MINUTE_MS;
    assert.deepEqual(book.look([condition()]), []);
  }
  assert.equal(book.alerts.size, 1);
});

test('more of it, or a higher severity, is worse; less of it is not; and worse undoes "I have seen it"', () => {
  const book = new Book();
  const [first] = book.look([condition({ count: 2 })]);
  assert.ok(first);
  book.alerts.set(first.id, { ...first, acknowledgedAt: book.now, acknowledgedBy: 'Achieng' });
  book.now += MINUTE_MS;
  const [fewer] = book.look([condition({ count: 1, title: 'One left' })]);
  assert.equal(fewer?.worsenedAt, first.raisedAt);
  assert.equal(fewer?.acknowledgedBy, 'Achieng');
  book.now += MINUTE_MS;
  const [more] = book.look([condition({ count: 3 })]);
  assert.equal(more?.worsenedAt, book.now);
  assert.equal(more?.acknowledgedBy, undefined);
  book.now += MINUTE_MS;
  const [graver] = book.look([condition({ count: 3, severity: 'critical' })]);
  assert.equal(graver?.worsenedAt, book.now);
});

test('what cannot be judged just now stays as it is; what is gone is resolved with how it ended', () => {
  const book = new Book();
  book.look([condition(), condition({ key: 'bot:cl_2', kind: 'bot-failed', clientId: 'cl_2' })]);
  book.now += MINUTE_MS;
  assert.deepEqual(book.look([], { unclear: new Set(['bot:cl_2', 'orders:cl_1']) }), []);
  const ended = book.look([], {
    unclear: new Set(['orders:cl_1']),
    endingOf: ({ clientId }) => (clientId === 'cl_2' ? 'stopped' : 'recovered'),
  });
  assert.deepEqual(
    ended.map(({ key, ending, resolvedAt }) => [key, ending, resolvedAt]),
    [['bot:cl_2', 'stopped', book.now]],
  );
});

test('trouble that comes back soon opens the same alert again; later, or after a planned stop, it is a new one', () => {
  const book = new Book();
  book.look([condition()]);
  book.look([]);
  book.now += 5 * MINUTE_MS;
  const [again] = book.look([condition()]);
  assert.deepEqual(
    [again?.id, again?.count, again?.resolvedAt, again?.ending],
    ['al_1', 2, undefined, undefined],
  );
  book.look([]);
  book.now += 11 * MINUTE_MS;
  assert.equal(book.look([condition()])[0]?.id, 'al_2');
  book.look([], { endingOf: () => 'stopped' });
  assert.equal(book.look([condition()])[0]?.id, 'al_3');
});
