import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Timer } from '../../../shared/clock.ts';
import { SECOND_MS } from '../../../shared/clock.ts';
import { AppError, errorText } from '../../../shared/errors.ts';
import type { Config } from '../../config.ts';
import { modelsFor } from '../pages/register.ts';
import type { Services } from '../types.ts';
import { Crowd, limitFrames, TOO_MANY_PAGES } from './crowd.ts';
import { LiveHub } from './hub.ts';
import { mayEnter, parseRoom, type Room, roomFor } from './rooms.ts';

/** Heroku's router ends connections that are idle for 55 s. */
const PING_INTERVAL_MS = 25 * SECOND_MS;
/** Browsers say nothing over this connection but pongs. */
const MAX_INBOUND_BYTES = 1_024;
/** Whoever is turned away has so long to take note. */
const FAREWELL_MS = SECOND_MS;
const MAX_ROOMS = 4;

const querySchema = z.object({
  rooms: z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(z.string()).min(1).max(MAX_ROOMS),
  ),
});

/** `/live?rooms=…`: one WebSocket per page, on which the server sends htmx fragments of what has changed. */
export async function registerLive(app: FastifyInstance, services: Services): Promise<void> {
  const { clock, config } = services;
  const hub = new LiveHub(services, modelsFor(services));
  app.addHook('onClose', async () => hub.close());
  await app.register(fastifyWebsocket, {
    options: { maxPayload: MAX_INBOUND_BYTES, perMessageDeflate: false },
    // A phone that lost its network is no error of ours; the browser comes back by itself.
    errorHandler: (error, socket) => {
      services.logger.debug({ reason: errorText(error) }, 'A live connection broke');
      socket.terminate();
    },
  });

  /** Whoever is signed out, revoked or without his client hears nothing from that moment on. */
  const connections = new Map<{ terminate(): void }, FastifyRequest>();
  const stopWatching = services.stores.onCommit((changes) => {
    if (
      !changes.some(
        ({ collection, after }) => collection === 'access' || (collection === 'clients' && !after),
      )
    )
      return;
    for (const [socket, request] of connections) if (!app.mayStay(request)) socket.terminate();
  });
  app.addHook('onClose', async () => stopWatching());

  const crowd = new Crowd();
  const admission = new WeakMap<FastifyRequest, readonly Room[]>();
  app.route({
    method: 'GET',
    url: '/live',
    config: { role: 'owner' },
    // Refused before the connection is upgraded; the browser sees it closed.
    preValidation: async (request) => {
      checkOrigin(request, config);
      admission.set(request, admittedRooms(request, services.stores));
    },
    handler: async () => {
      throw new AppError('bad-request', 'This address is for WebSockets');
    },
    wsHandler: (socket, request) => {
      const restartCount = limitFrames(socket);
      // The token is the platform's own: whoever has it can sign in as often as he likes.
      const session = app.auth.sessionIdOf(request);
      const giveBack = session === undefined ? () => undefined : crowd.enter(session);
      if (!giveBack) {
        socket.close(TOO_MANY_PAGES, 'Too many live pages are open in this browser; close some');
        const farewell = clock.schedule(FAREWELL_MS, () => socket.terminate());
        socket.on('close', () => farewell.cancel());
        return;
      }
      const { leave } = hub.join(admission.get(request) ?? [], socket);
      const stopPings = keepAlive(socket, clock, {
        mayStay: () => app.mayStay(request),
        onPing: restartCount,
      });
      connections.set(socket, request);
      socket.on('close', () => {
        stopPings();
        giveBack();
        connections.delete(socket);
        leave();
      });
    },
  });
}

/** @throws AppError `forbidden` for a page of another site: no same-origin rule of the browser protects WebSockets. */
function checkOrigin(request: FastifyRequest, config: Config): void {
  const { origin } = request.headers;
  const host = origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;
  const own = [request.host, ...(config.baseUrl === undefined ? [] : [new URL(config.baseUrl).host])];
  if (host === undefined || !own.includes(host)) {
    throw new AppError('forbidden', 'This connection does not come from a page of this site');
  }
}

/** @throws AppError `not-found` for a room that does not exist or is not for this caller: both look the same. */
function admittedRooms(request: FastifyRequest, stores: Services['stores']): readonly Room[] {
  const query = querySchema.safeParse(request.query);
  if (!query.success) throw new AppError('bad-request', `Name one to ${MAX_ROOMS} rooms`);
  const clientOfOrder = (orderNo: string): string | undefined => stores.orders.get(orderNo)?.clientId;
  return query.data.rooms.map((name) => {
    const room = parseRoom(name);
    if (!room || !request.identity || !mayEnter(request.identity, room, clientOfOrder)) {
      throw new AppError('not-found', 'There is no such room');
    }
    return roomFor(request.identity, room);
  });
}

interface PingableSocket {
  ping(): void;
  terminate(): void;
  on(event: 'pong', listener: () => void): unknown;
}

/** Pings, and drops a browser that did not answer the last one or whose session is over. */
function keepAlive(
  socket: PingableSocket,
  clock: Services['clock'],
  { mayStay, onPing }: { readonly mayStay: () => boolean; readonly onPing: () => void },
): () => void {
  let answered = true;
  let timer: Timer;
  const beat = (): void => {
    if (!answered || !mayStay()) {
      socket.terminate();
      return;
    }
    answered = false;
    onPing();
    socket.ping();
    timer = clock.schedule(PING_INTERVAL_MS, beat);
  };
  socket.on('pong', () => {
    answered = true;
  });
  timer = clock.schedule(PING_INTERVAL_MS, beat);
  return () => timer.cancel();
}
