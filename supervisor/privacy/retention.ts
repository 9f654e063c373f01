import { type Clock, DAY_MS, HOUR_MS, type Timer } from '../../shared/clock.ts';
import type { Conversation } from '../../shared/conversation.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { isSettled, type Order } from '../../shared/order.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { conversationKey, type Stores, type Transaction } from '../stores/types.ts';
import { type Pseudonyms, peopleOf, withoutPeople } from './anonymise.ts';
import { redactedEvent, withoutReason } from './redact.ts';

export interface RetentionOptions {
  readonly stores: Stores;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: () => boolean;
}

/** How much a look has taken away. */
export interface Forgotten {
  readonly conversations: number;
  readonly orders: number;
  readonly auditEntries: number;
}

/** Not right after the start, which has better things to do. */
const FIRST_LOOK_MS = 10 * 60_000;
const LOOK_MS = 24 * HOUR_MS;
/** So many records are looked at before customers get their turn, and changed in one transaction. */
const BATCH = 100;

/**
 * Applies the retention settings once a day, and soon after each start: what is found is found again by the next look, so that a
 * look may be broken off at any moment.
 */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** Orders placed before this were gone through by this process. */
  #ordersDoneTo = Number.NEGATIVE_INFINITY;
  #keepDays = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(afterMs = FIRST_LOOK_MS): void {
    this.#timer = this.#options.clock.schedule(afterMs, () => {
      this.#looking = this.look()
        .catch((error: unknown) =>
          this.#options.logger.warn(
            { error: errorText(error) },
            'Old personal data could not be erased; tomorrow again',
          ),
        )
        .finally(() => {
          if (!this.#closed) this.start(LOOK_MS);
        });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  /** Applies the settings now. @returns what went. */
  async look(): Promise<Forgotten> {
    const { stores, clock, logger } = this.#options;
    const { conversationKeepDays, orderPersonKeepDays, auditKeepDays } = effectiveSettings(stores.settings);
    const before = (days: number): number => clock.now() - days * DAY_MS;
    const gone = {
      conversations: conversationKeepDays === 0 ? 0 : await this.#forgetChats(before(conversationKeepDays)),
      orders:
        orderPersonKeepDays === 0
          ? 0
          : await this.#erasePeople(before(orderPersonKeepDays), orderPersonKeepDays),
      auditEntries: await this.#clearAudit(
        auditKeepDays === 0 ? Number.NEGATIVE_INFINITY : before(auditKeepDays),
        orderPersonKeepDays === 0 ? Number.NEGATIVE_INFINITY : before(orderPersonKeepDays),
      ),
    };
    if (gone.conversations + gone.orders + gone.auditEntries > 0) {
      await stores.transact((tx) =>
        tx.audit.append({
          at: clock.now(),
          by: 'system',
          action: 'privacy.retention',
          note:
            `${gone.conversations} silent chats and ${gone.auditEntries} old audit entries forgotten, ` +
            `people erased from ${gone.orders} old orders`,
        }),
      );
      // Should this be broken off, the older files lose it with the next two snapshots.
      if (!this.#isEnding()) await stores.forgetPast();
      logger.info(gone, 'Old personal data was erased, as the settings say');
    }
    return gone;
  }

  async #forgetChats(before: number): Promise<number> {
    const { stores } = this.#options;
    const silent = (chat: Conversation | undefined): chat is Conversation =>
      chat !== undefined && chat.updatedAt < before;
    let gone = 0;
    for await (const chats of this.#batches(stores.conversations.values())) {
      const keys = chats.filter(silent).map((chat) => conversationKey(chat.clientId, chat.chatId));
      gone += await this.#change(keys, (tx, key) => {
        const chat = tx.conversations.get(key);
        // Whoever waits for something is not silent.
        if (
          !silent(chat) ||
          tx.orders.byChat(chat.clientId, chat.chatId, BATCH).some((order) => !isSettled(order))
        )
          return false;
        tx.conversations.delete(key);
        return true;
      });
    }
    return gone;
  }

  async #erasePeople(before: number, keepDays: number): Promise<number> {
    const { stores, pseudonyms } = this.#options;
    // A shorter period reaches orders that were passed over.
    if (keepDays !== this.#keepDays) this.#ordersDoneTo = Number.NEGATIVE_INFINITY;
    let gone = 0;
    let complete = true;
    let cursor: string | undefined;
    do {
      const page = stores.orders.page(
        { from: this.#ordersDoneTo, to: before },
        { limit: BATCH, ...(cursor !== undefined && { cursor }) },
      );
      const due = page.items.filter((order) => peopleOf(order).length > 0);
      complete &&= due.every(isSettled);
      await this.#redactTimelines(due.filter(isSettled));
      gone += await this.#change(
        due.map(({ orderNo }) => orderNo),
        (tx, orderNo) => eraseAll(tx, tx.orders.get(orderNo), pseudonyms),
      );
      cursor = page.nextCursor;
      await new Promise((resolve) => setImmediate(resolve));
    } while (cursor !== undefined && !this.#isEnding());
    // What is not finished yet is looked at again.
    if (complete && !this.#isEnding()) {
      this.#ordersDoneTo = before;
      this.#keepDays = keepDays;
    }
    return gone;
  }

  /** Before the orders themselves: what is broken off is found again by them. */
  async #redactTimelines(orders: readonly Order[]): Promise<void> {
    if (orders.length === 0 || this.#isEnding()) return;
    const people = new Map(orders.map((order) => [order.orderNo, new Set(peopleOf(order))]));
    await this.#options.stores.timelines.rewrite([...people.keys()], (entry, orderNo) =>
      redactedEvent(entry, people.get(orderNo) ?? new Set()),
    );
  }

  /** @returns how many entries were forgotten; what staff wrote about old orders goes besides */
  async #clearAudit(before: number, reasonsBefore: number): Promise<number> {
    if (this.#isEnding()) return 0;
    let forgotten = 0;
    await this.#options.stores.audit.rewrite((entry) => {
      if (entry.at >= before) return entry.at < reasonsBefore ? withoutReason(entry) : entry;
      forgotten += 1;
      return undefined;
    });
    return forgotten;
  }

  /** @returns how many were changed */
  async #change(keys: readonly string[], change: (tx: Transaction, key: string) => boolean): Promise<number> {
    if (keys.length === 0 || this.#isEnding()) return 0;
    return this.#options.stores.transact((tx) => keys.filter((key) => change(tx, key)).length);
  }

  async *#batches<T>(values: Iterable<T>): AsyncGenerator<readonly T[]> {
    let batch: T[] = [];
    for (const value of values) {
      batch.push(value);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#isEnding()) return;
    }
    yield batch;
  }

  #isEnding(): boolean {
    return this.#closed || this.#options.stopping();
  }
}

function eraseAll(tx: Transaction, order: Order | undefined, pseudonyms: Pseudonyms): boolean {
  if (!order || !isSettled(order)) return false;
  const without = withoutPeople(order, new Set(peopleOf(order)), pseudonyms);
  if (!without) return false;
  tx.orders.put(without);
  return true;
}
