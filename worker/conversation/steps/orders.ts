import {
  CONFIRM_TTL_MS,
  type CustomerOrder,
  type Quote,
  type TurnContext,
} from '../../../shared/conversation.ts';
import { findOrderNo } from '../../../shared/ids.ts';
import { formatKes } from '../../../shared/money.ts';
import { findReceipt } from '../../../shared/order.ts';
import { ownNumber, whoScreen } from '../screens/buying.ts';
import { confirmScreen, purchaseOf, quoteFor } from '../screens/confirm.ts';
import { helpScreen, isClosed, menuScreen } from '../screens/menu.ts';
import { complaintScreen, orderScreen, ordersScreen, waitingScreen } from '../screens/orders.ts';
import type { Screen, ScreenOf } from '../state.ts';
import { awaitsPayment, canComplain, canRepeat, canRetry, oneLineStatus, orderValues } from '../status.ts';
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
    if (choice === 1) return isClosed(context) ? menuScreen(talk) : whoScreen(talk, null);
    if (choice === 3) return helpScreen(talk);
    return preface(say('notUnderstood'), ordersScreen(talk));
  }
  const orderNo = choice === undefined ? undefined : at.orderNos[choice - 1];
  if (orderNo === undefined) return show(at, say('notUnderstood'), say('ordersHint'));
  const order = orderNumbered(context, orderNo);
  // Ten newer orders have pushed it out of sight since the list was shown.
  return order ? orderScreen(talk, order) : ordersScreen(talk);
}

export function orderStep(talk: Talk, at: ScreenOf<'order'>, text: string): Turn {
  const { context, say } = talk;
  const order = orderNumbered(context, at.orderNo);
  if (!order) return ordersScreen(talk);
  if (choiceOf(text) === 1 && canRepeat(order)) return buyAgain(talk, order);
  if (choiceOf(text) === 2 && canComplain(order)) return complaintScreen(talk, order.orderNo);
  return preface(say('notUnderstood'), orderScreen(talk, order));
}

/** The M-Pesa code of "I paid but got nothing"; what has one was taken by `receiptStep`. */
export function complaintStep(talk: Talk, at: ScreenOf<'complaint'>): Turn {
  return show(at, talk.say('complaintNoCode'));
}

/** M-Pesa's SMS, in both of its languages. */
const MPESA_SMS = /\b(?:confirmed|imethibitishwa)\b/i;

/**
 * M-Pesa's code where it was asked for, in any writing; the whole SMS may be pasted. Elsewhere only as M-Pesa writes it, for
 * an order that has not brought its airtime. The SMS of any other payment is never taken for a wish, whatever names it holds.
 * Undefined: nothing of the kind.
 */
export function receiptStep(talk: Talk, at: Screen, text: string): Turn | undefined {
  const { context, say } = talk;
  const receipt = findReceipt(text);
  if (receipt === undefined) return undefined;
  if (at.screen === 'complaint') return complained(talk, at.orderNo, receipt);
  if (!text.includes(receipt)) return undefined;
  const order = context.mentionedOrder ?? orderAt(talk, at);
  const mayComplain = order !== undefined && order.status !== 'delivered' && canComplain(order);
  // Whatever else is under way: a code that is on record is that order's.
  const paid = [...(order ? [order] : []), ...context.orders].find((one) => isPaidWith(one, receipt));
  if (paid && !(mayComplain && paid.orderNo === order.orderNo)) return paidWithTurn(talk, paid, receipt);
  if (mayComplain) return complained(talk, order.orderNo, receipt);
  if (order !== undefined && awaitsPayment(order)) return notSeen(talk, order);
  if (!MPESA_SMS.test(text)) return undefined;
  const choose = context.orders.some(canComplain) ? say('paymentUnmatchedChoose') : '';
  const unmatched = [say('paymentUnmatched'), choose].filter((line) => line !== '').join(' ');
  return preface(unmatched, prefaced(contactLine(talk), ordersScreen(talk)));
}

function isPaidWith({ receipt, second }: CustomerOrder, code: string): boolean {
  return receipt === code || second?.receipt === code;
}

/** Where the order stands that a payment went into; of a second payment that went back, that it did. */
function paidWithTurn(talk: Talk, order: CustomerOrder, code: string): Turn {
  const { second } = order;
  const shown = orderScreen(talk, order);
  if (second?.receipt !== code || !second.refund) return shown;
  const { amountKes, receipt } = second.refund;
  const values = { ...orderValues(order), back: formatKes(amountKes), code: receipt };
  return preface(talk.say('noticeSecondRefunded', values), shown);
}

/** Whom to ask about money that no order here tells of; empty where the shop names nobody. */
function contactLine({ context: { shop }, say }: Talk): string {
  return shop.contact === '' ? '' : say('noticeContact', { shop: shop.name, contact: shop.contact });
}

const prefaced = (text: string, turn: Turn): Turn => (text === '' ? turn : preface(text, turn));

/** Paid on the phone perhaps, but not seen to be: M-Pesa tells of a payment some seconds later. */
function notSeen(talk: Talk, order: CustomerOrder): Turn {
  return preface(talk.say('paymentNotSeen'), orderScreen(talk, order));
}

function complained({ say }: Talk, orderNo: string, receipt: string): Turn {
  return {
    screen: { screen: 'order', orderNo },
    replies: [say('complaintTaken', { orderNo, receipt })],
    effects: [{ type: 'complain', orderNo, receipt }],
  };
}

/** "I paid": where the order stands and, unless there is nothing to complain of, the question for M-Pesa's code. */
export function paidTurn(talk: Talk, at: Screen): Turn {
  const order = orderAt(talk, at);
  if (order === undefined) return prefaced(contactLine(talk), ordersScreen(talk));
  if (awaitsPayment(order)) return notSeen(talk, order);
  if (!canComplain(order)) return orderScreen(talk, order);
  const asked = complaintScreen(talk, order.orderNo);
  // To someone who says that he paid, "not paid" would be a claim that nobody can make.
  return order.status === 'failed' ? asked : preface(oneLineStatus(talk.say, order), asked);
}

/** The order that the chat stands at, else its newest. */
function orderAt({ context }: Talk, at: Screen): CustomerOrder | undefined {
  switch (at.screen) {
    case 'waiting':
      return orderOf(context, at.quote);
    case 'order':
    case 'complaint':
      return orderNumbered(context, at.orderNo);
    default:
      return context.orders[0];
  }
}

export function orderNumbered({ orders }: TurnContext, orderNo: string): CustomerOrder | undefined {
  return orders.find((order) => order.orderNo === orderNo);
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
