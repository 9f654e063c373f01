import type { Clock } from '../../../shared/clock.ts';

/** A call into the page or the browser took too long. What it was to do may still happen. */
export class TooLateError extends Error {
  constructor(what: string, afterMs: number) {
    super(`${what} took longer than ${afterMs / 1_000} s`);
    this.name = 'TooLateError';
  }
}

/**
 * Waits for `work`, but no longer than `afterMs`: a crashed or busy page never answers at all.
 * @throws TooLateError
 */
export function within<T>(clock: Clock, afterMs: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.schedule(afterMs, () => reject(new TooLateError(what, afterMs)));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
