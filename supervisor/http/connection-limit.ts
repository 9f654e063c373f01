import type { FastifyInstance } from 'fastify';
import { MINUTE_MS } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';

/**
 * Each connection takes a file descriptor, of which the stores, the workers and the gateways must not run out. Live pages count too.
 * Where the system grants a process fewer than 4,096, that is the limit, and nothing is left over.
 */
const MAX_CONNECTIONS = 4_000;

/** Lets no more connections in than that, and says so in the log, once a minute at most. */
export function limitConnections(
  { server }: Pick<FastifyInstance, 'server'>,
  logger: Logger,
  limit = MAX_CONNECTIONS,
): void {
  server.maxConnections = limit;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    logger.warn({ dropped, limit }, 'Connections were dropped: there are too many');
    dropped = 0;
  };
  server.on('drop', () => {
    dropped += 1;
    if (timer) return;
    tell();
    timer = setTimeout(() => {
      timer = undefined;
      if (dropped > 0) tell();
    }, MINUTE_MS);
    timer.unref();
  });
}
