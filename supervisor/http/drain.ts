import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for a stream that never ends by itself: a shutdown cuts it instead of waiting for it. */
    endless?: boolean;
  }
}

/** What a person or program waits for is answered within this; a shutdown cannot wait for more. */
const DRAIN_LIMIT_MS = 5_000;

/**
 * Ends connections properly. Lets requests under way be answered before a shutdown cuts all connections. Cutting at once would leave a member of staff not
 * knowing whether his action counted; not cutting at all would wait for sockets that browsers keep open ahead of need.
 */
export function registerDrain(app: FastifyInstance): void {
  let underWay = 0;
  let whenDrained: (() => void) | undefined;

  app.addHook('onRequest', async (request, reply) => {
    // A WebSocket's request ends with the socket, which @fastify/websocket closes by itself.
    if (request.headers.upgrade !== undefined || request.routeOptions.config.endless) return;
    underWay += 1;
    // Fires for an answer that was sent and for a caller who went away.
    reply.raw.once('close', () => {
      underWay -= 1;
      if (underWay === 0) whenDrained?.();
    });
  });

  // A refused WebSocket leaves its socket open and unread: @fastify/websocket only ends those that its own, later hook has seen.
  app.addHook('onResponse', async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroy();
  });

  app.addHook('preClose', async () => {
    if (underWay === 0) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, DRAIN_LIMIT_MS);
      whenDrained = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  });
}
