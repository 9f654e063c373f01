import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MINUTE_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { TaskQueue } from '../../../shared/task-queue.ts';

const WINDOW_MS = 10 * MINUTE_MS;
/** A person who mistypes needs a few; ten guesses in ten minutes lead nowhere. */
export const SIGN_IN_ATTEMPTS = 10;
/** A script with an outdated token repeats itself; more than this is somebody guessing. */
export const BEARER_ATTEMPTS = 60;

/** Counts wrong guesses per IP address. Right ones are free, but once the wrong ones are used up even the right token must wait. */
export interface Attempts {
  /**
   * Lets somebody try. A try that gives undefined, or throws `unauthorized`, was wrong and counts. An address's tries are made one after
   * another: a hundred that one connection brings at once count like a hundred in turn.
   * @throws AppError `too-many-requests`; what `attempt` throws
   */
  try<T>(request: FastifyRequest, attempt: () => Promise<T> | T): Promise<T>;
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
  const oneByOne = new TaskQueue();

  async function check(request: FastifyRequest): Promise<void> {
    const state = await limiter(request, { increment: false });
    if (!state.isAllowed && state.remaining <= 0) {
      const minutes = Math.max(1, Math.ceil(state.ttlInSeconds / 60));
      throw new AppError(
        'too-many-requests',
        `Too many failed attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
      );
    }
  }

  return {
    try: (request, attempt) =>
      oneByOne.run(whose === 'address' ? request.ip : whose, async () => {
        await check(request);
        try {
          const found = await attempt();
          if (found === undefined) await limiter(request);
          return found;
        } catch (error) {
          if (error instanceof AppError && error.code === 'unauthorized') await limiter(request);
          throw error;
        }
      }),
  };
}
