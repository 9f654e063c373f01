import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type ChatToWorld, chatToWorldSchema, type WorldToChat } from '../../shared/world.ts';
import type { ChatBook } from './chat-book.ts';
import type { Offer } from './chat-events.ts';
import { jsonLine } from './json-line.ts';
import { sameSecret } from './same-secret.ts';

/** The longest line a worker may send: WhatsApp's longest message with room for JSON's escapes. */
const MAX_LINE_CHARS = 1_000_000;
/** A worker that reads so slowly is cut off; what it has not acknowledged comes again. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
const HELLO_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 4_096;
const CHAT_SUFFIX = '@c.us';

interface Context {
  readonly book: ChatBook;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly token: string;
}

/** The chat network's TCP side: one connection per client's worker, one JSON object per line (protocol: shared/world.ts). */
export class ChatServer {
  readonly server: Server;
  readonly #context: Context;
  readonly #connections = new Set<ChatConnection>();
  readonly #byClient = new Map<string, ChatConnection>();

  constructor(context: Context) {
    this.#context = context;
    this.server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) =>
      this.#accept(socket),
    );
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Hands what a customer has just done to the client's worker, if one is there. */
  deliver(offer: Offer): void {
    this.#byClient.get(offer.clientId)?.offer(offer);
  }

  close(): void {
    this.server.close();
    for (const connection of this.#connections) connection.end();
  }

  #accept(socket: Socket): void {
    const connection = new ChatConnection(socket, this.#context, {
      onHello: (clientId) => {
        this.#byClient.get(clientId)?.refuseAndEnd('Another worker of this client has connected');
        this.#byClient.set(clientId, connection);
      },
      onClose: () => {
        this.#connections.delete(connection);
        const { clientId } = connection;
        if (clientId !== undefined && this.#byClient.get(clientId) === connection)
          this.#byClient.delete(clientId);
      },
    });
    this.#connections.add(connection);
  }
}

class ChatConnection {
  clientId: string | undefined;
  readonly #socket: Socket;
  readonly #context: Context;
  readonly #onHello: (clientId: string) => void;

  constructor(
    socket: Socket,
    context: Context,
    handlers: { onHello: (clientId: string) => void; onClose: () => void },
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#onHello = handlers.onHello;
    const helloDeadline = context.clock.schedule(HELLO_TIMEOUT_MS, () => {
      if (this.clientId === undefined) socket.destroy();
    });
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (socket.destroyed || socket.writableEnded) return;
        this.#take(line);
      }
      if (rest.length > MAX_LINE_CHARS) this.refuseAndEnd('The line is too long');
    });
    socket.on('error', (error) => context.logger.debug({ error: error.message }, 'chat connection broke'));
    socket.on('close', () => {
      helloDeadline.cancel();
      handlers.onClose();
    });
  }

  offer({ id, phone, text, content, at }: Offer): void {
    const chatId = `${phone}${CHAT_SUFFIX}`;
    this.#send({ type: 'message', id, chatId, phone, text, at, ...(content && { content }) });
  }

  refuseAndEnd(message: string): void {
    this.#send({ type: 'refused', message });
    this.end();
  }

  end(): void {
    this.#socket.destroySoon();
  }

  #take(line: string): void {
    const parsed = chatToWorldSchema.safeParse(parseJson(line));
    if (!parsed.success) this.refuseAndEnd('The line is not of the chat protocol');
    else if (parsed.data.type === 'hello') this.#greet(parsed.data);
    else if (this.clientId === undefined) this.refuseAndEnd('The first line must be a hello');
    else this.#serve(this.clientId, parsed.data);
  }

  #greet({ token, clientId }: Extract<ChatToWorld, { type: 'hello' }>): void {
    const problem = sameSecret(token, this.#context.token)
      ? this.clientId === undefined
        ? undefined
        : 'One hello is enough'
      : 'The token is wrong';
    if (problem !== undefined) {
      this.refuseAndEnd(problem);
      return;
    }
    this.clientId = clientId;
    this.#onHello(clientId);
    this.#send({ type: 'welcome', phone: botPhone(clientId) });
    for (const offer of this.#context.book.unacknowledged(clientId)) this.offer(offer);
  }

  #serve(clientId: string, message: Exclude<ChatToWorld, { type: 'hello' }>): void {
    const { book, logger } = this.#context;
    try {
      if (message.type === 'ack') book.acknowledge(clientId, message.id);
      else if (message.type === 'ping') this.#send({ type: 'pong' });
      else this.#send(answerTo(book, clientId, message));
    } catch (error) {
      logger.error({ error: errorText(error) }, 'a chat request failed');
      if (message.type === 'ack') this.refuseAndEnd('The acknowledgement could not be stored');
      else if (message.type !== 'ping')
        this.#send({ type: 'refused', ref: message.ref, message: 'The message could not be stored' });
    }
  }

  #send(message: WorldToChat): void {
    if (!this.#socket.writable) return;
    this.#socket.write(jsonLine(message));
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#socket.destroy();
  }
}

function answerTo(
  book: ChatBook,
  clientId: string,
  message: Extract<ChatToWorld, { type: 'send' | 'find' }>,
): WorldToChat {
  const { ref, mark } = message;
  const phone = phoneOfChat(message.chatId);
  if (phone === undefined) return { type: 'refused', ref, message: 'There is no such chat' };
  if (message.type === 'send') {
    return { type: 'sent', ref, id: book.send(clientId, phone, message).id };
  }
  return { type: 'found', ref, id: book.findSent(clientId, phone, mark)?.id ?? null };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    return error;
  }
}

function phoneOfChat(chatId: string): string | undefined {
  const phone = chatId.endsWith(CHAT_SUFFIX) ? chatId.slice(0, -CHAT_SUFFIX.length) : '';
  return /^254[17]\d{8}$/.test(phone) ? phone : undefined;
}

/** A sandbox client's own number: always the same for the same client, and never one of 0700 000 xxx. */
function botPhone(clientId: string): string {
  const number = createHash('sha256').update(clientId).digest().readUInt32BE(0);
  return `25470000${1_000 + (number % 9_000)}`;
}
