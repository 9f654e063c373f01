import { DAY_MS, HOUR_MS } from './clock.ts';

/** Everything that people read is in Nairobi's time: UTC+3 all year, no summer time. */
export const NAIROBI_OFFSET_MS = 3 * HOUR_MS;

/** The midnight in Nairobi at or before `at`. */
export function startOfDay(at: number): number {
  return Math.floor((at + NAIROBI_OFFSET_MS) / DAY_MS) * DAY_MS - NAIROBI_OFFSET_MS;
}

// By hand: the first use of `Intl` takes a tenth of a worker's start, and a hundred of them may start at once.
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** The moment as a date whose UTC fields are Nairobi's. */
const there = (at: number): Date => new Date(at + NAIROBI_OFFSET_MS);
const monthOf = (date: Date): string => MONTHS[date.getUTCMonth()] ?? '';
/** `Nov`; British English has `Sept`. */
const shortMonthOf = (date: Date): string => monthOf(date).slice(0, date.getUTCMonth() === 8 ? 4 : 3);

/** `18:05` */
export const formatClock = (at: number): string => there(at).toISOString().slice(11, 16);
/** `18:05:09` */
export const formatClockSeconds = (at: number): string => there(at).toISOString().slice(11, 19);
/** `22 Nov 2026` */
export const formatDay = (at: number): string => `${formatDayShort(at)} ${there(at).getUTCFullYear()}`;
/** `22 Nov` */
export const formatDayShort = (at: number): string => `${there(at).getUTCDate()} ${shortMonthOf(there(at))}`;
/** `Sunday 22 November` */
export function formatWeekday(at: number): string {
  const date = there(at);
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${date.getUTCDate()} ${monthOf(date)}`;
}
/** `22 Nov 2026, 18:05:09 EAT`, for tooltips and records. */
export const formatMoment = (at: number): string => `${formatDay(at)}, ${formatClockSeconds(at)} EAT`;

/** The day that a form's `2026-11-22` means, as its midnight in Nairobi; undefined for anything else. */
export function parseDay(written: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written)) return undefined;
  const utc = Date.parse(`${written}T00:00:00Z`);
  return Number.isNaN(utc) ? undefined : utc - NAIROBI_OFFSET_MS;
}

/** `2026-11-22`, as a form's date field takes it. */
export const formatDayInput = (at: number): string => there(at).toISOString().slice(0, 10);

/** The midnight in Nairobi with which the month of `at` begins. */
export function startOfMonth(at: number): number {
  const here = there(at);
  return Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), 1) - NAIROBI_OFFSET_MS;
}
