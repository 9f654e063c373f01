import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { chatToWorldSchema, type WorldToChat } from '../../shared/world.ts';
import { lineReader } from '../../worker/chat/sandbox-link.ts';

export const BENCH_TOKEN = 'token-of-the-bench';

/** The chat network of one bot, as thin as can be: writes a customer's message, resolves with the reply's arrival. */
export class BenchNetwork {
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  readonly #waiting = new Map<string, (text: string) => void>();
  readonly #connected: Promise<Socket>;
  #onConnected: (socket: Socket) => void = () => undefined;
  #nextId = 1;

  private constructor() {
    this.#connected = new Promise((resolve) => {
      this.#onConnected = resolve;
    });
  }

  static async start(): Promise<BenchNetwork> {
    const network = new BenchNetwork();
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('Not listening');
    return address.port;
  }

  /** @returns milliseconds from before the message was written to the socket until its reply was read from it */
  async say(phone: string, text: string): Promise<number> {
    const socket = await this.#connected;
    const chatId = `${phone}@c.us`;
    const replied = new Promise<string>((resolve) => this.#waiting.set(chatId, resolve));
    const startedMs = performance.now();
    const id = `in_${this.#nextId++}`;
    write(socket, { type: 'message', id, chatId, phone, text, at: Date.now() });
    await replied;
    return performance.now() - startedMs;
  }

  async close(): Promise<void> {
    (await this.#connected).destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.on(
      'data',
      lineReader((text) => {
        const line = chatToWorldSchema.parse(JSON.parse(text));
        if (line.type === 'hello') {
          write(socket, { type: 'welcome', phone: '254700000999' });
          this.#onConnected(socket);
        } else if (line.type === 'ping') {
          write(socket, { type: 'pong' });
        } else if (line.type === 'send') {
          write(socket, { type: 'sent', ref: line.ref, id: line.mark });
          this.#waiting.get(line.chatId)?.(line.text);
          this.#waiting.delete(line.chatId);
        }
      }),
    );
  }
}

function write(socket: Socket, line: WorldToChat): void {
  socket.write(`${JSON.stringify(line)}\n`);
}
