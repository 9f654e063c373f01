import { mkdirSync, statSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer, type Server } from 'node:net';
import { type Clock, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { WorldFile } from '../../shared/world.ts';
import { AirtimeSeller } from './airtime.ts';
import { ChatBook } from './chat-book.ts';
import { ChatServer } from './chat-server.ts';
import { ControlApi, chatMessage } from './control-api.ts';
import { DeliveryCallbacks } from './delivery-callbacks.ts';
import { type Exchange, sendError } from './http-exchange.ts';
import { LedgerBook } from './ledger.ts';
import { Mpesa } from './mpesa.ts';
import { OwnedClock } from './owned-clock.ts';
import { SHADOW_PAY_PATH, serveShadowPay } from './shadow-pay-api.ts';
import { STATUM_PATH, serveStatum } from './statum-api.ts';
import { processStartTime, readWorldFile, worldSecrets, writeWorldFile } from './world-file.ts';

/** A world that no supervisor has spoken to for this long is not needed any more. */
const LONELY_MS = 10 * MINUTE_MS;
const LONELY_CHECK_MS = 30 * SECOND_MS;
const MAX_CONNECTIONS = 1_024;
const HOST = '127.0.0.1';

/** Another process serves this folder's world. */
export class WorldTakenError extends Error {
  constructor(folder: string) {
    super(`Another process already serves the simulated world in ${folder}`);
    this.name = 'WorldTakenError';
  }
}

export interface WorldServer {
  readonly file: WorldFile;
  close(): Promise<void>;
}

/**
 * Serves the simulated world of a folder until closed; writes `world.json` once it can be reached.
 * @throws {WorldTakenError}, {import('./line-file.ts').CorruptFileError}, and what the file system throws.
 */
export async function serveWorld(options: {
  folder: string;
  clock: Clock;
  logger: Logger;
  /** Called when no supervisor has been heard of for ten minutes. */
  onLonely: () => void;
}): Promise<WorldServer> {
  const { folder, logger } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder);
  const clock = new OwnedClock(options.clock);
  const previous = readWorldFile(folder);
  const secrets = worldSecrets(previous);

  const book = new LedgerBook(folder);
  const onPhone = (phone: string) =>
    control.publish({ type: 'phone', phone, view: book.phoneView(phone, clock.now()) });
  const chats = new ChatBook(folder, clock, {
    onOffer: (offer) => chatServer.deliver(offer),
    onMessage: (message) => {
      const { clientId, phone } = message;
      control.publish({ type: 'message', clientId, phone, message: chatMessage(message) });
    },
  });
  const chatServer = new ChatServer({ book: chats, clock, logger, token: secrets.token });
  const mpesa = new Mpesa(book, clock, onPhone);
  const control = new ControlApi({ book, chats, mpesa, clock, token: secrets.token });
  const callbacks = new DeliveryCallbacks({ book, clock, logger, onReversed: onPhone });
  const seller = new AirtimeSeller(book, clock, (phone, requestId) => {
    callbacks.schedule(requestId);
    onPhone(phone);
  });

  const route = (exchange: Exchange): Promise<boolean> => {
    const { pathname } = exchange.url;
    if (pathname.startsWith(SHADOW_PAY_PATH)) {
      return serveShadowPay({ book, clock, mpesa, keys: secrets.shadowPay }, exchange);
    }
    if (pathname.startsWith(STATUM_PATH)) {
      return serveStatum({ book, clock, seller, keys: secrets.statum }, exchange);
    }
    return pathname.startsWith('/control/') ? control.serve(exchange) : Promise.resolve(false);
  };
  const http = createHttpServer({ keepAlive: true, keepAliveInitialDelay: 30_000 });
  http.maxConnections = MAX_CONNECTIONS;
  http.keepAliveTimeout = MINUTE_MS;
  http.on('request', (request, response) => {
    answer(request, response, route).catch((error: unknown) => {
      logger.error({ error: errorText(error) }, 'a request failed');
      response.destroy();
    });
  });

  const file: WorldFile = {
    pid: process.pid,
    pidStartTime: processStartTime(process.pid) ?? '',
    httpPort: await listen(http, previous?.httpPort),
    chatPort: await listen(chatServer.server, previous?.chatPort),
    ...secrets,
  };
  writeWorldFile(folder, file);

  const watchLoneliness = () => {
    if (clock.now() - control.lastContactAt >= LONELY_MS) return options.onLonely();
    clock.schedule(LONELY_CHECK_MS, watchLoneliness);
  };
  clock.schedule(LONELY_CHECK_MS, watchLoneliness);

  return {
    file,
    async close() {
      clock.cancelAll();
      chatServer.close();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
      book.close();
      chats.close();
      lock.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  route: (exchange: Exchange) => Promise<boolean>,
): Promise<void> {
  const base = `http://${HOST}`;
  const target = request.url ?? '/';
  try {
    if (URL.canParse(target, base) && (await route({ request, response, url: new URL(target, base) })))
      return;
    sendError(response, new AppError('not-found', 'There is nothing at this address'));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What is left of a body that was too long would be read as the next request.
    if (error.code === 'payload-too-large') response.shouldKeepAlive = false;
    sendError(response, error);
  }
}

/** Listens on the port of last time where it is still free, so that a restarted world is found at its old address. */
async function listen(server: Server | HttpServer, wantedPort: number | undefined): Promise<number> {
  try {
    return await listenOn(server, wantedPort ?? 0);
  } catch (error) {
    if (!wantedPort) throw error;
    return listenOn(server, 0);
  }
}

function listenOn(server: Server | HttpServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('Not a TCP address'));
      else resolve(address.port);
    });
  });
}

/**
 * Two worlds writing one ledger would ruin it. The lock is an abstract Unix socket named after the folder itself: the kernel frees
 * it in the moment its holder dies, so there is never a stale one.
 */
function lockFolder(folder: string): Promise<Server> {
  const { dev, ino } = statSync(folder);
  const lock = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    lock.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new WorldTakenError(folder) : error),
    );
    lock.listen(`\0airtime-bots-world-${dev}-${ino}`, () => resolve(lock));
  });
}
