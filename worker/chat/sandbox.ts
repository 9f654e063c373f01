import type { Clock, Timer } from '../../shared/clock.ts';
import type { WorldToChat } from '../../shared/world.ts';
import { InboundQueue } from './inbound-queue.ts';
import { SandboxLink } from './sandbox-link.ts';
import { type ChatHandlers, type ChatTransport, NotSentError, type OutgoingMessage } from './transport.ts';

const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 5_000;
/** With more messages than this in hand the network is not read any further, until half of them are done. */
const MAX_IN_HAND = 500;

interface Answer {
  resolve(messageId: string | null): void;
  reject(error: Error): void;
}

/**
 * The simulated phones' chat network. It keeps a customer's message until it is acknowledged, so nothing sent while nobody was
 * connected is lost; and it keeps each sent message's mark, so that {@link findSent} knows for certain.
 */
export class SandboxTransport implements ChatTransport {
  readonly #options: { host: string; port: number; token: string; clientId: string };
  readonly #clock: Clock;
  #handlers: ChatHandlers | undefined;
  #link: SandboxLink | undefined;
  /** True between the world's welcome and the end of that connection. */
  #welcome = false;
  #closed = false;
  #reconnectMs = RECONNECT_FIRST_MS;
  #reconnect: Timer | undefined;
  #nextRef = 1;
  readonly #answers = new Map<number, Answer>();
  /** The world offers its messages again on each connection; the queue knows those that are in hand. */
  readonly #inbound: InboundQueue;
  #whenClosed: Promise<void> = Promise.resolve();

  constructor(options: { host: string; port: number; token: string; clientId: string }, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#inbound = new InboundQueue({
      clock,
      offer: async (message) => this.#handlers?.onMessage(message),
      onTaken: ({ messageId }) => {
        if (this.#inbound.size === MAX_IN_HAND / 2) this.#link?.resume();
        // Unconnected, or lost on the way: the world offers it again, and the supervisor knows it as handled.
        this.#link?.write({ type: 'ack', id: messageId });
      },
    });
  }

  async start(handlers: ChatHandlers): Promise<void> {
    if (this.#handlers) throw new Error('The chat was started already');
    this.#handlers = handlers;
    handlers.onState({ state: 'starting' });
    this.#connect();
  }

  async send({ chatId, text, picture, outboxId }: OutgoingMessage): Promise<{ messageId: string }> {
    const shown = picture && { pictureId: picture.id };
    const id = await this.#ask((ref) => ({ type: 'send', ref, chatId, text, ...shown, mark: outboxId }));
    if (id === null) throw new Error('The chat network gave no id for the message');
    return { messageId: id };
  }

  async findSent({ chatId, outboxId }: OutgoingMessage): Promise<{ messageId: string } | undefined> {
    const id = await this.#ask((ref) => ({ type: 'find', ref, chatId, mark: outboxId }));
    return id === null ? undefined : { messageId: id };
  }

  /** A simulated phone has no login that could be forgotten: logging out leaves the network until the next start. */
  async logOut(): Promise<void> {
    await this.close();
    this.#handlers?.onState({ state: 'logged-out', reason: 'Logged out' });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#reconnect?.cancel();
    this.#inbound.close();
    this.#link?.end();
    await this.#whenClosed;
  }

  #connect(): void {
    this.#whenClosed = new Promise((resolve) => {
      const handlers = {
        onLine: (line: WorldToChat) => this.#onLine(line),
        onClose: (error: Error | undefined) => {
          resolve();
          this.#onLinkClosed(error);
        },
      };
      this.#link = new SandboxLink(this.#options, handlers, this.#clock);
    });
  }

  #onLinkClosed(error: Error | undefined): void {
    const reason = error?.message ?? 'The chat network closed the connection';
    this.#link = undefined;
    this.#welcome = false;
    const unanswered = [...this.#answers.values()];
    this.#answers.clear();
    for (const answer of unanswered) answer.reject(new Error(`No answer: ${reason}`));
    if (this.#closed) return;
    this.#handlers?.onState({ state: 'reconnecting', reason });
    this.#reconnect = this.#clock.schedule(this.#reconnectMs, () => this.#connect());
    this.#reconnectMs = Math.min(this.#reconnectMs * 2, RECONNECT_MAX_MS);
  }

  #onLine(line: WorldToChat): void {
    switch (line.type) {
      case 'welcome':
        this.#welcome = true;
        this.#reconnectMs = RECONNECT_FIRST_MS;
        this.#handlers?.onState({ state: 'ready', phone: line.phone });
        return;
      case 'message':
        this.#take(line);
        return;
      case 'sent':
      case 'found':
        this.#answers.get(line.ref)?.resolve(line.id);
        this.#answers.delete(line.ref);
        return;
      case 'refused':
        this.#onRefused(line);
        return;
      case 'pong':
        return;
    }
  }

  #onRefused({ ref, message }: Extract<WorldToChat, { type: 'refused' }>): void {
    if (ref !== undefined) {
      this.#answers.get(ref)?.reject(new NotSentError(message));
      this.#answers.delete(ref);
      return;
    }
    // A refused greeting stays refused: the world has another token now, and only a new start brings it.
    if (!this.#welcome) {
      this.#closed = true;
      this.#link?.end();
      this.#handlers?.onFatal(new Error(`The chat network refused this client: ${message}`));
    }
  }

  #ask(line: (ref: number) => Parameters<SandboxLink['write']>[0]): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const ref = this.#nextRef++;
      if (!this.#welcome || this.#closed || !this.#link?.write(line(ref))) {
        return reject(new NotSentError('Not connected to the chat network'));
      }
      this.#answers.set(ref, { resolve, reject });
    });
  }

  #take({ id, chatId, phone, text, content, at }: Extract<WorldToChat, { type: 'message' }>): void {
    this.#inbound.add({
      messageId: id,
      chatId,
      sentAt: at,
      content: content ?? { kind: 'text', text },
      customerPhone: phone,
    });
    if (this.#inbound.size >= MAX_IN_HAND) this.#link?.pause();
  }
}
