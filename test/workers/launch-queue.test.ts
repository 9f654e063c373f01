import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings } from '../../shared/settings.ts';
import { LaunchQueue, type LaunchRules, launchRules } from '../../supervisor/workers/launch-queue.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const browsers: LaunchRules = { spacingMs: 3_000, atOnce: 2, holdMs: Number.POSITIVE_INFINITY };

function harness(changed: Partial<Record<'browser' | 'sandbox', Partial<LaunchRules>>> = {}) {
  const clock = new FakeClock();
  const rules = {
    browser: { ...browsers, ...changed.browser },
    sandbox: { spacingMs: 50, atOnce: 1, holdMs: 3_000, ...changed.sandbox },
  };
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
    const { clock, queue, launched, enter } = harness();
    for (const id of ['a', 'b', 'c']) enter(id);
    enter('s1', 'sandbox');
    enter('s2', 'sandbox');
    queue.settled('s1');
    clock.advance(50);
    assert.deepEqual(launched, ['a', 's1', 's2']);
  });

  it('starts the next sandbox bot when the one before it answers, not before', () => {
    const { clock, queue, launched, enter } = harness();
    enter('s1', 'sandbox');
    enter('s2', 'sandbox');
    clock.advance(2_999);
    assert.deepEqual(launched, ['s1']);
    queue.settled('s1');
    assert.deepEqual(launched, ['s1', 's2']);
  });

  it('does not wait for a sandbox bot that hangs while it starts', () => {
    const { clock, queue, launched, enter } = harness();
    for (const id of ['s1', 's2', 's3']) enter(id, 'sandbox');
    clock.advance(3_000);
    assert.deepEqual(launched, ['s1', 's2']);
    queue.settled('s1');
    clock.advance(50);
    assert.deepEqual(launched, ['s1', 's2'], 'the late end of the first is not taken for that of the second');
  });

  for (const [processors, atOnce] of [
    [1, 1],
    [2, 1],
    [8, 7],
  ] as const)
    it(`leaves a processor to the conversations that go on: ${atOnce} of ${processors} start sandbox bots`, () => {
      assert.equal(launchRules(defaultSettings, 'sandbox', processors).atOnce, atOnce);
    });

  it('starts as many sandbox bots at once as the setting says', () => {
    assert.equal(launchRules({ ...defaultSettings, sandboxStartsAtOnce: 5 }, 'sandbox', 2).atOnce, 5);
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
    const { clock, queue, launched } = harness({ browser: { spacingMs: 0, atOnce: 1 } });
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
    rules.browser = { ...browsers, spacingMs: 0, atOnce: 5 };
    enter('c');
    enter('d');
    assert.deepEqual(launched, ['a', 'b', 'c', 'd']);
  });
});
