import type { Client } from '../../shared/client.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { startOfDay } from '../../shared/nairobi.ts';

/** A summary that is later than this (the platform was off) is left out: the next one is nearer. */
const LATEST_MS = 6 * HOUR_MS;
/** After the one before it: moved from evening to morning, it comes the next morning. */
const SOONEST_MS = 6 * HOUR_MS;

/**
 * When the summary that should go out now was due; undefined when none should. Pure.
 * @param timeOfDay `20:00`, Nairobi time
 */
export function summaryDueAt(
  { createdAt, summaryDoneAt = 0 }: Pick<Client, 'createdAt' | 'summaryDoneAt'>,
  timeOfDay: string,
  now: number,
): number | undefined {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  const today = startOfDay(now) + hours * HOUR_MS + minutes * MINUTE_MS;
  const dueAt = today <= now ? today : today - DAY_MS;
  if (dueAt <= createdAt || now - dueAt > LATEST_MS) return undefined;
  // Later than now: written down by a clock that was wrong.
  const doneAt = summaryDoneAt > now ? 0 : summaryDoneAt;
  // The time may be moved; two summaries of nearly the same day help nobody.
  return dueAt - doneAt >= SOONEST_MS ? dueAt : undefined;
}
