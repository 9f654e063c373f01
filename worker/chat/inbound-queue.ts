import type { Clock, Timer } from '../../shared/clock.ts';
import type { IncomingMessage } from './transport.ts';

const OFFER_AGAIN_FIRST_MS = 200;
const OFFER_AGAIN_MAX_MS = 5_000;

interface Chat {
  readonly waiting: IncomingMessage[];
  retryMs: number;
  timer: Timer | undefined;
}

/**
 * Offers customers' messages until they are taken: in order within a chat, chats side by side, each message once at a time
 * however often the network brings it.
 */
export class InboundQueue {
  readonly #clock: Clock;
  readonly #offer: (message: IncomingMessage) => Promise<void>;
  readonly #onTaken: (message: IncomingMessage) => void;
  readonly #chats = new Map<string, Chat>();
  readonly #inHand = new Set<string>();
  #closed = false;

  constructor(options: {
    clock: Clock;
    offer: (message: IncomingMessage) => Promise<void>;
    onTaken: (message: IncomingMessage) => void;
  }) {
    this.#clock = options.clock;
    this.#offer = options.offer;
    this.#onTaken = options.onTaken;
  }

  /** Messages that wait or are being handled. */
  get size(): number {
    return this.#inHand.size;
  }

  add(message: IncomingMessage): void {
    const { chatId, messageId } = message;
    if (this.#closed || this.#inHand.has(messageId)) return;
    this.#inHand.add(messageId);
    const chat = this.#chats.get(chatId);
    if (chat) {
      chat.waiting.push(message);
      return;
    }
    const fresh: Chat = { waiting: [message], retryMs: OFFER_AGAIN_FIRST_MS, timer: undefined };
    this.#chats.set(chatId, fresh);
    void this.#run(chatId, fresh);
  }

  close(): void {
    this.#closed = true;
    for (const chat of this.#chats.values()) chat.timer?.cancel();
  }

  async #run(chatId: string, chat: Chat): Promise<void> {
    for (let message = chat.waiting[0]; message; message = chat.waiting[0]) {
      if (this.#closed) return;
      try {
        await this.#offer(message);
      } catch {
        // Why is the offer's to log; here it only means: not taken.
        if (this.#closed) return;
        chat.timer = this.#clock.schedule(chat.retryMs, () => void this.#run(chatId, chat));
        chat.retryMs = Math.min(chat.retryMs * 2, OFFER_AGAIN_MAX_MS);
        return;
      }
      chat.retryMs = OFFER_AGAIN_FIRST_MS;
      chat.waiting.shift();
      this.#inHand.delete(message.messageId);
      this.#onTaken(message);
    }
    this.#chats.delete(chatId);
  }
}
