import type { Clock } from '../../../shared/clock.ts';
import type { IncomingMessage } from '../transport.ts';
import type { BrowserSession } from './browser-session.ts';
import { NOT_FROM_A_PERSON, readMessage } from './messages.ts';
import { type UnreadQuery, unreadMessages } from './page.ts';

/** Fewer than the supervisor remembers of a chat, so that whatever is offered again is known there. */
const PER_CHAT = 20;
const MAX_CHATS = 2_000;

/**
 * Messages of which no event came: they came while nobody listened, or the event was lost with its page. WhatsApp still counts them
 * as unread, so a chat is marked as seen only when each of its unread messages has been taken.
 */
export class UnreadMessages {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  /** The latest that were taken, of each chat that was heard of lately. */
  readonly #taken = new Map<string, readonly string[]>();

  constructor(clock: Clock, maxAgeMs: number) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Looks into all chats. */
  find(session: BrowserSession): Promise<readonly IncomingMessage[]> {
    return this.#look(session, undefined);
  }

  /**
   * A message has been taken: marks its chat as seen, which is a courtesy to the customer.
   * @returns what is unread there besides, in which case nothing is marked
   */
  async see(
    session: BrowserSession,
    { chatId, messageId }: IncomingMessage,
  ): Promise<readonly IncomingMessage[]> {
    const taken = [...(this.#taken.get(chatId) ?? []), messageId].slice(-2 * PER_CHAT);
    this.#taken.delete(chatId);
    this.#taken.set(chatId, taken);
    const oldest = this.#taken.keys().next();
    if (this.#taken.size > MAX_CHATS && !oldest.done) this.#taken.delete(oldest.value);
    return session.ready ? this.#look(session, { chatId, taken }) : [];
  }

  async #look(session: BrowserSession, see: UnreadQuery['see']): Promise<readonly IncomingMessage[]> {
    const since = Math.floor((this.#clock.now() - this.#maxAgeMs) / 1_000);
    const query = { perChat: PER_CHAT, since, notices: NOT_FROM_A_PERSON.source, ...(see && { see }) };
    const unread = await session.inPage('Reading unread messages', unreadMessages, query);
    return unread
      .flatMap((raw) => readMessage(raw) ?? [])
      .filter(({ chatId, messageId }) => !this.#taken.get(chatId)?.includes(messageId));
  }
}
