import type { Ban } from '../../shared/ban.ts';
import type { Client } from '../../shared/client.ts';
import { saidText, type TurnContext } from '../../shared/conversation.ts';
import { findOrderNo, newId } from '../../shared/ids.ts';
import type { TurnBegin } from '../../shared/ipc.ts';
import { closedAt } from '../../shared/opening-hours.ts';
import { isErased } from '../../shared/order.ts';
import { settingsFor } from '../../shared/settings.ts';
import { customerView } from '../orders/customer-view.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { textsFor } from '../stores/own-texts.ts';
import { conversationKey, type Stores } from '../stores/types.ts';
import { findBan } from './bans.ts';

const SHOWN_ORDERS = 10;

/** The facts that one turn may use. Only this chat's own orders are among them, so nobody learns of another's by typing a number. */
export function turnContext(facts: {
  readonly client: Client;
  readonly request: TurnBegin;
  readonly stores: Stores;
  readonly now: number;
  /** True: the client's payment keys can be used. */
  readonly ready: boolean;
  /** The number by which the person who writes is an admin of this client. */
  readonly adminPhone?: string | undefined;
}): TurnContext {
  const { client, request, stores, now } = facts;
  const settings = settingsFor(effectiveSettings(stores.settings), client.overrides);
  const customerPhone =
    request.customerPhone ??
    stores.conversations.get(conversationKey(client.id, request.chatId))?.customerPhone;
  const closed = closedAt(now, settings);
  const texts = textsFor(stores.texts, client.id);
  const mentioned = mentionedOrder(facts, customerPhone);
  const ban = findBan(stores.bans, client.id, { chatId: request.chatId, customerPhone });
  return {
    now,
    freshId: newId('cf'),
    mode: client.mode,
    language: settings.language,
    ...(texts && { texts }),
    shop: {
      name: client.name,
      contact: settings.contact,
      minAmountKes: settings.minAmountKes,
      maxAmountKes: settings.maxAmountKes,
      discountPercent: settings.discountPercent,
      quickAmountsKes: settings.quickAmountsKes,
      paused: client.paused || client.approved === false,
      ready: facts.ready,
      rememberedNumbers: settings.rememberedNumbers,
      ...(client.picture && { pictureId: client.picture.id }),
    },
    limits: {
      burst: settings.messagesInARow,
      perMinute: settings.messagesPerMinute,
      slowed: settings.messagesSlowed,
      repeats: settings.messageRepeats,
    },
    ...(closed && { closed }),
    ...(customerPhone !== undefined && { customerPhone }),
    ...(ban && { ban: banFacts(ban, settings.banMessage) }),
    orders: stores.orders
      .byChat(client.id, request.chatId, SHOWN_ORDERS)
      // Nothing is offered of a person who was erased, to a friend's chat neither.
      .filter((order) => !isErased(order))
      .map(customerView),
    ...mentioned,
    ...(facts.adminPhone !== undefined && { admin: { phone: facts.adminPhone } }),
  };
}

/** Names of staff are nobody's business but staff's. @param usual what the shop tells everybody whom it has banned; empty: nothing of its own */
function banFacts(ban: Ban, usual: string): NonNullable<TurnContext['ban']> {
  const { message = usual, reason } = ban;
  return { ...(message !== '' && { message }), ...(reason !== undefined && { reason }) };
}

/**
 * What may be said of the order whose number stands in the message: all of it in its own chat; to the very customer, by the number
 * that the chat network vouches for, which other shop has it; to anybody else, nothing.
 */
function mentionedOrder(
  { client, request, stores }: Parameters<typeof turnContext>[0],
  customerPhone: string | undefined,
): Pick<TurnContext, 'mentionedOrder' | 'orderElsewhere'> {
  const orderNo = findOrderNo(saidText(request.content));
  const order = orderNo === undefined ? undefined : stores.orders.get(orderNo);
  if (!order || isErased(order)) return {};
  if (order.clientId === client.id) {
    return order.chatId === request.chatId ? { mentionedOrder: customerView(order) } : {};
  }
  const shop = stores.clients.get(order.clientId);
  if (!shop || customerPhone === undefined || order.customerPhone !== customerPhone) return {};
  return { orderElsewhere: { orderNo: order.orderNo, shopName: shop.name } };
}
