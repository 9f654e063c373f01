import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseOpeningHours } from '../../shared/opening-hours.ts';
import { openingDays, weekOf, writeWeek } from '../../shared/opening-week.ts';

const clock = fc
  .integer({ min: 0, max: 1_439 })
  .map((minutes) =>
    [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':'),
  );

test('whatever week is ticked means the same once it is written down, and is shown again as it was', () => {
  const day = fc.record({ open: fc.boolean(), from: clock, to: clock });
  fc.assert(
    fc.property(fc.array(day, { minLength: 7, maxLength: 7 }), (days) => {
      const week = days.map((one, index) => ({ day: openingDays[index] ?? '', ...one }));
      const senseless = week.some(({ open, from, to }) => open && from === to && from !== '00:00');
      fc.pre(!senseless && week.some(({ open }) => open));
      const shown = weekOf(writeWeek(week));
      assert.deepEqual(
        shown?.map(({ open, ...times }) => (open ? times : 'closed')),
        week.map(({ open, ...times }) => (open ? times : 'closed')),
      );
    }),
  );
});

test('hours that people wrote are shown day by day where each day has one stretch', () => {
  const week = weekOf('Mon-Thu 9am-5pm, Fri 18:00-02:00, Sat all day, Sun closed');
  assert.deepEqual(
    week?.map(({ day, open, from, to }) => (open ? `${day} ${from} ${to}` : `${day} closed`)),
    [
      'Mon 09:00 17:00',
      'Tue 09:00 17:00',
      'Wed 09:00 17:00',
      'Thu 09:00 17:00',
      'Fri 18:00 02:00',
      'Sat 00:00 00:00',
      'Sun closed',
    ],
  );
  assert.equal(weekOf(''), undefined);
  assert.equal(weekOf('Mon 08:00-12:00, Mon 14:00-18:00'), undefined);
  assert.equal(weekOf('whenever'), undefined);
});

test('a week is written as short as people would write it', () => {
  const at = (times: readonly string[]) =>
    writeWeek(
      openingDays.map((day, index) => {
        const [from = '', to = ''] = (times[index] ?? '').split('-');
        return { day, open: times[index] !== '', from, to };
      }),
    );
  const office = ['08:00-20:00', '08:00-20:00', '08:00-20:00', '08:00-20:00', '08:00-20:00'];
  assert.equal(at([...office, '09:00-17:00', '']), 'Mon-Fri 08:00-20:00, Sat 09:00-17:00');
  assert.equal(at(Array.from({ length: 7 }, () => '06:00-00:00')), 'Mon-Sun 06:00-24:00');
  const closed = parseOpeningHours(at(['', '', '', '', '', '', '']));
  assert.ok(!closed.ok && /never open/.test(closed.problem));
});

test('a week with a missing time is refused, and comes back as it was left', () => {
  const week = openingDays.map((day, index) => ({
    day,
    open: index < 3,
    from: '08:00',
    to: index === 1 ? '?' : '18:00',
  }));
  const written = writeWeek(week);
  assert.equal(parseOpeningHours(written).ok, false);
  assert.deepEqual(
    weekOf(written)?.map(({ open, to }) => (open ? to : 'closed')),
    ['18:00', '?', '18:00', 'closed', 'closed', 'closed', 'closed'],
  );
});
