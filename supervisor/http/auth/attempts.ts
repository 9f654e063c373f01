import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MINUTE_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';

const WINDOW_MS = 10 * MINUTE_MS;
/** A person who mistypes needs a few; ten guesses in ten minutes lead nowhere. */
export const SIGN_IN_ATTEMPTS = 10;
/** A script with an outdated token repeats itself; more than this is somebody guessing. */
export const BEARER_ATTEMPTS = 60;

/** Counts failures per IP address. Successes are free, but once the failures are used up even the right token must wait. */
export interface Attempts {
  /** @throws AppError `too-many-requests` */
  check(request: FastifyRequest): Promise<void>;
  failed(request: FastifyRequest): Promise<void>;
}

/**
 * Needs @fastify/rate-limit on `app`.
 * @param whose `everybody` counts all addresses together, for what one could guess from many
 */
export function createAttempts(
  app: FastifyInstance,
  max: number,
  whose: 'address' | 'everybody' = 'address',
): Attempts {
  const limiter = app.createRateLimit({
    max,
    timeWindow: WINDOW_MS,
    ...(whose === 'everybody' && { keyGenerator: () => 'everybody' }),
  });
  return {
    async check(request) {
      const state = await limiter(request, { increment: false });
      if (!state.isAllowed && state.remaining <= 0) {
        const minutes = Math.max(1, Math.ceil(state.ttlInSeconds / 60));
        throw new AppError(
          'too-many-requests',
          `Too many failed attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
        );
      }
    },
    async failed(request) {
      await limiter(request);
    },
  };
}
