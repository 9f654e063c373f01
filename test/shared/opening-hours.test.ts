import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closedAt, closedDaysSchema, openingHoursSchema } from '../../shared/opening-hours.ts';

/** A moment by Nairobi's clock: `2026-11-23 08:00` (a Monday). */
const nairobi = (written: string): number => Date.parse(`${written.replace(' ', 'T')}:00+03:00`);
const hours = (openingHours: string, closedDays = '') => ({ openingHours, closedDays });

describe('opening hours', () => {
  const week = 'Mon-Fri 08:00-20:00, Sat 9am-5pm, Sun closed';
  for (const [at, opensAt] of [
    ['2026-11-23 07:59', '2026-11-23 08:00'],
    ['2026-11-23 08:00', undefined],
    ['2026-11-23 19:59', undefined],
    ['2026-11-23 20:00', '2026-11-24 08:00'],
    ['2026-11-28 17:00', '2026-11-30 08:00'],
    ['2026-11-29 12:00', '2026-11-30 08:00'],
  ] as const) {
    it(`${week}: at ${at} ${opensAt === undefined ? 'open' : `closed until ${opensAt}`}`, () => {
      const expected = opensAt === undefined ? undefined : { opensAt: nairobi(opensAt) };
      assert.deepEqual(closedAt(nairobi(at), hours(week)), expected);
    });
  }

  it('always open when nothing is set', () => {
    assert.equal(closedAt(nairobi('2026-11-29 03:00'), hours('')), undefined);
  });

  it('past midnight', () => {
    const night = hours('Fri 18:00-02:00');
    assert.equal(closedAt(nairobi('2026-11-28 01:59'), night), undefined);
    assert.deepEqual(closedAt(nairobi('2026-11-28 02:00'), night), { opensAt: nairobi('2026-12-04 18:00') });
  });

  it('a break in the day', () => {
    const noon = hours('Daily 8-12, Daily 14-18');
    assert.deepEqual(closedAt(nairobi('2026-11-23 12:30'), noon), { opensAt: nairobi('2026-11-23 14:00') });
  });

  it('closed days, once and every year', () => {
    const christmas = hours('', '12-25, 2026-12-26');
    assert.deepEqual(closedAt(nairobi('2026-12-25 10:00'), christmas), {
      opensAt: nairobi('2026-12-27 00:00'),
    });
    assert.equal(closedAt(nairobi('2027-12-26 10:00'), christmas), undefined);
  });

  it('no opening in sight', () => {
    const days = Array.from({ length: 12 }, (_, month) =>
      Array.from({ length: 28 }, (_, day) => `${month + 1}-${day + 1}`),
    );
    const all = days.flat().map((day) =>
      day
        .split('-')
        .map((part) => part.padStart(2, '0'))
        .join('-'),
    );
    const rest = ['01-29', '01-30', '01-31', '11-29', '11-30', '12-29', '12-30', '12-31', '02-29'];
    assert.deepEqual(closedAt(nairobi('2026-11-25 10:00'), hours('', [...all, ...rest].join(' '))), {
      opensAt: null,
    });
  });

  for (const written of [
    '',
    'Mon-Fri 8-20',
    'daily 06:00–22:00',
    'Sat & Sun 9am to 5pm',
    '8:00-17:00',
    'Mon to Fri all day',
    'Tue 24h',
    'Mon-Fri 8-20, Sat, Sun 9-17',
  ]) {
    it(`takes ${JSON.stringify(written)}`, () =>
      assert.equal(openingHoursSchema.safeParse(written).success, true));
  }
  for (const written of [
    'abc',
    'Mon',
    'Mon 25:00-26:00',
    'Mon 8-8',
    'Mon-xyz 8-9',
    'Funday 8-9',
    'Mon 8',
    'Sun closed',
    'Mon 13pm-14pm',
    'Mon 8:75-9',
  ]) {
    it(`refuses ${JSON.stringify(written)}`, () => {
      const read = openingHoursSchema.safeParse(written);
      assert.equal(read.success, false);
      assert.match(read.error?.issues[0]?.message ?? '', /Write for example|Pause selling/);
    });
  }
  it('refuses days that do not exist', () => {
    for (const written of ['13-01', '2026-02-30', '25/12', 'christmas', '2026-12']) {
      assert.equal(closedDaysSchema.safeParse(written).success, false, written);
    }
  });
});
