import { createHmac } from 'node:crypto';
import { namesOf } from '../../shared/ban.ts';
import type { Order } from '../../shared/order.ts';
import { isPseudonym } from '../../shared/pseudonym.ts';

/** Gives a person (a phone or a chat id) the name that stands in orders in place of it. */
export type Pseudonyms = (person: string) => string;

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Pseudonyms are keyed digests: always the same for the same person, and of no use to whoever tries all Kenyan numbers without the key.
 * @param secret kept with the data, so that it is the same after a restored backup
 */
export function createPseudonyms(secret: string): Pseudonyms {
  return (person) => {
    const digest = createHmac('sha256', secret).update(`pseudonym:${person}`).digest();
    const letters = Array.from(digest.subarray(0, 8), (byte) => BASE32.charAt(byte % 32)).join('');
    return `erased-${letters}-${String(digest.readUInt32BE(8) % 10_000).padStart(4, '0')}`;
  };
}

/** Whom an order is about, by all names: payer, recipient, customer and the chat itself. */
export function peopleOf(order: Order): readonly string[] {
  const { payerPhone, recipientPhone } = order;
  return [...new Set([payerPhone, recipientPhone, ...namesOf(order)])].filter((name) => !isPseudonym(name));
}

/**
 * An order without some of its people. Pure.
 * @param names whom to take out, by phone and chat id
 * @param main the one name of each of them, of which the pseudonym is made
 * @returns undefined when none of them is in it
 */
export function withoutPeople(
  order: Order,
  names: ReadonlySet<string>,
  pseudonyms: Pseudonyms,
  main: (name: string) => string = (name) => name,
): Order | undefined {
  const gone = peopleOf(order).filter((name) => names.has(name));
  if (gone.length === 0) return undefined;
  const named = (name: string): string => (names.has(name) ? pseudonyms(main(name)) : name);
  const cleaned = (text: string): string =>
    gone.reduce((rest, name) => withoutName(rest, name, named(name)), text);
  const { chatId, customerPhone, payment, delivery } = order;
  // A chat is the customer's, under whichever name.
  const ofChat = isPseudonym(chatId) ? undefined : namesOf(order).find((name) => names.has(name));
  return {
    ...order,
    payerPhone: named(order.payerPhone),
    recipientPhone: named(order.recipientPhone),
    ...(customerPhone !== undefined && { customerPhone: named(customerPhone) }),
    ...(ofChat !== undefined && { chatId: named(ofChat) }),
    payment: { ...payment, ...(payment.reason !== undefined && { reason: cleaned(payment.reason) }) },
    delivery: { ...delivery, ...(delivery.reason !== undefined && { reason: cleaned(delivery.reason) }) },
    attention: order.attention.map((flag) => ({ ...flag, note: cleaned(flag.note) })),
  };
}

/** A text without a person's number, in whichever form a gateway or a member of staff wrote it. */
export function withoutName(text: string, name: string, pseudonym: string): string {
  const subscriber = /^254(\d{9})$/.exec(name)?.[1];
  if (subscriber === undefined) return text.replaceAll(name, pseudonym);
  const digits = [...subscriber].join('[\\s.-]{0,2}');
  const prefix = '(?:(?:\\+|00)?254|0)';
  return text.replace(new RegExp(`(?<!\\d)(?:${prefix}[\\s.-]{0,2})?${digits}(?!\\d)`, 'g'), pseudonym);
}
