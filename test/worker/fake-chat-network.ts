import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { z } from 'zod';
import { type ChatToWorld, chatToWorldSchema, type WorldToChat } from '../../shared/world.ts';
import { lineReader } from '../../worker/chat/sandbox-link.ts';

export const TOKEN = 'token-of-the-test';
type Line = z.infer<typeof chatToWorldSchema>;

/** The simulated chat network's side of the line protocol, as far as a worker sees it. */
export class FakeChatNetwork {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #unacknowledged: Extract<WorldToChat, { type: 'message' }>[] = [];
  readonly #heard: Line[] = [];
  #waiters: Array<() => void> = [];
  /** False: requests are read and not answered. */
  answering = true;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0): Promise<FakeChatNetwork> {
    const server = createServer();
    const network = new FakeChatNetwork(server);
    server.on('connection', (socket) => network.#accept(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return network;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('Not listening');
    return address.port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** A customer writes. */
  write(id: string, text: string, phone = '254700000001'): void {
    const message = { type: 'message' as const, id, chatId: `${phone}@c.us`, phone, text, at: Date.now() };
    this.#unacknowledged.push(message);
    this.broadcast(message);
  }

  broadcast(line: WorldToChat): void {
    this.raw(`${JSON.stringify(line)}\n`);
  }

  raw(bytes: string): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  sent(): ReadonlyArray<Extract<ChatToWorld, { type: 'send' }>> {
    return this.#heard.filter((line) => line.type === 'send');
  }

  pings(): number {
    return this.#heard.filter((line) => line.type === 'ping').length;
  }

  acknowledged(): readonly string[] {
    return this.#heard.flatMap((line) => (line.type === 'ack' ? [line.id] : []));
  }

  /** Resolves as soon as it holds; checked whenever a line or a connection comes or goes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Cuts all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#stir();
    });
    const read = lineReader((text) => {
      const line = chatToWorldSchema.parse(JSON.parse(text));
      this.#heard.push(line);
      this.#answer(socket, line);
      this.#stir();
    });
    socket.on('data', read);
  }

  #answer(socket: Socket, line: Line): void {
    const say = (answer: WorldToChat): unknown => socket.write(`${JSON.stringify(answer)}\n`);
    if (line.type === 'hello') {
      if (line.token !== TOKEN) {
        say({ type: 'refused', message: 'The token is wrong' });
        socket.end();
        return;
      }
      say({ type: 'welcome', phone: '254700001234' });
      for (const message of this.#unacknowledged) say(message);
      return;
    }
    if (line.type === 'ack') {
      const index = this.#unacknowledged.findIndex(({ id }) => id === line.id);
      if (index >= 0) this.#unacknowledged.splice(index, 1);
      return;
    }
    if (!this.answering) return;
    if (line.type === 'ping') return void say({ type: 'pong' });
    if (line.type === 'send') {
      if (line.text === 'refuse me') say({ type: 'refused', ref: line.ref, message: 'Could not be stored' });
      else say({ type: 'sent', ref: line.ref, id: `out-${line.mark}` });
      return;
    }
    const earlier = this.sent().some(({ mark, chatId }) => mark === line.mark && chatId === line.chatId);
    say({ type: 'found', ref: line.ref, id: earlier ? `out-${line.mark}` : null });
  }

  #stir(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
