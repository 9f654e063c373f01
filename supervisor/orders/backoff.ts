import { MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';

const FIRST_WAIT_MS = 2 * SECOND_MS;
const LONGEST_WAIT_MS = 2 * MINUTE_MS;

/**
 * Leaves a gateway alone for a while when it cannot be asked (429, 5xx, time-out), per credential set: one owner's trouble is
 * not another's. Waits double from 2 s to 2 min, or are what the gateway asks for; the first answer ends them.
 */
export class Backoff {
  readonly #sets = new Map<string, { readonly until: number; readonly failures: number }>();

  /** No schedule asks this set before then. A wait longer than any is none: the clock has been set back since. */
  until(setId: string, now: number): number {
    const until = this.#sets.get(setId)?.until ?? 0;
    return until - now > LONGEST_WAIT_MS ? 0 : until;
  }

  unavailable(setId: string, now: number, retryAfterMs: number | undefined): void {
    // Calls that were under way together and fail together are one failure.
    if (this.until(setId, now) > now) return;
    const failures = (this.#sets.get(setId)?.failures ?? 0) + 1;
    const waitMs = retryAfterMs ?? FIRST_WAIT_MS * 2 ** (failures - 1);
    this.#sets.set(setId, {
      until: now + Math.min(Math.max(waitMs, FIRST_WAIT_MS), LONGEST_WAIT_MS),
      failures,
    });
  }

  answered(setId: string): void {
    this.#sets.delete(setId);
  }
}
