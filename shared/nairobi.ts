import { DAY_MS, HOUR_MS } from './clock.ts';

/** Everything that people read is in Nairobi's time: UTC+3 all year, no summer time. */
export const NAIROBI_OFFSET_MS = 3 * HOUR_MS;

/** The midnight in Nairobi at or before `at`. */
export function startOfDay(at: number): number {
  return Math.floor((at + NAIROBI_OFFSET_MS) / DAY_MS) * DAY_MS - NAIROBI_OFFSET_MS;
}

const formatter = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Africa/Nairobi', ...options });

const clock = formatter({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = formatter({
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = formatter({ day: 'numeric', month: 'short', year: 'numeric' });
const dayShort = formatter({ day: 'numeric', month: 'short' });
const weekday = formatter({ weekday: 'long', day: 'numeric', month: 'long' });

/** `18:05` */
export const formatClock = (at: number): string => clock.format(at);
/** `18:05:09` */
export const formatClockSeconds = (at: number): string => clockSeconds.format(at);
/** `22 Nov 2026` */
export const formatDay = (at: number): string => day.format(at);
/** `22 Nov` */
export const formatDayShort = (at: number): string => dayShort.format(at);
/** `Sunday 22 November` */
export const formatWeekday = (at: number): string => weekday.format(at).replace(',', '');
/** `22 Nov 2026, 18:05:09 EAT`, for tooltips and records. */
export const formatMoment = (at: number): string => `${formatDay(at)}, ${formatClockSeconds(at)} EAT`;

/** The day that a form's `2026-11-22` means, as its midnight in Nairobi; undefined for anything else. */
export function parseDay(written: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written)) return undefined;
  const utc = Date.parse(`${written}T00:00:00Z`);
  return Number.isNaN(utc) ? undefined : utc - NAIROBI_OFFSET_MS;
}

/** `2026-11-22`, as a form's date field takes it. */
export const formatDayInput = (at: number): string =>
  new Date(at + NAIROBI_OFFSET_MS).toISOString().slice(0, 10);

/** The midnight in Nairobi with which the month of `at` begins. */
export function startOfMonth(at: number): number {
  const here = new Date(at + NAIROBI_OFFSET_MS);
  return Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), 1) - NAIROBI_OFFSET_MS;
}
