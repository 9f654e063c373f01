import { DAY_MS, HOUR_MS } from './clock.ts';

/** Nairobi's clock: UTC+3 all year, no summer time. */
export const NAIROBI_OFFSET_MS = 3 * HOUR_MS;

/** The midnight in Nairobi at or before `at`. */
export function startOfDay(at: number): number {
  return Math.floor((at + NAIROBI_OFFSET_MS) / DAY_MS) * DAY_MS - NAIROBI_OFFSET_MS;
}
