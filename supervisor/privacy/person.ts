import type { Ban } from '../../shared/ban.ts';
import { namesOf, parsePerson } from '../../shared/ban.ts';
import type { Client } from '../../shared/client.ts';
import type { Conversation, OutboxEntry } from '../../shared/conversation.ts';
import { AppError } from '../../shared/errors.ts';
import type { Order } from '../../shared/order.ts';
import type { OrderReader, OutboxReader, Reader } from '../stores/types.ts';

/** What is read to find a person; a transaction is one of these. */
export interface PersonSource {
  readonly clients: Reader<Client>;
  readonly orders: OrderReader;
  readonly conversations: Reader<Conversation>;
  readonly outbox: OutboxReader;
  readonly bans: Reader<Ban>;
}

/** Everything on record that is about one person. */
export interface PersonRecords {
  /** The phone where it is known, else the chat's id. */
  readonly person: string;
  /** Every name under which the person is known here. */
  readonly names: ReadonlySet<string>;
  readonly conversations: readonly Conversation[];
  readonly orders: readonly Order[];
  readonly bans: readonly Ban[];
  /** Messages that still wait to be sent. */
  readonly waiting: readonly OutboxEntry[];
  /** Bots that know the number as one of their admins'. */
  readonly adminOf: readonly Client[];
}

const PAGE = 200;
const CHAT_LIMIT = 100_000;

/** @throws AppError `invalid` naming `phone` */
export function findPerson(source: PersonSource, written: string): PersonRecords {
  const asked = parsePerson(written);
  if (asked === undefined)
    throw new AppError('invalid', 'Expected a Kenyan mobile number such as 0700000001, or a chat id', {
      field: 'phone',
    });
  const conversations = [...source.conversations.values()].filter((chat) => namesOf(chat).includes(asked));
  const names = new Set([asked, ...conversations.flatMap((chat) => [chat.chatId, ...namesOf(chat)])]);
  const person = [...names].find((name) => /^254\d{9}$/.test(name)) ?? asked;
  const orders = new Map<string, Order>();
  for (const name of names)
    for (const order of ordersOf(source.orders, name)) orders.set(order.orderNo, order);
  for (const { clientId, chatId } of conversations)
    for (const order of source.orders.byChat(clientId, chatId, CHAT_LIMIT)) orders.set(order.orderNo, order);
  for (const { chatId } of orders.values()) if (isOwn(names, chatId)) names.add(chatId);
  return {
    person,
    names,
    conversations,
    orders: [...orders.values()].sort((a, b) => a.createdAt - b.createdAt),
    bans: [...source.bans.values()].filter((ban) => names.has(ban.person)),
    waiting: [...source.outbox.values()].filter(({ chatId }) => isOwn(names, chatId)),
    adminOf: [...source.clients.values()].filter(({ adminPhones }) =>
      adminPhones.some((phone) => names.has(phone)),
    ),
  };
}

const isOwn = (names: ReadonlySet<string>, chatId: string): boolean =>
  namesOf({ chatId }).some((name) => names.has(name));

/** Orders in which a phone pays, receives or asks. */
function* ordersOf(orders: OrderReader, name: string): Generator<Order> {
  if (!/^254\d{9}$/.test(name)) return;
  let cursor: string | undefined;
  do {
    const page = orders.page({ q: name }, { limit: PAGE, ...(cursor !== undefined && { cursor }) });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
