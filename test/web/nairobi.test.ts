import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, SECOND_MS } from '../../shared/clock.ts';
import {
  formatClock,
  formatClockSeconds,
  formatDay,
  formatDayShort,
  formatMoment,
  formatWeekday,
  parseDay,
  startOfDay,
} from '../../shared/nairobi.ts';
import { formatAgo, greeting } from '../../web/nairobi.ts';

const at = (iso: string): number => Date.parse(iso);

test('a day begins at midnight in Nairobi, three hours before it does in UTC', () => {
  assert.equal(startOfDay(at('2026-11-22T20:59:59.999Z')), at('2026-11-21T21:00:00Z'));
  assert.equal(startOfDay(at('2026-11-22T21:00:00Z')), at('2026-11-22T21:00:00Z'));
  assert.equal(parseDay('2026-11-22'), at('2026-11-21T21:00:00Z'));
});

test('a day that is none is no day', () => {
  for (const written of ['', '22/11/2026', '2026-13-01', 'today']) assert.equal(parseDay(written), undefined);
});

test('moments are told in Nairobi time with their zone', () => {
  assert.equal(formatMoment(at('2026-11-22T21:05:09Z')), '23 Nov 2026, 00:05:09 EAT');
  assert.equal(greeting(at('2026-11-22T05:00:00Z')), 'Good morning');
  assert.equal(greeting(at('2026-11-22T16:00:00Z')), 'Good evening');
});

test('how long ago is told in the unit that fits', () => {
  const now = at('2026-11-22T12:00:00Z');
  assert.equal(formatAgo(now - 10_000, now), 'just now');
  assert.equal(formatAgo(now - 50_000, now), '1 min ago');
  assert.equal(formatAgo(now - 3 * 3_600_000, now), '3 h ago');
  assert.equal(formatAgo(now - 30 * 3_600_000, now), '21 Nov 2026');
  assert.equal(formatAgo(now + 5_000, now), 'just now');
});

test('every day of five years is written as British English writes it in Nairobi, at any time of day', () => {
  const theirs = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'Africa/Nairobi', ...options });
    return (moment: number) => format.format(moment).replace(',', '');
  };
  const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const pairs: readonly [(moment: number) => string, (moment: number) => string][] = [
    [formatClock, theirs(hours)],
    [formatClockSeconds, theirs({ ...hours, second: '2-digit' })],
    [formatDay, theirs({ day: 'numeric', month: 'short', year: 'numeric' })],
    [formatDayShort, theirs({ day: 'numeric', month: 'short' })],
    [formatWeekday, theirs({ weekday: 'long', day: 'numeric', month: 'long' })],
  ];
  // Prime, so that all times of day come up.
  const stepMs = DAY_MS - 3_607 * SECOND_MS;
  const end = at('2030-12-31T21:00:00Z');
  for (let moment = at('2026-01-01T00:00:00Z'); moment < end; moment += stepMs) {
    for (const [ours, expected] of pairs) assert.equal(ours(moment), expected(moment));
  }
});
