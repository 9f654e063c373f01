import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Timetable } from '../../supervisor/orders/timetable.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

describe('the timetable', () => {
  it('runs each key at its latest time, in order, with one timer', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), inMs: fc.integer({ min: 1, max: 1_000 }) }),
          {
            maxLength: 30,
          },
        ),
        (plans) => {
          const clock = new FakeClock();
          const start = clock.now();
          const ran: Array<{ key: string; at: number }> = [];
          const timetable = new Timetable(clock, async (key) => {
            ran.push({ key, at: clock.now() - start });
          });
          const expected = new Map<string, number>();
          for (const { key, inMs } of plans) {
            timetable.set(key, start + inMs);
            expected.set(key, inMs);
          }
          assert.ok(clock.delays().length <= 1);
          clock.advance(1_000);
          assert.deepEqual(
            new Map(ran.map(({ key, at }) => [key, at])),
            new Map([...expected].sort(([, a], [, b]) => a - b)),
          );
          assert.equal(ran.length, expected.size);
          assert.deepEqual(
            ran.map(({ at }) => at),
            ran.map(({ at }) => at).sort((a, b) => a - b),
          );
        },
      ),
    );
  });

  it('keeps its intervals when the clock is set back', () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const timetable = new Timetable(clock, async (key) => {
      ran.push(key);
    });
    timetable.set('soon', clock.now() + 3_000);
    timetable.set('later', clock.now() + 120_000);
    clock.setBack(3_600_000);
    clock.advance(3_000);
    assert.deepEqual(ran, ['soon']);
    clock.advance(117_000);
    assert.deepEqual(ran, ['soon', 'later']);
  });

  it('forgets what was taken back', () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const timetable = new Timetable(clock, async (key) => {
      ran.push(key);
    });
    timetable.set('a', clock.now() + 10);
    timetable.set('b', clock.now() + 20);
    timetable.delete('a');
    clock.advance(100);
    assert.deepEqual(ran, ['b']);
    assert.equal(timetable.size, 0);
  });

  it('starts thousands that are due at the same moment in portions, with a turn for everybody else in between', () => {
    const clock = new FakeClock();
    let sinceTurn = 0;
    let most = 0;
    let run = 0;
    const portions = new Timetable(
      {
        now: () => clock.now(),
        schedule: (delayMs, fire) =>
          clock.schedule(delayMs, () => {
            sinceTurn = 0;
            fire();
          }),
      },
      async () => {
        run += 1;
        sinceTurn += 1;
        most = Math.max(most, sinceTurn);
      },
    );
    const at = clock.now() + 180_000;
    for (let n = 0; n < 5_000; n += 1) portions.set(`order-${n}`, at);
    clock.advance(180_000);
    for (let turn = 0; turn < 100; turn += 1) clock.advance(0);
    assert.equal(run, 5_000);
    assert.ok(most <= 100, `${most} were started in one turn`);
  });
});
