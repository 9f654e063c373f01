import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import type { InboundContent } from '../../shared/conversation.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { CustomerMessage } from '../../shared/world.ts';
import {
  type ChangeEvent,
  type ChatEvent,
  chatEventSchema,
  contentOf,
  type Offer,
  type StoredMessage,
  shownBesides,
} from './chat-events.ts';
import { LineFile } from './line-file.ts';

const CHATS_FORMAT = { format: 'airtime-bots/simulated-world/chats', version: 1 } as const;
/** A chat remembers this many messages. One that nobody has acknowledged is never forgotten. */
const HISTORY_LENGTH = 500;
/** The file is rewritten without what has been forgotten when it is this long and four times its last rewritten length. */
const COMPACT_FROM_BYTES = 32 * 1024 * 1024;
const COMPACT_AT_START_FROM_BYTES = 1024 * 1024;

interface ClientChats {
  readonly chats: Map<string, StoredMessage[]>;
  /** By the offer's id, oldest first. */
  readonly unacked: Map<string, Offer>;
}

interface Listeners {
  /** The phone shows a new message, or an old one anew. */
  onMessage(message: StoredMessage): void;
  /** There is something for the client's worker. */
  onOffer(offer: Offer): void;
}

/** The simulated chat network's memory: every chat of every sandbox client, and what its worker has not handled yet. Durable. */
export class ChatBook {
  readonly #file: LineFile;
  readonly #clock: Clock;
  readonly #listeners: Listeners;
  readonly #clients = new Map<string, ClientChats>();
  #compactedBytes = 0;

  /** @throws {import('./line-file.ts').CorruptFileError} */
  constructor(folder: string, clock: Clock, listeners: Listeners) {
    this.#clock = clock;
    this.#listeners = listeners;
    this.#file = LineFile.open(join(folder, 'chats.jsonl'), CHATS_FORMAT, (record) =>
      this.#apply(chatEventSchema.parse(record)),
    );
    if (this.#file.sizeBytes > COMPACT_AT_START_FROM_BYTES) this.#compact();
  }

  /** A customer writes to a bot. @throws AppError `too-many-requests` when the bot has let too many pile up. */
  receive(clientId: string, phone: string, { text, contact, media }: CustomerMessage): StoredMessage {
    if ([text, contact, media].filter((part) => part !== undefined).length !== 1) {
      throw new AppError('invalid', 'A message is one of text, contact and media', { field: 'text' });
    }
    const waiting = this.#chat(clientId, phone).filter(({ id }) => this.#client(clientId).unacked.has(id));
    refuseMore(waiting.length);
    const id = newId('in');
    return this.#record({
      type: 'in',
      id,
      clientId,
      phone,
      text: text ?? media?.caption ?? '',
      at: this.#clock.now(),
      ...(contact && { contact }),
      ...(media && { media: { kind: media.kind } }),
    });
  }

  /** A customer changes what a text, or a caption, says. @throws AppError */
  edit(clientId: string, id: string, text: string): void {
    const message = this.#ownMessage(clientId, id);
    if (message.contact !== undefined || (message.media !== undefined && message.text === '')) {
      throw new AppError('conflict', 'Only a text or a caption can be edited');
    }
    if (text.trim() === '') throw new AppError('invalid', 'The text is empty', { field: 'text' });
    if (text !== message.text) this.#change(message, text);
  }

  /** A customer deletes a message for everyone. @throws AppError */
  delete(clientId: string, id: string): void {
    this.#change(this.#ownMessage(clientId, id), null);
  }

  /** The bot writes to a customer. */
  send(
    clientId: string,
    phone: string,
    { text, pictureId, mark }: { text: string; pictureId?: string | undefined; mark: string },
  ): StoredMessage {
    return this.#record({
      type: 'out',
      id: newId('out'),
      clientId,
      phone,
      text,
      ...(pictureId !== undefined && { pictureId }),
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
  unacknowledged(clientId: string): readonly Offer[] {
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

  #ownMessage(clientId: string, id: string): StoredMessage {
    const chats = [...(this.#clients.get(clientId)?.chats.values() ?? [])];
    const message = chats.flat().find((each) => each.id === id);
    if (!message) throw new AppError('not-found', 'There is no such message');
    if (message.direction === 'out') throw new AppError('conflict', 'The bot wrote this, not the customer');
    if (message.deleted) throw new AppError('conflict', 'The message was deleted already');
    return message;
  }

  #change({ id: of, clientId, phone }: StoredMessage, text: string | null): void {
    const { unacked } = this.#client(clientId);
    refuseMore([...unacked.values()].filter((offer) => offer.phone === phone).length);
    const event: ChangeEvent = {
      type: 'change',
      id: newId('in'),
      of,
      clientId,
      phone,
      text,
      at: this.#clock.now(),
    };
    this.#file.append(event);
    const changed = this.#applyChange(event);
    this.#compactIfWorthIt();
    if (changed) this.#listeners.onMessage(changed);
    const offer = unacked.get(event.id);
    if (offer) this.#listeners.onOffer(offer);
  }

  #record(event: Extract<ChatEvent, { type: 'in' | 'out' }>): StoredMessage {
    this.#file.append(event);
    const message = this.#add(event);
    this.#compactIfWorthIt();
    const offer = this.#client(event.clientId).unacked.get(event.id);
    if (offer) this.#listeners.onOffer(offer);
    this.#listeners.onMessage(message);
    return message;
  }

  #apply(event: ChatEvent): void {
    if (event.type === 'ack') this.#client(event.clientId).unacked.delete(event.id);
    else if (event.type === 'change') this.#applyChange(event);
    else this.#add(event);
  }

  /** @returns the message as it is shown from now on; undefined when it has been forgotten */
  #applyChange({ id, of, clientId, phone, text, at }: ChangeEvent): StoredMessage | undefined {
    const content: InboundContent = text === null ? { kind: 'deleted' } : { kind: 'edited', text };
    this.#client(clientId).unacked.set(id, { id, of, clientId, phone, text: text ?? '', content, at });
    const chat = this.#chat(clientId, phone);
    const index = chat.findIndex((message) => message.id === of);
    const message = chat[index];
    if (!message) return undefined;
    const { contact, media, ...rest } = message;
    const changed: StoredMessage =
      text === null ? { ...rest, text: '', deleted: true } : { ...message, text, edited: true };
    chat[index] = changed;
    return changed;
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
      ...(event.type === 'in' && shownBesides(event)),
      ...(event.type === 'out' && event.pictureId !== undefined && { pictureId: event.pictureId }),
    };
    if (event.type === 'in' && !event.acked) {
      const content = contentOf(message);
      unacked.set(id, {
        id,
        clientId,
        phone,
        text,
        at,
        ...(content && { content }),
        shown: shownBesides(message),
      });
    }
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
      for (const message of messages) {
        const { id, clientId, phone, text, pictureId, at, mark } = message;
        const picture = pictureId === undefined ? {} : { pictureId };
        const offer = unacked.get(id);
        if (mark !== undefined) yield { type: 'out', id, clientId, phone, text, ...picture, at, mark };
        // As it was sent; what has become of it since comes again with its change.
        else if (offer) yield { type: 'in', id, clientId, phone, text: offer.text, at, ...offer.shown };
        else yield { type: 'in', id, clientId, phone, text, at, acked: true, ...shownBesides(message) };
      }
      for (const { id, of, clientId, phone, text, content, at } of unacked.values()) {
        if (of === undefined) continue;
        yield {
          type: 'change',
          id,
          of,
          clientId,
          phone,
          text: content?.kind === 'deleted' ? null : text,
          at,
        };
      }
    }
  }
}

function refuseMore(waiting: number): void {
  if (waiting < HISTORY_LENGTH) return;
  throw new AppError('too-many-requests', `${waiting} messages of this phone already wait for the bot`);
}
