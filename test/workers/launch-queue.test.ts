import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LaunchQueue, type LaunchRules } from '../../supervisor/workers/launch-queue.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

function harness(browser: LaunchRules = { spacingMs: 3_000, atOnce: 2 }) {
  const clock = new FakeClock();
  const rules = { browser, sandbox: { spacingMs: 50, atOnce: 1_000 } };
  const queue = new LaunchQueue(clock, (kind) => rules[kind]);
  const launched: string[] = [];
  return {
    clock,
    queue,
    rules,
    launched,
    enter: (id: string, kind: 'browser' | 'sandbox' = 'browser') =>
      queue.enter(id, kind, () => launched.push(id)),
  };
}

describe('launches of workers', () => {
  it('lets the first start at once and the next one three seconds later', () => {
    const { clock, launched, enter } = harness();
    enter('a');
    enter('b');
    assert.deepEqual(launched, ['a']);
    clock.advance(2_999);
    assert.deepEqual(launched, ['a']);
    clock.advance(1);
    assert.deepEqual(launched, ['a', 'b']);
  });

  it('has no third browser start while two are starting, however long they take', () => {
    const { clock, queue, launched, enter } = harness();
    for (const id of ['a', 'b', 'c', 'd']) enter(id);
    clock.advance(600_000);
    assert.deepEqual(launched, ['a', 'b']);
    queue.settled('a');
    assert.deepEqual(launched, ['a', 'b', 'c']);
    queue.settled('b');
    clock.advance(3_000);
    assert.deepEqual(launched, ['a', 'b', 'c', 'd']);
  });

  it('does not make phones on the screen wait for browsers', () => {
    const { clock, launched, enter } = harness();
    for (const id of ['a', 'b', 'c']) enter(id);
    enter('s1', 'sandbox');
    enter('s2', 'sandbox');
    clock.advance(50);
    assert.deepEqual(launched, ['a', 's1', 's2']);
  });

  it('passes over a client that is stopped while it waits', () => {
    const { clock, queue, launched, enter } = harness();
    for (const id of ['a', 'b', 'c']) enter(id);
    queue.settled('b');
    clock.advance(3_000);
    assert.deepEqual(launched, ['a', 'c']);
  });

  it('starts a client once that is asked for twice, in its first place', () => {
    const { clock, launched, enter } = harness();
    for (const id of ['a', 'b', 'c', 'b']) enter(id);
    clock.advance(3_000);
    assert.deepEqual(launched, ['a', 'b']);
  });

  it('frees the place of a start that failed at once', () => {
    const { clock, queue, launched } = harness({ spacingMs: 0, atOnce: 1 });
    queue.enter('a', 'browser', () => queue.settled('a'));
    queue.enter('b', 'browser', () => launched.push('b'));
    assert.deepEqual(launched, ['b']);
    assert.deepEqual(clock.delays(), []);
  });

  it('follows a changed setting, and is not held up by a clock set back', () => {
    const { clock, rules, launched, enter } = harness();
    enter('a');
    clock.setBack(3_600_000);
    enter('b');
    clock.advance(3_000);
    assert.deepEqual(launched, ['a', 'b']);
    rules.browser = { spacingMs: 0, atOnce: 5 };
    enter('c');
    enter('d');
    assert.deepEqual(launched, ['a', 'b', 'c', 'd']);
  });
});
