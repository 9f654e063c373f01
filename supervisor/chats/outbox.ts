import { type Clock, MINUTE_MS, SECOND_MS, type Timer } from '../../shared/clock.ts';
import type { OutboxEntry } from '../../shared/conversation.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { conversationKey, type Stores } from '../stores/types.ts';
import { HeldChats } from './held-chats.ts';
import { SendAllowance } from './send-allowance.ts';
import type { ChatSender } from './types.ts';

/** First wait after a failed send; doubles up to the longest. */
const FIRST_RETRY_MS = 1 * SECOND_MS;
const LONGEST_RETRY_MS = 1 * MINUTE_MS;
/** Confirmed messages are gathered this long before they leave the store together. */
const CROSS_OFF_MS = 100;
const CROSS_OFF_RETRY_MS = 5 * SECOND_MS;

interface ChatQueue {
  readonly clientId: string;
  /** By rising `seq`; the first one is being sent or is next. */
  readonly entries: OutboxEntry[];
  /** Entries that an earlier attempt, perhaps of an earlier process, may have sent. */
  readonly maybeSent: Set<string>;
  /** Entries that the day's limit counts already: what is repeated because nobody knows counts once. */
  readonly counted: Set<string>;
  sending: boolean;
  /** It waits for the next day's limit. */
  held: boolean;
  failures: number;
  timer: Timer | undefined;
}

/**
 * Carries the outbox to the chats: in order within a chat, chats side by side, until the worker has confirmed each entry. An
 * entry leaves the store only after that, so that it survives whatever dies; one that may have gone out before is looked up in the
 * chat before it is said again.
 */
export class Outbox {
  readonly #stores: Stores;
  readonly #sender: ChatSender;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #allowance: SendAllowance;
  readonly #chats = new Map<string, ChatQueue>();
  readonly #ends: Array<() => void> = [];
  /** Confirmed by a worker, not crossed off in the store yet. */
  readonly #sent = new Set<string>();
  readonly #held: HeldChats<ChatQueue>;
  #crossOffTimer: Timer | undefined;
  #closed = false;

  constructor(options: { stores: Stores; sender: ChatSender; clock: Clock; logger: Logger }) {
    this.#stores = options.stores;
    this.#sender = options.sender;
    this.#clock = options.clock;
    this.#allowance = new SendAllowance(options.stores, options.clock);
    this.#logger = options.logger;
    this.#held = new HeldChats({
      clock: options.clock,
      note: (clientId, reason) => options.sender.note(clientId, reason),
      room: (clientId) => this.#allowance.room(clientId),
      lookAgain: (queue) => this.#kickQueue(queue),
    });
  }

  /** Takes up what an earlier process left, then follows the store. */
  start(): void {
    // What is applied but not durable yet is told of by its commit too, and nobody may hear of it before that.
    const lastLeft = this.#stores.outbox.nextSeq() - 1;
    let newer: OutboxEntry[] | undefined = [];
    this.#ends.push(
      this.#stores.onCommit((changes) => {
        for (const change of changes) {
          if (change.collection !== 'outbox') continue;
          if (!change.after && change.before) this.#forget(change.before);
          if (!change.after || change.before) continue;
          if (change.after.seq <= lastLeft) continue;
          if (newer) newer.push(change.after);
          else this.#add(change.after, false);
        }
      }),
      this.#sender.onReady((clientId) => this.#kickClient(clientId)),
    );
    void this.#stores.durable().then(() => {
      const left = [...this.#stores.outbox.values()].filter(({ seq }) => seq <= lastLeft);
      for (const entry of left.sort((a, b) => a.seq - b.seq)) this.#add(entry, true);
      for (const entry of newer ?? []) this.#add(entry, false);
      newer = undefined;
    });
  }

  /** Sends nothing more. Resolves when what was sent is crossed off, if the store takes it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#ends) end();
    for (const queue of this.#chats.values()) queue.timer?.cancel();
    this.#held.close();
    this.#crossOffTimer?.cancel();
    await this.#crossOff();
  }

  #add(entry: OutboxEntry, maybeSent: boolean): void {
    if (entry.check) return;
    const key = conversationKey(entry.clientId, entry.chatId);
    const queue = this.#chats.get(key) ?? {
      clientId: entry.clientId,
      entries: [],
      maybeSent: new Set<string>(),
      counted: new Set<string>(),
      sending: false,
      held: false,
      failures: 0,
      timer: undefined,
    };
    this.#chats.set(key, queue);
    queue.entries.push(entry);
    if (maybeSent) queue.maybeSent.add(entry.id);
    this.#kick(key, queue);
  }

  #kickClient(clientId: string): void {
    for (const [key, queue] of this.#chats) {
      if (queue.clientId !== clientId) continue;
      queue.failures = 0;
      queue.timer?.cancel();
      queue.timer = undefined;
      this.#kick(key, queue);
    }
  }

  #kick(key: string, queue: ChatQueue): void {
    // What held the chat up may not hold any more, or not for one who has just written or paid.
    queue.held = false;
    if (queue.sending || queue.timer || this.#closed) return;
    queue.sending = true;
    void this.#drain(queue).finally(() => {
      queue.sending = false;
      if (queue.entries.length === 0) this.#chats.delete(key);
      else if (!queue.timer && !queue.held && this.#sender.canSend(queue.clientId)) this.#kick(key, queue);
    });
  }

  /** Sends until the chat's queue is empty or an entry does not get through. */
  async #drain(queue: ChatQueue): Promise<void> {
    for (let entry = queue.entries[0]; entry && !this.#closed; entry = queue.entries[0]) {
      // A worker that is not ready tells when it is.
      if (!this.#sender.canSend(queue.clientId)) return;
      if (this.#tooEarly(queue, entry) || this.#tooMany(queue, entry)) return;
      if (!(await this.#send(queue, entry))) {
        this.#retryLater(queue);
        return;
      }
      queue.failures = 0;
      remove(queue, entry.id);
      this.#sent.add(entry.id);
      this.#crossOffSoon(CROSS_OFF_MS);
    }
  }

  /** Crossed off by us, or deleted together with its client. */
  #forget({ id, clientId, chatId }: OutboxEntry): void {
    const queue = this.#chats.get(conversationKey(clientId, chatId));
    if (!queue) return;
    remove(queue, id);
    if (queue.entries.length > 0) return;
    this.#held.letGo(clientId, queue);
    if (queue.sending) return;
    queue.timer?.cancel();
    this.#chats.delete(conversationKey(clientId, chatId));
  }

  /**
   * Takes what was sent out of the store, many at once: each write of the journal is waited for by customers whose turns are
   * behind it. Who dies before has his successor look into the chats before it repeats anything.
   */
  #crossOffSoon(delayMs: number): void {
    if (this.#crossOffTimer || this.#closed) return;
    this.#crossOffTimer = this.#clock.schedule(delayMs, () => {
      this.#crossOffTimer = undefined;
      void this.#crossOff();
    });
  }

  async #crossOff(): Promise<void> {
    const outboxIds = [...this.#sent];
    if (outboxIds.length === 0) return;
    try {
      await this.#stores.transact((tx) => {
        for (const outboxId of outboxIds) tx.outbox.delete(outboxId);
        this.#allowance.write(tx, this.#closed);
      });
      for (const outboxId of outboxIds) this.#sent.delete(outboxId);
    } catch (error) {
      this.#logger.warn(
        { messages: outboxIds.length, reason: errorText(error) },
        'sent messages could not be crossed off',
      );
    }
    if (this.#sent.size > 0) this.#crossOffSoon(CROSS_OFF_RETRY_MS);
  }

  async #send(queue: ChatQueue, entry: OutboxEntry): Promise<boolean> {
    const { id: outboxId, clientId, chatId, text, pictureId, createdAt: notBefore } = entry;
    const lookFirst = queue.maybeSent.has(outboxId);
    // What may have gone out and did not is said without its picture: should that be what it fails on, the chat would wait for ever.
    const picture = pictureId !== undefined && !lookFirst && { pictureId };
    const answer = await this.#sender
      .send({ clientId, outboxId, chatId, text, ...picture, notBefore, lookFirst })
      .catch((error: unknown) => ({ outcome: 'unknown', reason: errorText(error) }) as const);
    if (answer.outcome === 'sent') return true;
    if (answer.outcome === 'not-sent' && queue.counted.delete(outboxId)) this.#allowance.giveBack(clientId);
    if (answer.outcome === 'unknown') queue.maybeSent.add(outboxId);
    this.#logger.warn(
      { clientId, outboxId, outcome: answer.outcome, reason: answer.reason },
      'message not confirmed',
    );
    return false;
  }

  /** Some replies wait on purpose, and those behind them wait with them: a chat is told things in order. */
  #tooEarly(queue: ChatQueue, { sendAfter, createdAt }: OutboxEntry): boolean {
    const now = this.#clock.now();
    const waitMs = (sendAfter ?? 0) - now;
    // Before its own beginning: the clock was set back, perhaps by days, and nobody can tell how long it has waited.
    if (waitMs <= 0 || now < createdAt) return false;
    this.#kickLater(queue, waitMs);
    return true;
  }

  /**
   * Over the day's limit it waits; nothing is lost. What tells of money that came in does not wait, nor does what must be said in its
   * chat before it: a customer who reads "delivered" and after it "the prompt is on its way" has been lied to.
   */
  #tooMany(queue: ChatQueue, { id, clientId, chatId }: OutboxEntry): boolean {
    if (queue.counted.has(id)) return false;
    const aboutPaid = queue.entries.some((entry) => entry.aboutPaid);
    const over = this.#allowance.take(clientId, chatId, aboutPaid);
    if (over) {
      queue.held = true;
      this.#held.hold(clientId, queue, over);
      return true;
    }
    queue.counted.add(id);
    this.#held.letGo(clientId, queue);
    return false;
  }

  #retryLater(queue: ChatQueue): void {
    if (this.#closed) return;
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** queue.failures, LONGEST_RETRY_MS);
    queue.failures += 1;
    this.#kickLater(queue, delayMs);
  }

  #kickLater(queue: ChatQueue, delayMs: number): void {
    queue.timer = this.#clock.schedule(delayMs, () => {
      queue.timer = undefined;
      this.#kickQueue(queue);
    });
  }

  #kickQueue(queue: ChatQueue): void {
    const first = queue.entries[0];
    if (first) this.#kick(conversationKey(first.clientId, first.chatId), queue);
  }
}

function remove(queue: ChatQueue, outboxId: string): void {
  const index = queue.entries.findIndex(({ id }) => id === outboxId);
  if (index !== -1) queue.entries.splice(index, 1);
  queue.maybeSent.delete(outboxId);
  queue.counted.delete(outboxId);
}
