import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { Agent, fetch, type RequestInit } from 'undici';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import {
  type ChatToWorld,
  type WorldEvent,
  type WorldFile,
  type WorldToChat,
  worldEventSchema,
  worldToChatSchema,
} from '../../shared/world.ts';
import { serveWorld } from '../../supervisor/sandbox/server.ts';
import type { World } from '../../supervisor/sandbox/types.ts';
import { startWorld } from '../../supervisor/sandbox/world-client.ts';
import { USUAL_PATIENCE } from '../../supervisor/sandbox/world-watch.ts';

export const AMINA = '254700000001';
export const BRIAN = '254700000002';

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'airtime-world-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Serves a world in this process, on real ports, with the test's own clock. */
export async function worldInProcess(
  t: TestContext,
  options: { clock: Clock; folder?: string; onLonely?: () => void },
) {
  const folder = options.folder ?? temporaryFolder(t);
  const server = await serveWorld({
    folder,
    clock: options.clock,
    logger: silentLogger,
    onLonely: options.onLonely ?? (() => undefined),
  });
  let open = true;
  const close = async () => {
    if (open) await server.close();
    open = false;
  };
  t.after(close);
  return { file: server.file, folder, close };
}

/** Starts (or finds) a world as the supervisor does; ended with the test. */
export async function worldProcess(
  t: TestContext,
  dataDir = temporaryFolder(t),
  patience = USUAL_PATIENCE,
): Promise<World> {
  const world = await startWorld({ dataDir, clock: systemClock, logger: silentLogger, patience });
  t.after(() => world.close({ stop: true }));
  return world;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly json: any;
}

/** A connection for each call: a world that comes back at its old port must not be met over a dead one. */
const oneShot = new Agent({ pipelining: 0 });

export async function call(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, { ...init, dispatcher: oneShot });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, text, json: isJson ? JSON.parse(text) : undefined };
}

/** The control interface and both gateways, by hand. */
export function handsOn(file: WorldFile) {
  const base = `http://127.0.0.1:${file.httpPort}`;
  const { apiKey, apiSecret, accountId } = file.shadowPay;
  const basic = Buffer.from(`${file.statum.consumerKey}:${file.statum.consumerSecret}`).toString('base64');
  const post = (path: string, headers: Record<string, string>, body: unknown) =>
    call(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const shadowPayHeaders = { 'X-API-Key': apiKey, 'X-API-Secret': apiSecret };
  const statumHeaders = { authorization: `Basic ${basic}` };
  return {
    base,
    control: (method: string, path: string, body?: unknown) =>
      call(`${base}/control/${path}`, {
        method,
        headers: { 'x-world-token': file.token },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    push: (phone: string, amount: number, more: object = {}) =>
      post('/shadow-pay/api/v2/stkpush.php', shadowPayHeaders, {
        payment_account_id: accountId,
        phone,
        amount,
        reference: 'ORDER123',
        description: 'Airtime',
        ...more,
      }),
    status: (id: string) =>
      post('/shadow-pay/api/v2/status.php', shadowPayHeaders, { checkout_request_id: id }),
    answer: (phone: string, body: object) =>
      call(`${base}/control/phones/${phone}/prompt`, {
        method: 'POST',
        headers: { 'x-world-token': file.token },
        body: JSON.stringify(body),
      }),
    airtime: (phone: unknown, amount: unknown) =>
      post('/statum/api/v2/airtime', statumHeaders, { phone_number: phone, amount }),
    balance: (name: string) => call(`${base}/statum/api/v2/${name}`, { headers: statumHeaders }),
  };
}

/** Takes in posted bodies as the supervisor's callback route would. */
export async function callbackReceiver(t: TestContext) {
  const bodies: string[] = [];
  const waiting: Array<() => void> = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.end();
    for (const wake of waiting.splice(0)) wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/callbacks/statum/secret`,
    bodies,
    async received(count: number): Promise<void> {
      while (bodies.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

/** A worker's connection to the chat network, line by line. */
export async function chatConnection(t: TestContext, file: WorldFile) {
  const socket = connect(file.chatPort, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  await once(socket, 'connect');
  return {
    socket,
    send: (message: ChatToWorld) => socket.write(`${JSON.stringify(message)}\n`),
    /** Undefined: the world hung up. */
    async next(): Promise<WorldToChat | undefined> {
      const { value, done } = await lines.next();
      return done ? undefined : worldToChatSchema.parse(JSON.parse(value));
    },
  };
}

/** Reads events until one fits. */
export async function eventStream(t: TestContext, file: WorldFile) {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(`http://127.0.0.1:${file.httpPort}/control/events`, {
    headers: { 'x-world-token': file.token },
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  const seen: WorldEvent[] = [];
  return {
    async until(fits: (event: WorldEvent) => boolean): Promise<WorldEvent> {
      for (;;) {
        const event = seen.shift();
        if (event && fits(event)) return event;
        if (event) continue;
        const chunk = await reader?.read();
        if (!chunk || chunk.done) throw new Error('The events ended');
        const lines = (rest + decoder.decode(chunk.value, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        seen.push(...lines.map((line) => worldEventSchema.parse(JSON.parse(line))));
      }
    },
  };
}
