import { type Socket, connect as tcpConnect } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';
import { type ChatToWorld, type WorldToChat, worldToChatSchema } from '../../shared/world.ts';

/** The longest line either side may send: a message at its longest, and then some for JSON's escapes. */
const MAX_LINE_BYTES = 256 * 1_024;
/** Between the connection and the world's welcome, and for a connection to come about. */
const GREETING_MS = 10 * SECOND_MS;
/** The world is asked so often whether it is still there, and may leave one question unanswered. */
const PING_EVERY_MS = 5 * SECOND_MS;

export interface LinkHandlers {
  /** Each line of the world, the welcome first. */
  onLine(line: WorldToChat): void;
  /** Once; nothing comes after it. */
  onClose(error: Error | undefined): void;
}

/**
 * One TCP connection to the world's chat network: whole, valid lines in and out. One over which nothing comes any more although
 * it is asked for is ended: the other side stands still, and what it was sent would never arrive. Never reconnects.
 */
export class SandboxLink {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #error: Error | undefined;
  #pingTimer: Timer | undefined;
  /** Pings since the last line that came. */
  #unanswered = 0;

  constructor(
    options: { host: string; port: number; token: string; clientId: string },
    handlers: LinkHandlers,
    clock: Clock,
  ) {
    this.#clock = clock;
    const { host, port, token, clientId } = options;
    this.#socket = tcpConnect({ host, port, noDelay: true });
    this.#socket.setTimeout(GREETING_MS, () => this.#fail(new Error('The chat network does not answer')));
    const readLines = lineReader((line) => {
      const message = worldToChatSchema.safeParse(parseJson(line));
      if (!message.success) return this.#fail(new Error('The chat network sent a line that makes no sense'));
      this.#unanswered = 0;
      if (message.data.type === 'welcome') {
        this.#socket.setTimeout(0);
        this.#pingLater();
      }
      handlers.onLine(message.data);
    });
    this.#socket.on('connect', () => this.write({ type: 'hello', token, clientId }));
    this.#socket.on('data', (chunk) => {
      if (!readLines(chunk))
        this.#fail(new Error(`The chat network sent a line of over ${MAX_LINE_BYTES} bytes`));
    });
    this.#socket.on('error', (error) => {
      this.#error ??= error;
    });
    this.#socket.on('close', () => {
      this.#pingTimer?.cancel();
      handlers.onClose(this.#error);
    });
  }

  /** @returns false when the line certainly did not leave. True promises nothing. */
  write(line: ChatToWorld): boolean {
    if (!this.#socket.writable || this.#socket.destroyed) return false;
    this.#socket.write(`${JSON.stringify(line)}\n`);
    return true;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends what is written, then closes; `onClose` follows. */
  end(): void {
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#socket.end(() => this.#socket.destroy());
  }

  #pingLater(): void {
    this.#pingTimer?.cancel();
    this.#pingTimer = this.#clock.schedule(PING_EVERY_MS, () => {
      // Who does not read cannot tell whether there is an answer.
      if (!this.#socket.isPaused()) {
        if (this.#unanswered > 1) return this.#fail(new Error('The chat network does not answer any more'));
        this.#unanswered += 1;
        this.write({ type: 'ping' });
      }
      this.#pingLater();
    });
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }
}

/** @returns a reader of chunks; it answers false, and reads no further, when a line has become too long. */
export function lineReader(onLine: (line: string) => void): (chunk: Buffer) => boolean {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.length > MAX_LINE_BYTES) return false;
      if (line !== '') onLine(line);
    }
    return rest.length <= MAX_LINE_BYTES;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Falls through the schema like any other nonsense.
    return error;
  }
}
