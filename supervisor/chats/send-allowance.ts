import type { Client } from '../../shared/client.ts';
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { startOfDay } from '../../shared/nairobi.ts';
import { type Settings, settingsFor } from '../../shared/settings.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { conversationKey, type Stores, type Transaction } from '../stores/types.ts';

/** Who wrote within this time is waiting for an answer. */
const JUST_WROTE_MS = 10 * MINUTE_MS;
/** This share of a day's messages is kept for those who are waiting. */
const KEPT_FOR_ANSWERS = 0.2;
/** The counts are written together with other changes, at most so often for one client. */
const WRITE_EVERY_MS = 10 * SECOND_MS;

type Sends = NonNullable<Client['sends']>;
type Limits = Pick<Settings, 'messagesPerDay' | 'warmUpFirstDayMessages' | 'warmUpDays'>;

/** A message must wait for the next day. */
export interface OverLimit {
  /** By which limit: the one of the day, or the lower one for what nobody has just asked for. */
  readonly kind: keyof Room;
  readonly reason: string;
}

/** What may still go out today. */
export interface Room {
  readonly answers: boolean;
  readonly notices: boolean;
}

/**
 * How many messages a number may send on a day: WhatsApp bans numbers that are new and busy.
 * @param days since the number's first day
 */
export function dayAllowance(limits: Limits, days: number): number {
  const { messagesPerDay, warmUpFirstDayMessages, warmUpDays } = limits;
  if (messagesPerDay === 0) return Number.POSITIVE_INFINITY;
  if (days >= warmUpDays) return messagesPerDay;
  const first = Math.min(warmUpFirstDayMessages, messagesPerDay);
  return Math.round(first + ((messagesPerDay - first) * Math.max(days, 0)) / warmUpDays);
}

/**
 * Counts what each bot sends on WhatsApp in a day of Nairobi's, and says when a message must wait for the next one. What is in
 * memory counts; a crash forgets the last seconds, which a protection against bans can bear.
 */
export class SendAllowance {
  readonly #stores: Stores;
  readonly #clock: Clock;
  readonly #sends = new Map<string, Sends>();
  readonly #writtenAt = new Map<string, number>();

  constructor(stores: Stores, clock: Clock) {
    this.#stores = stores;
    this.#clock = clock;
  }

  /**
   * Counts a message that is about to go out.
   * @param always counts it, and lets it pass whatever the limit says
   * @returns why it must wait instead, if it must
   */
  take(clientId: string, chatId: string, always: boolean): OverLimit | undefined {
    const client = this.#stores.clients.get(clientId);
    if (!client || client.mode === 'sandbox') return undefined;
    const now = this.#clock.now();
    const sends = this.#today(client, now);
    const over = always ? undefined : this.#over(client, chatId, sends, now);
    if (!over) this.#sends.set(clientId, { ...sends, count: sends.count + 1 });
    return over;
  }

  /** Tells whether it is worth trying again what had to wait. */
  room(clientId: string): Room {
    const client = this.#stores.clients.get(clientId);
    if (!client || client.mode === 'sandbox') return { answers: true, notices: true };
    const sends = this.#today(client, this.#clock.now());
    const { answers, notices } = this.#limits(client, sends);
    return { answers: sends.count < answers, notices: sends.count < notices };
  }

  #over(client: Client, chatId: string, { count, ...sends }: Sends, now: number): OverLimit | undefined {
    const limits = this.#limits(client, sends);
    if (count < limits.notices) return undefined;
    const wroteAt = this.#stores.conversations.get(conversationKey(client.id, chatId))?.updatedAt ?? 0;
    const kind = now - wroteAt < JUST_WROTE_MS ? 'answers' : 'notices';
    if (count < limits[kind]) return undefined;
    return {
      kind,
      reason: `Today's limit of ${limits.answers} WhatsApp messages is reached; more go out after midnight`,
    };
  }

  #limits(client: Client, { dayStartsAt, firstAt }: Omit<Sends, 'count'>): Record<keyof Room, number> {
    const settings = settingsFor(effectiveSettings(this.#stores.settings), client.overrides);
    const answers = dayAllowance(settings, Math.round((dayStartsAt - startOfDay(firstAt)) / DAY_MS));
    return { answers, notices: Math.ceil(answers * (1 - KEPT_FOR_ANSWERS)) };
  }

  /** A message that was counted certainly did not go out. */
  giveBack(clientId: string): void {
    const sends = this.#sends.get(clientId);
    if (sends && sends.count > 0) this.#sends.set(clientId, { ...sends, count: sends.count - 1 });
  }

  /** Writes the counts that have changed and were not written lately. @param all also those that were */
  write(tx: Transaction, all = false): void {
    const now = this.#clock.now();
    for (const [clientId, sends] of this.#sends) {
      const client = tx.clients.get(clientId);
      if (!client) this.#sends.delete(clientId);
      if (!client || client.sends === sends) continue;
      if (!all && now - (this.#writtenAt.get(clientId) ?? 0) < WRITE_EVERY_MS) continue;
      this.#writtenAt.set(clientId, now);
      tx.clients.put({ ...client, sends });
    }
  }

  /** Another number, and a clock that says another day, begin anew. */
  #today({ id, phone, sends: stored }: Client, now: number): Sends {
    const dayStartsAt = startOfDay(now);
    const known = this.#sends.get(id) ?? stored;
    const sameNumber = known !== undefined && (known.phone === phone || known.phone === undefined);
    if (sameNumber && known.dayStartsAt === dayStartsAt && known.phone === phone) return known;
    return {
      ...(phone !== undefined && { phone }),
      firstAt: sameNumber ? known.firstAt : now,
      dayStartsAt,
      count: sameNumber && known.dayStartsAt === dayStartsAt ? known.count : 0,
    };
  }
}
