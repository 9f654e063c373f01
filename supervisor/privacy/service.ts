import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { isSettled, type Order, orderStatus, type TimelineEntry } from '../../shared/order.ts';
import { oneLine } from '../../shared/plain-text.ts';
import { conversationKey, type Stores } from '../stores/types.ts';
import { type Pseudonyms, withoutPeople } from './anonymise.ts';
import { findPerson, type PersonRecords } from './person.ts';
import { redactedDeed, redactedEvent, withoutNames } from './redact.ts';

/** Who asked, and how; stands in the audit for years, so it must not name the number. */
export const erasureReasonSchema = oneLine(200).pipe(z.string().min(1, 'Say why'));

export interface PersonExport extends Omit<PersonRecords, 'names' | 'orders'> {
  readonly names: readonly string[];
  readonly orders: ReadonlyArray<{ readonly order: Order; readonly timeline: readonly TimelineEntry[] }>;
}

/** What an erasure did. */
export interface Erasure {
  /** What stands in the orders that were kept. */
  readonly pseudonym: string;
  readonly conversations: number;
  readonly orders: number;
  readonly messages: number;
  /** Bans stay, without their texts: a person must not get rid of a ban in this way. */
  readonly bans: number;
  /** Bots whose settings still name the number as an admin's. */
  readonly adminOf: readonly string[];
  /** False: the disk had no room to write the older files anew, so they hold the person until two snapshots later. */
  readonly olderFilesToo: boolean;
}

/** One person's rights to what is on record of them: to have it, and to have it erased. */
export interface PrivacyService {
  /** @param who a phone in any Kenyan form, or a chat id. @throws AppError `invalid` naming `phone` */
  export(who: string, by: string): Promise<PersonExport>;
  /**
   * Forgets a person. Finished orders are kept for the books, under a pseudonym.
   * @throws AppError `invalid` naming `phone`; `conflict` while an order of theirs is not finished
   */
  erase(who: string, reason: string, by: string): Promise<Erasure>;
}

export function createPrivacyService(options: {
  readonly stores: Stores;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
}): PrivacyService {
  const { stores, pseudonyms, clock } = options;
  return {
    async export(who, by) {
      const found = await stores.transact((tx) => {
        const records = findPerson(tx, who);
        tx.audit.append({
          at: clock.now(),
          by,
          action: 'person.export',
          subject: pseudonyms(records.person),
        });
        return records;
      });
      const timelines = await Promise.all(
        found.orders.map(async (order) => ({ order, timeline: await stores.timelines.read(order.orderNo) })),
      );
      return { ...found, names: [...found.names], orders: timelines };
    },

    async erase(who, reason, by) {
      const asked = await stores.transact((tx) => assertFinished(findPerson(tx, who)));
      // The logs first: whoever is gone from the orders is not found in them any more, should this be broken off.
      await redactLogs(stores, asked);
      const erased = await stores.transact((tx) => {
        const found = assertFinished(findPerson(tx, who));
        const { person, names, conversations, orders, bans, waiting, adminOf } = found;
        for (const { clientId, chatId } of conversations)
          tx.conversations.delete(conversationKey(clientId, chatId));
        for (const { id } of waiting) tx.outbox.delete(id);
        for (const ban of bans) {
          const { reason: _, message: __, ...bare } = ban;
          tx.bans.put({ ...bare, updatedAt: clock.now() });
        }
        const pseudonym = pseudonyms(person);
        for (const order of orders) {
          const without = withoutPeople(order, names, pseudonyms, () => person);
          if (!without) continue;
          tx.orders.put(without);
          tx.timelines.append(order.orderNo, { at: clock.now(), event: 'person-erased', by });
        }
        // The number itself would stay in the audit for years.
        const note = withoutNames(reason, names);
        tx.audit.append({ at: clock.now(), by, action: 'person.erase', subject: pseudonym, note });
        return {
          pseudonym,
          conversations: conversations.length,
          orders: orders.length,
          messages: waiting.length,
          bans: bans.length,
          adminOf: adminOf.map(({ name }) => name),
        };
      });
      // The person is erased whatever becomes of this: at a shutdown it is refused, and the answer must not sound as if nothing had been done.
      const olderFilesToo = await stores.forgetPast().catch(() => false);
      return { ...erased, olderFilesToo };
    },
  };
}

/** @throws AppError `conflict` */
function assertFinished(found: PersonRecords): PersonRecords {
  const unfinished = found.orders.find((order) => !isSettled(order));
  if (unfinished) throw new AppError('conflict', whyNot(unfinished));
  return found;
}

async function redactLogs(stores: Stores, { names, orders }: PersonRecords): Promise<void> {
  const orderNos = new Set(orders.map(({ orderNo }) => orderNo));
  await stores.timelines.rewrite([...orderNos], (entry) => redactedEvent(entry, names));
  await stores.audit.rewrite((entry) => redactedDeed(entry, names, orderNos));
}

function whyNot(order: Order): string {
  const { orderNo } = order;
  const status = orderStatus(order);
  if (status === 'attention')
    return `Order ${orderNo} of this person needs attention. Settle it first; then the person can be erased`;
  if (status === 'open')
    return `Order ${orderNo} of this person is open. Wait until it is finished; then the person can be erased`;
  return `M-Pesa may still report a payment for order ${orderNo} of this person, for up to four days after it. Try again then`;
}
