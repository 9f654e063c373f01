import {
  CONFIRM_TTL_MS,
  type CustomerOrder,
  type Quote,
  type TurnContext,
} from '../../../shared/conversation.ts';
import { findOrderNo } from '../../../shared/ids.ts';
import { findReceipt } from '../../../shared/order.ts';
import { ownNumber, whoScreen } from '../screens/buying.ts';
import { confirmScreen, purchaseOf, quoteFor } from '../screens/confirm.ts';
import { helpScreen, isClosed, menuScreen } from '../screens/menu.ts';
import { complaintScreen, orderScreen, ordersScreen, waitingScreen } from '../screens/orders.ts';
import type { ScreenOf } from '../state.ts';
import { canComplain, canRepeat, canRetry } from '../status.ts';
import { preface, show, type Talk, type Turn } from '../turn.ts';
import { answerOf, choiceOf } from '../understand.ts';
import { placeOrder } from './confirm.ts';

/** A second tap of the "1" that ordered must not become a second order, however quickly the first one has failed. */
const DOUBLE_TAP_MS = 1_000;

/** After an order: says where it stands; one step repeats it when it was not paid. */
export function waitingStep(talk: Talk, at: ScreenOf<'waiting'>, text: string): Turn {
  const order = orderOf(talk.context, at.quote);
  if (!order) return menuScreen(talk);
  if (canRetry(order)) {
    const choice = choiceOf(text);
    const answer = answerOf(text);
    if (choice === 1 || answer === 'yes') return retryAtOnce(talk, at, order);
    if (choice === 2 || answer === 'no') return menuScreen(talk);
  }
  return waitingScreen(talk, at, order);
}

/**
 * The failed purchase of this conversation once more, in one step. Another price, or an offer older than a confirm may be,
 * asks for a new confirm.
 */
export function retryAtOnce(talk: Talk, at: ScreenOf<'waiting'>, order: CustomerOrder): Turn {
  const { context, say, sentAt } = talk;
  if (isClosed(context)) return menuScreen(talk);
  if (sentAt - order.createdAt < DOUBLE_TAP_MS) return waitingScreen(talk, at, order);
  const quote = quoteFor(talk, purchaseOf(at));
  if (quote.payableKes !== at.quote.payableKes) {
    return preface(say('confirmPrice'), confirmScreen(talk, purchaseOf(at)));
  }
  if (context.now - at.offeredAt > CONFIRM_TTL_MS) return confirmScreen(talk, purchaseOf(at));
  return placeOrder(talk, at.forSelf, quote);
}

/**
 * The order that a confirmed purchase became: orders do not show their confirm ids, so it is this chat's newest one that
 * equals the purchase.
 */
export function orderOf(context: TurnContext, quote: Quote): CustomerOrder | undefined {
  return context.orders.find(
    (order) =>
      order.amountKes === quote.amountKes &&
      order.recipientPhone === quote.recipientPhone &&
      order.payerPhone === quote.payerPhone,
  );
}

export function ordersStep(talk: Talk, at: ScreenOf<'orders'>, text: string): Turn {
  const { context, say } = talk;
  const choice = choiceOf(text);
  if (at.orderNos.length === 0) {
    if (choice === 1) return isClosed(context) ? menuScreen(talk) : whoScreen(talk);
    if (choice === 3) return helpScreen(talk);
    return preface(say('notUnderstood'), ordersScreen(talk));
  }
  const orderNo = choice === undefined ? undefined : at.orderNos[choice - 1];
  if (orderNo === undefined) return show(at, say('notUnderstood'), say('ordersHint'));
  const order = context.orders.find((candidate) => candidate.orderNo === orderNo);
  // Ten newer orders have pushed it out of sight since the list was shown.
  return order ? orderScreen(talk, order) : ordersScreen(talk);
}

export function orderStep(talk: Talk, at: ScreenOf<'order'>, text: string): Turn {
  const { context, say } = talk;
  const order = context.orders.find((candidate) => candidate.orderNo === at.orderNo);
  if (!order) return ordersScreen(talk);
  if (choiceOf(text) === 1 && canRepeat(order)) return buyAgain(talk, order);
  if (choiceOf(text) === 2 && canComplain(order)) return complaintScreen(talk, order.orderNo);
  return preface(say('notUnderstood'), orderScreen(talk, order));
}

/** The M-Pesa code of "I paid but got nothing"; the whole SMS may be pasted. */
export function complaintStep(talk: Talk, at: ScreenOf<'complaint'>, text: string): Turn {
  const { say } = talk;
  const receipt = findReceipt(text);
  if (receipt === undefined) return show(at, say('complaintNoCode'));
  const { orderNo } = at;
  return {
    screen: { screen: 'order', orderNo },
    replies: [say('complaintTaken', { orderNo, receipt })],
    effects: [{ type: 'complain', orderNo, receipt }],
  };
}

/** The purchase of an earlier order again, by way of a confirm. */
export function buyAgain(talk: Talk, order: CustomerOrder): Turn {
  const { context } = talk;
  if (isClosed(context)) return menuScreen(talk);
  const { amountKes, recipientPhone, payerPhone } = order;
  const forSelf = recipientPhone === ownNumber(talk);
  return confirmScreen(talk, { amountKes, recipientPhone, payerPhone, forSelf });
}

/** An order number in the text leads to that order from anywhere; undefined when there is none in it. */
export function orderNumberStep(talk: Talk, text: string): Turn | undefined {
  const { context, say } = talk;
  if (context.mentionedOrder) return orderScreen(talk, context.mentionedOrder);
  if (findOrderNo(text) === undefined) return undefined;
  if (context.orderElsewhere) {
    const { orderNo, shopName: shop } = context.orderElsewhere;
    return preface(say('orderElsewhere', { orderNo, shop }), ordersScreen(talk));
  }
  return preface(say('orderNotYours'), ordersScreen(talk));
}
