import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../shared/clock.ts';
import { NAIROBI_OFFSET_MS, startOfDay } from '../shared/nairobi.ts';

export { startOfDay };

/** Everything people read is in Nairobi's time. */

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

/** Morning, afternoon or evening, by Nairobi's clock. */
export function greeting(at: number): string {
  const hour = Math.floor((at - startOfDay(at)) / HOUR_MS);
  if (hour < 5) return 'Good night';
  if (hour < 12) return 'Good morning';
  return hour < 17 ? 'Good afternoon' : 'Good evening';
}

/** `just now`, `5 min ago`, `3 h ago`, else the day. The browser refreshes it by the same rule (web/client/times.ts). */
export function formatAgo(at: number, now: number): string {
  const age = now - at;
  if (age < 45 * SECOND_MS) return 'just now';
  if (age < HOUR_MS) return `${Math.max(1, Math.round(age / MINUTE_MS))} min ago`;
  if (age < DAY_MS) return `${Math.round(age / HOUR_MS)} h ago`;
  return formatDay(at);
}
