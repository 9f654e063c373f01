import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { ChatMessage } from '../../shared/world.ts';
import { LineFile } from './line-file.ts';

const CHATS_FORMAT = { format: 'airtime-bots/simulated-world/chats', version: 1 } as const;
/** A chat remembers this many messages. One that nobody has acknowledged is never forgotten. */
const HISTORY_LENGTH = 500;
/** The file is rewritten without what has been forgotten when it is this long and four times its last rewritten length. */
const COMPACT_FROM_BYTES = 32 * 1024 * 1024;
const COMPACT_AT_START_FROM_BYTES = 1024 * 1024;

const chatEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('in'),
    id: z.string(),
    clientId: z.string(),
    phone: z.string(),
    text: z.string(),
    at: z.number(),
    acked: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('out'),
    id: z.string(),
    clientId: z.string(),
    phone: z.string(),
    text: z.string(),
    at: z.number(),
    mark: z.string(),
  }),
  z.object({ type: z.literal('ack'), id: z.string(), clientId: z.string() }),
]);
type ChatEvent = z.infer<typeof chatEventSchema>;

/** A message as the world keeps it. */
export interface StoredMessage extends ChatMessage {
  readonly clientId: string;
  readonly phone: string;
  /** Of outgoing ones: the sender's own mark. */
  readonly mark: string | undefined;
}

interface ClientChats {
  readonly chats: Map<string, StoredMessage[]>;
  /** Incoming, by id, oldest first. */
  readonly unacked: Map<string, StoredMessage>;
}

/** The simulated chat network's memory: every chat of every sandbox client, and what its worker has not handled yet. Durable. */
export class ChatBook {
  readonly #file: LineFile;
  readonly #clock: Clock;
  readonly #onMessage: (message: StoredMessage) => void;
  readonly #clients = new Map<string, ClientChats>();
  #compactedBytes = 0;

  /** @throws {import('./line-file.ts').CorruptFileError} */
  constructor(folder: string, clock: Clock, onMessage: (message: StoredMessage) => void) {
    this.#clock = clock;
    this.#onMessage = onMessage;
    this.#file = LineFile.open(join(folder, 'chats.jsonl'), CHATS_FORMAT, (record) =>
      this.#apply(chatEventSchema.parse(record)),
    );
    if (this.#file.sizeBytes > COMPACT_AT_START_FROM_BYTES) this.#compact();
  }

  /** A customer writes to a bot. @throws AppError `too-many-requests` when the bot has let too many pile up. */
  receive(clientId: string, phone: string, text: string): StoredMessage {
    const waiting = this.#chat(clientId, phone).filter(({ id }) => this.#client(clientId).unacked.has(id));
    if (waiting.length >= HISTORY_LENGTH) {
      throw new AppError(
        'too-many-requests',
        `${waiting.length} messages of this phone already wait for the bot`,
      );
    }
    return this.#record({ type: 'in', id: newId('in'), clientId, phone, text, at: this.#clock.now() });
  }

  /** The bot writes to a customer. */
  send(clientId: string, phone: string, text: string, mark: string): StoredMessage {
    return this.#record({
      type: 'out',
      id: newId('out'),
      clientId,
      phone,
      text,
      at: this.#clock.now(),
      mark,
    });
  }

  /** The bot has handled a message; it is not offered again. Unknown ids are nothing to it. */
  acknowledge(clientId: string, id: string): void {
    if (!this.#clients.get(clientId)?.unacked.has(id)) return;
    this.#file.append({ type: 'ack', id, clientId });
    this.#apply({ type: 'ack', id, clientId });
    this.#compactIfWorthIt();
  }

  /** What the client's worker must still handle, oldest first. */
  unacknowledged(clientId: string): readonly StoredMessage[] {
    return [...(this.#clients.get(clientId)?.unacked.values() ?? [])];
  }

  /** The latest message that was sent in the chat with this mark. */
  findSent(clientId: string, phone: string, mark: string): StoredMessage | undefined {
    return this.#clients
      .get(clientId)
      ?.chats.get(phone)
      ?.findLast((message) => message.mark === mark);
  }

  /** Oldest first; only those after the message `after`, where that one is still remembered. */
  history(clientId: string, phone: string, after: string | undefined): readonly StoredMessage[] {
    const messages = this.#clients.get(clientId)?.chats.get(phone) ?? [];
    return messages.slice(messages.findIndex(({ id }) => id === after) + 1);
  }

  close(): void {
    this.#file.close();
  }

  #record(event: Extract<ChatEvent, { type: 'in' | 'out' }>): StoredMessage {
    this.#file.append(event);
    const message = this.#add(event);
    this.#compactIfWorthIt();
    this.#onMessage(message);
    return message;
  }

  #apply(event: ChatEvent): void {
    if (event.type === 'ack') this.#client(event.clientId).unacked.delete(event.id);
    else this.#add(event);
  }

  #add(event: Extract<ChatEvent, { type: 'in' | 'out' }>): StoredMessage {
    const { clientId, phone, id, text, at } = event;
    const { unacked } = this.#client(clientId);
    const message: StoredMessage = {
      id,
      clientId,
      phone,
      text,
      at,
      direction: event.type,
      mark: event.type === 'out' ? event.mark : undefined,
    };
    if (event.type === 'in' && !event.acked) unacked.set(id, message);
    const chat = this.#chat(clientId, phone);
    chat.push(message);
    if (chat.length > HISTORY_LENGTH) {
      const oldest = chat.findIndex((candidate) => !unacked.has(candidate.id));
      if (oldest >= 0) chat.splice(oldest, 1);
    }
    return message;
  }

  #client(clientId: string): ClientChats {
    let client = this.#clients.get(clientId);
    if (!client) {
      client = { chats: new Map(), unacked: new Map() };
      this.#clients.set(clientId, client);
    }
    return client;
  }

  #chat(clientId: string, phone: string): StoredMessage[] {
    const { chats } = this.#client(clientId);
    let chat = chats.get(phone);
    if (!chat) {
      chat = [];
      chats.set(phone, chat);
    }
    return chat;
  }

  #compactIfWorthIt(): void {
    const { sizeBytes } = this.#file;
    if (sizeBytes > COMPACT_FROM_BYTES && sizeBytes > 4 * this.#compactedBytes) this.#compact();
  }

  #compact(): void {
    this.#file.replace(this.#remembered());
    this.#compactedBytes = this.#file.sizeBytes;
  }

  *#remembered(): Generator<ChatEvent> {
    for (const { chats, unacked } of this.#clients.values()) {
      const messages = [...chats.values()].flat().sort((one, other) => one.at - other.at);
      for (const { id, clientId, phone, text, at, mark } of messages) {
        if (mark !== undefined) yield { type: 'out', id, clientId, phone, text, at, mark };
        else yield { type: 'in', id, clientId, phone, text, at, acked: !unacked.has(id) };
      }
    }
  }
}
