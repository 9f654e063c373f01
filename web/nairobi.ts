import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../shared/clock.ts';
import { formatDay, startOfDay } from '../shared/nairobi.ts';

/** A greeting by Nairobi's clock; whoever is up before dawn is simply greeted, for "good night" is a farewell. */
export function greeting(at: number): string {
  const hour = Math.floor((at - startOfDay(at)) / HOUR_MS);
  if (hour < 5) return 'Hello';
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
