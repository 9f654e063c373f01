import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from './clock.ts';
import { NAIROBI_OFFSET_MS, startOfDay } from './nairobi.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MINUTES = 24 * 60;
/** An opening further ahead than this is none in sight. */
const LOOK_AHEAD_DAYS = 60;
const EXAMPLE = 'Write for example "Mon-Fri 08:00-20:00, Sat 09:00-17:00, Sun closed"';

/** Minutes from that day's midnight; `to` is beyond 24 hours where a shop stays open past midnight. */
interface Span {
  readonly from: number;
  readonly to: number;
}
/** By weekday, Sunday first. */
type Week = readonly (readonly Span[])[];

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/**
 * Reads opening hours as people write them: `Mon-Fri 08:00-20:00, Sat 9am-5pm, Sun closed`, `Daily 06:00-22:00`,
 * `Fri 18:00-02:00`. A day that is not named is closed; a day named twice has a break in between.
 */
export function parseOpeningHours(written: string): Reading<Week> {
  const week: Span[][] = DAYS.map(() => []);
  const parts = written
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  /** Days named before a comma: `Sat, Sun 9-17`. */
  let waiting: readonly number[] = [];
  for (const part of parts) {
    const onlyDays = part === parts.at(-1) ? undefined : readDays(part);
    if (onlyDays) {
      waiting = [...waiting, ...onlyDays];
      continue;
    }
    const match = /^(?<days>[a-z][a-z\s&-]*?)?\s*(?<times>\d.*|closed|all day|24 ?h(?:ours)?)$/i.exec(
      part.replaceAll(/[–—]/g, '-').replaceAll(/\s+/g, ' '),
    );
    const { days: named = 'daily', times } = match?.groups ?? {};
    if (times === undefined) return { ok: false, problem: `"${part.slice(0, 40)}" is unclear. ${EXAMPLE}` };
    const days = readDays(named);
    if (!days) return { ok: false, problem: `The days of "${part.slice(0, 40)}" are unclear. ${EXAMPLE}` };
    const span = readSpan(times);
    if (span === undefined)
      return { ok: false, problem: `The times of "${part.slice(0, 40)}" are unclear. ${EXAMPLE}` };
    for (const day of [...waiting, ...days]) {
      if (span === 'closed') week[day] = [];
      else week[day]?.push(span);
    }
    waiting = [];
  }
  if (parts.length > 0 && week.every((spans) => spans.length === 0))
    return { ok: false, problem: 'The shop would never open. Pause selling instead' };
  return { ok: true, value: parts.length === 0 ? DAYS.map(() => [{ from: 0, to: DAY_MINUTES }]) : week };
}

function readDays(written: string): readonly number[] | undefined {
  if (/^(?:daily|every ?day|all days)$/i.test(written.trim())) return DAYS.map((_, day) => day);
  const days: number[] = [];
  const words = written
    .replaceAll(/\s*(?:-|\bto\b)\s*/gi, '-')
    .split(/[\s&]+|\band\b/i)
    .filter((word) => word !== '');
  for (const word of words) {
    const ends = word.split('-').map(dayOf);
    const [first, last] = [ends.at(0), ends.at(-1)];
    if (first === undefined || last === undefined || ends.length > 2) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.push(day);
      if (day === last) break;
    }
  }
  return days.length === 0 ? undefined : days;
}

/** `Mon`, `Monday`, `Tues`: at least three letters of the day's name. */
function dayOf(word: string): number | undefined {
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const day = names.findIndex((name) => word.length >= 3 && name.startsWith(word.toLowerCase()));
  return day === -1 ? undefined : day;
}

function readSpan(times: string): Span | 'closed' | undefined {
  if (/^closed$/i.test(times)) return 'closed';
  if (/^(?:all day|24 ?h(?:ours)?)$/i.test(times)) return { from: 0, to: DAY_MINUTES };
  const [from, to, ...rest] = times.split(/\s*(?:-|\bto\b)\s*/).map(minutesOf);
  if (from === undefined || to === undefined || rest.length > 0 || from === to || from === DAY_MINUTES)
    return undefined;
  return { from, to: to > from ? to : to + DAY_MINUTES };
}

/** `08:00`, `8`, `8am`, `8.30 pm`, `24:00`. */
function minutesOf(written: string): number | undefined {
  const match = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$/i.exec(written);
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  const half = match?.[3]?.toLowerCase();
  if (!match || minutes > 59 || (half !== undefined && (hours < 1 || hours > 12))) return undefined;
  const hour = half === undefined ? hours : (hours % 12) + (half === 'pm' ? 12 : 0);
  const total = hour * 60 + minutes;
  return total <= DAY_MINUTES ? total : undefined;
}

/** Reads days on which the shop stays closed: `2026-12-25`, or `12-25` for every year. */
export function parseClosedDays(written: string): Reading<ReadonlySet<string>> {
  const days = written.split(/[,;\s]+/).filter((day) => day !== '');
  const wrong = days.find((day) => !isDate(day.length === 5 ? `2024-${day}` : day));
  if (wrong !== undefined)
    return {
      ok: false,
      problem: `"${wrong.slice(0, 20)}" is no day. Write 2026-12-25, or 12-25 for every year`,
    };
  return { ok: true, value: new Set(days) };
}

function isDate(day: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Empty: always open. */
export const openingHoursSchema = z.string().trim().max(300).superRefine(refused(parseOpeningHours));
export const closedDaysSchema = z.string().trim().max(1_000).superRefine(refused(parseClosedDays));

function refused(parse: (written: string) => Reading<unknown>) {
  return (written: string, refinement: z.RefinementCtx<string>): void => {
    const reading = parse(written);
    if (!reading.ok) refinement.addIssue({ code: 'custom', message: reading.problem, input: written });
  };
}

/**
 * Whether a shop is open at `at`, by Nairobi's clock. What cannot be read counts as always open: settings are checked when they
 * are set, and a shop must not close by a defect.
 * @returns undefined while open, else when it opens next (null: not within two months)
 */
export function closedAt(
  at: number,
  written: { readonly openingHours: string; readonly closedDays: string },
): { opensAt: number | null } | undefined {
  if (written.openingHours === '' && written.closedDays === '') return undefined;
  const hours = parseOpeningHours(written.openingHours);
  const holidays = parseClosedDays(written.closedDays);
  if (!hours.ok) return undefined;
  const today = startOfDay(at);
  let opensAt: number | null = null;
  // From yesterday on, whose hours may reach past midnight.
  for (let day = -1; day <= LOOK_AHEAD_DAYS; day += 1) {
    const midnight = today + day * DAY_MS;
    const local = new Date(midnight + NAIROBI_OFFSET_MS);
    const date = local.toISOString().slice(0, 10);
    if (holidays.ok && (holidays.value.has(date) || holidays.value.has(date.slice(5)))) continue;
    for (const { from, to } of hours.value[local.getUTCDay()] ?? []) {
      const [opens, closes] = [midnight + from * MINUTE_MS, midnight + to * MINUTE_MS];
      if (at >= opens && at < closes) return undefined;
      if (opens > at) opensAt = opensAt === null ? opens : Math.min(opensAt, opens);
    }
    if (opensAt !== null && day > 0) break;
  }
  return { opensAt };
}
