import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { BEAT_MS, StateHistory } from '../../supervisor/http/pages/state-history.ts';

const start = Math.floor(1_700_000_000_000 / BEAT_MS) * BEAT_MS;
const tones = (history: StateHistory, now: number): string[] =>
  history.beats('cl_one', now).map(({ tone }) => tone);

test('nothing is claimed of the time before it was watched', () => {
  const history = new StateHistory();
  history.note('cl_one', 'ready', start);
  const seen = tones(history, start + HOUR_MS);
  assert.equal(seen.length, 48);
  assert.deepEqual(seen.slice(-4), ['none', 'good', 'good', 'good']);
  assert.ok(history.beats('cl_two', start).every(({ tone }) => tone === 'none'));
});

test('a minute of outage colours its half hour, and only that', () => {
  const history = new StateHistory();
  history.note('cl_one', 'ready', start);
  history.note('cl_one', 'failed', start + 40 * MINUTE_MS);
  history.note('cl_one', 'starting', start + 41 * MINUTE_MS);
  history.note('cl_one', 'ready', start + 42 * MINUTE_MS);
  assert.deepEqual(tones(history, start + 70 * MINUTE_MS).slice(-3), ['good', 'bad', 'good']);
});

test('a state lasts until the next one, over as many half hours as it takes', () => {
  const history = new StateHistory();
  history.note('cl_one', 'reconnecting', start);
  history.note('cl_one', 'stopped', start + 2 * HOUR_MS);
  assert.deepEqual(tones(history, start + 3 * HOUR_MS).slice(-7), [
    'warn',
    'warn',
    'warn',
    'warn',
    'warn',
    'idle',
    'idle',
  ]);
});

test('after a day only the last 24 hours are there', () => {
  const history = new StateHistory();
  history.note('cl_one', 'failed', start);
  history.note('cl_one', 'ready', start + MINUTE_MS);
  assert.ok(tones(history, start + DAY_MS).every((tone) => tone === 'good'));
});

test('a new bot that waits for its first scan is in no trouble; one that was linked before is', () => {
  const history = new StateHistory();
  history.note('cl_one', 'awaiting-scan', start, true);
  history.note('cl_one', 'logged-out', start + HOUR_MS, true);
  history.note('cl_one', 'ready', start + 2 * HOUR_MS);
  history.note('cl_one', 'logged-out', start + 3 * HOUR_MS);
  const seen = tones(history, start + 3 * HOUR_MS).slice(-7);
  assert.deepEqual(seen, ['new', 'new', 'new', 'new', 'good', 'good', 'bad']);
});
