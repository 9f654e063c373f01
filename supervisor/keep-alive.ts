import { request } from 'undici';
import { type Clock, MINUTE_MS, SECOND_MS, type Timer } from '../shared/clock.ts';
import { errorText } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';

const TIMEOUT_MS = 20 * SECOND_MS;
/** How soon the setting is looked at again while it says "off". */
const OFF_MS = 5 * MINUTE_MS;

/**
 * Calls the product by its own public address from time to time: hosts that put a process to sleep when nobody visits it (Heroku
 * does after 30 minutes, on some plans) then do not. It cannot wake a sleeping one, and it sees no outage of its own network:
 * that is an external monitor's work (docs/operations.md).
 * @param options.everyMinutes asked each time; 0: off
 * @returns what ends it
 */
export function keepAlive(options: {
  readonly baseUrl: string;
  readonly everyMinutes: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}): () => void {
  const { baseUrl, everyMinutes, clock, logger } = options;
  const url = new URL('health/live', baseUrl).href;
  const ended = new AbortController();
  let timer: Timer;

  const ping = async (): Promise<void> => {
    try {
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const { statusCode, body } = await request(url, { signal });
      await body.dump();
      if (statusCode === 200) logger.debug({ url }, 'reached by the public address');
      else
        logger.warn({ url, status: statusCode }, 'the public address answers with another status than 200');
    } catch (error) {
      if (!ended.signal.aborted)
        logger.warn({ url, error: errorText(error) }, 'not reached by the public address');
    }
  };
  const next = (): void => {
    const minutes = everyMinutes();
    timer = clock.schedule(minutes > 0 ? minutes * MINUTE_MS : OFF_MS, () => {
      if (everyMinutes() <= 0) return next();
      void ping().finally(() => {
        if (!ended.signal.aborted) next();
      });
    });
  };
  next();
  return () => {
    ended.abort();
    timer.cancel();
  };
}
