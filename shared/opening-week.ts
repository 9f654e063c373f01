import { parseOpeningHours } from './opening-hours.ts';

/** A shop's day as people tick it: open from one time to another, or closed. */
export interface OpeningDay {
  /** `Mon` … `Sun`. */
  readonly day: string;
  readonly open: boolean;
  /** `08:00`; `?` where a time is missing. */
  readonly from: string;
  /** An earlier time than `from` is on the next day; 00:00 to 00:00 is all day. */
  readonly to: string;
}

/** Monday first, as a week hangs on a shop's door; the parser's weeks begin with Sunday. */
export const openingDays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const FROM = '08:00';
const TO = '20:00';
const MINUTES_OF_DAY = 1_440;

/** What a week looks like that nobody has set yet. */
export const usualWeek: readonly OpeningDay[] = openingDays.map((day) => ({
  day,
  open: true,
  from: FROM,
  to: TO,
}));

/** Opening hours day by day; undefined for those that need words: none at all, breaks within a day, or what cannot be read. */
export function weekOf(written: string): readonly OpeningDay[] | undefined {
  if (written === '') return undefined;
  const unfinished = readUnfinished(written);
  if (unfinished) return unfinished;
  const reading = parseOpeningHours(written);
  if (!reading.ok) return undefined;
  const week = openingDays.map((day, index): OpeningDay | undefined => {
    const [span, ...more] = reading.value[(index + 1) % openingDays.length] ?? [];
    if (more.length > 0) return undefined;
    return span
      ? { day, open: true, from: clockText(span.from), to: clockText(span.to) }
      : { day, open: false, from: FROM, to: TO };
  });
  return week.every((day) => day !== undefined) ? week : undefined;
}

/** The same week as one line: `Mon-Fri 08:00-20:00, Sat 09:00-17:00`. Days that are not named are closed. */
export function writeWeek(week: readonly OpeningDay[]): string {
  if (!week.some(({ open }) => open)) return 'Daily closed';
  const runs: { first: string; last: string; times: string }[] = [];
  for (const { day, open, from, to } of week) {
    const times = open ? timesText(from, to) : 'closed';
    const run = runs.at(-1);
    // A day with a missing time stays alone, so that it is found again as it was left.
    if (run && run.times === times && !times.includes('?')) run.last = day;
    else runs.push({ first: day, last: day, times });
  }
  return runs
    .filter(({ times }) => times !== 'closed')
    .map(({ first, last, times }) => `${first === last ? first : `${first}-${last}`} ${times}`)
    .join(', ');
}

function timesText(from: string, to: string): string {
  if (from === '00:00' && to === '00:00') return 'all day';
  return `${from}-${to === '00:00' ? '24:00' : to}`;
}

function clockText(minutes: number): string {
  const ofDay = minutes % MINUTES_OF_DAY;
  return [Math.floor(ofDay / 60), ofDay % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** What {@link writeWeek} makes of a week in which a time is missing. */
function readUnfinished(written: string): readonly OpeningDay[] | undefined {
  if (!written.includes('?')) return undefined;
  const parts = written.split(', ').flatMap((part) => {
    const [, first = '', last = first, from = '', to = ''] =
      /^(\w{3})(?:-(\w{3}))? (\d{2}:\d{2}|\?)-(\d{2}:\d{2}|\?)$/.exec(part) ?? [];
    return [{ first: dayIndex(first), last: dayIndex(last), from, to }];
  });
  if (parts.some(({ first, last }) => first === -1 || last === -1)) return undefined;
  return openingDays.map((day, index) => {
    const part = parts.find(({ first, last }) => index >= first && index <= last);
    return { day, open: part !== undefined, from: part?.from ?? FROM, to: part?.to ?? TO };
  });
}

const dayNames: readonly string[] = openingDays;
const dayIndex = (name: string): number => dayNames.indexOf(name);
