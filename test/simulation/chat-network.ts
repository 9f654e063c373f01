import type { ChatSender, SendOutcome } from '../../supervisor/chats/types.ts';
import type { Engine } from './engine.ts';
import type { ProcessLife } from './process-life.ts';
import type { Random } from './random.ts';

/** What stands in a chat. */
export interface ChatMessage {
  readonly clientId: string;
  readonly chatId: string;
  readonly outboxId: string;
  readonly text: string;
  readonly at: number;
}

/** A customer's message that the network keeps until a worker has handled it. */
export interface Inbound {
  readonly id: string;
  readonly clientId: string;
  readonly chatId: string;
  readonly customerPhone: string;
  readonly text: string;
  readonly sentAt: number;
}

/**
 * The chat network and the clients' workers: says what it is told, keeps customers' messages until they are handled, and fails in
 * the ways a worker does: not ready, certainly not sent, and nobody knows.
 */
export class ChatNetwork {
  readonly messages: ChatMessage[] = [];
  readonly inbox = new Map<string, Inbound>();
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #said = new Map<string, ChatMessage>();
  readonly #away = new Set<string>();
  readonly #readyListeners = new Set<(clientId: string) => void>();
  /** Probability that one send goes wrong. */
  sendFaults: number;

  constructor(engine: Engine, random: Random, sendFaults: number) {
    this.#engine = engine;
    this.#random = random;
    this.sendFaults = sendFaults;
  }

  isReady(clientId: string): boolean {
    return !this.#away.has(clientId);
  }

  /** A client's worker goes away and comes back. */
  interrupt(clientId: string, forMs: number): void {
    if (!this.isReady(clientId)) return;
    this.#away.add(clientId);
    this.#engine.after(forMs, () => {
      this.#away.delete(clientId);
      for (const listener of [...this.#readyListeners]) listener(clientId);
    });
  }

  onReady(listener: (clientId: string) => void): () => void {
    this.#readyListeners.add(listener);
    return () => this.#readyListeners.delete(listener);
  }

  /** The sender that one process has. */
  senderFor(life: ProcessLife): ChatSender {
    return {
      note: () => undefined,
      canSend: (clientId) => life.alive && this.isReady(clientId),
      send: (message) => {
        if (!this.isReady(message.clientId))
          return Promise.resolve({ outcome: 'not-sent', reason: 'the worker is gone' });
        return life.call('chat send', () => ({
          answer: this.#send(message),
          answerMs: this.#random.int(2, 400),
        }));
      },
      onReady: (listener) => {
        if (!life.alive) return () => undefined;
        return this.onReady((clientId) => {
          if (life.alive) listener(clientId);
        });
      },
    };
  }

  #send(message: Parameters<ChatSender['send']>[0]): SendOutcome {
    const random = this.#random;
    const { outboxId } = message;
    if (message.lookFirst && this.#said.has(outboxId)) return { outcome: 'sent', messageId: outboxId };
    const fault = random.chance(this.sendFaults)
      ? random.pick(['not-sent', 'unknown, said', 'unknown, not said'])
      : undefined;
    if (fault === 'not-sent') return { outcome: 'not-sent', reason: 'no network' };
    if (fault !== 'unknown, not said') {
      const { clientId, chatId, text } = message;
      const said = { clientId, chatId, outboxId, text, at: this.#engine.now };
      this.messages.push(said);
      this.#said.set(outboxId, said);
    }
    return fault
      ? { outcome: 'unknown', reason: 'the worker ended meanwhile' }
      : { outcome: 'sent', messageId: outboxId };
  }

  /** Lets a worker handle a message until that has worked. `handle` rejects when it did not. */
  deliver(message: Inbound, life: ProcessLife, handle: (message: Inbound) => Promise<void>): void {
    if (!life.alive || !this.inbox.has(message.id)) return;
    if (!this.isReady(message.clientId)) {
      life.after(1_000, () => this.deliver(message, life, handle));
      return;
    }
    handle(message).then(
      () => {
        if (life.alive) this.inbox.delete(message.id);
      },
      () => life.after(1_000, () => this.deliver(message, life, handle)),
    );
  }
}
