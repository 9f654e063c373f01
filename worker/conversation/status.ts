import type { CustomerOrder } from '../../shared/conversation.ts';
import { formatKes } from '../../shared/money.ts';
import type { DeclineCause, DeliveryState, PaymentState } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import type { Say, TextKey } from './texts/catalogue.ts';

/** An order's figures as texts show them. */
export function orderValues(order: CustomerOrder) {
  return {
    orderNo: order.orderNo,
    amount: formatKes(order.amountKes),
    price: formatKes(order.payableKes),
    recipient: formatPhone(order.recipientPhone),
    payer: formatPhone(order.payerPhone),
  };
}

/** True: nothing was paid and nothing is on its way, so that the same purchase may be tried anew. */
export function canRetry(order: CustomerOrder): boolean {
  return (
    order.status === 'failed' &&
    order.deliveryState === 'none' &&
    (order.paymentState === 'declined' || order.paymentState === 'expired')
  );
}

/** True: this purchase is over, so that the same once more is a wish and no impatience. */
export function canRepeat(order: CustomerOrder): boolean {
  return order.status === 'delivered' || canRetry(order);
}

/** True: the prompt is out, or about to be. */
export function awaitsPayment({ paymentState }: CustomerOrder): boolean {
  return paymentState === 'requesting' || paymentState === 'prompted';
}

/** True: the customer may have paid and have nothing to show for it, so that a person should hear of it. */
export function canComplain(order: CustomerOrder): boolean {
  return !awaitsPayment(order) && order.paymentState !== 'refunded';
}

const DECLINED = {
  cancelled: 'declinedCancelled',
  'wrong-pin': 'declinedWrongPin',
  'no-funds': 'declinedNoFunds',
  'no-answer': 'declinedNoAnswer',
  limit: 'declinedLimit',
  busy: 'declinedBusy',
  gateway: 'declinedGateway',
  other: 'declinedOther',
} as const satisfies Record<DeclineCause, TextKey>;

/** What is said instead when M-Pesa is not asked any more: a late payment is then seen only by its SMS. */
const UNWATCHED = {
  declinedNoAnswer: 'declinedNoAnswerUnwatched',
  declinedOther: 'declinedOtherUnwatched',
  statusExpired: 'statusExpiredUnwatched',
} as const satisfies Partial<Record<TextKey, TextKey>>;

function saidOf<K extends TextKey>({ watched }: CustomerOrder, key: K) {
  const others: Partial<Record<TextKey, (typeof UNWATCHED)[keyof typeof UNWATCHED]>> = UNWATCHED;
  return watched ? key : (others[key] ?? key);
}

/** Why nothing was paid, and that nothing was. */
export function declinedText(say: Say, order: CustomerOrder): string {
  return say(saidOf(order, DECLINED[order.declineCause ?? 'other']), orderValues(order));
}

const CANCELLED_AFTER = {
  requesting: 'statusCancelledUnclear',
  prompted: 'statusCancelledUnclear',
  unknown: 'statusCancelledUnclear',
  review: 'statusCancelledUnclear',
  // M-Pesa reports late successes: that nothing was paid is certain only after a definite no.
  expired: 'statusCancelledUnclear',
  declined: 'statusCancelled',
  paid: 'statusCancelledPaid',
  refunded: 'statusRefunded',
} as const satisfies Record<PaymentState, TextKey>;

const UNPAID = {
  requesting: 'statusRequesting',
  prompted: 'statusPrompted',
  unknown: 'statusUnknown',
  expired: 'statusExpired',
  review: 'statusReview',
} as const satisfies Record<Exclude<PaymentState, 'paid' | 'declined' | 'refunded'>, TextKey>;

const DELIVERY = {
  none: 'statusQueued',
  queued: 'statusQueued',
  held: 'statusHeld',
  submitting: 'statusSubmitting',
  sent: 'statusSent',
  delivered: 'statusDelivered',
  rejected: 'statusRejected',
  unknown: 'statusDeliveryUnknown',
} as const satisfies Record<Exclude<DeliveryState, 'cancelled'>, TextKey>;

/** True: M-Pesa said no, but in words after which it still reports payments. */
function isDoubtfulNo({ paymentState, declineCause }: CustomerOrder): boolean {
  return paymentState === 'declined' && ['no-answer', 'other', undefined].includes(declineCause);
}

/** Besides {@link statusText}: that money came in twice and one of the two has not gone back yet. */
export function paidTwiceText(say: Say, { second }: CustomerOrder): string {
  return second && !second.refund ? say('statusPaidTwice', { second: formatKes(second.amountKes) }) : '';
}

/** The one sentence that is true of an order, whatever its two machines say. */
export function statusText(say: Say, order: CustomerOrder): string {
  const { paymentState: payment, deliveryState: delivery } = order;
  if (payment === 'refunded') return say('statusRefunded');
  if (delivery === 'cancelled')
    return say(isDoubtfulNo(order) ? 'statusCancelledUnclear' : CANCELLED_AFTER[payment]);
  // Staff may have delivered what was never seen to be paid: what arrived counts.
  if (delivery === 'sent' || delivery === 'delivered') return say(DELIVERY[delivery]);
  if (payment === 'declined') return declinedText(say, order);
  if (payment === 'paid') return say(DELIVERY[delivery]);
  return say(saidOf(order, UNPAID[payment]), orderValues(order));
}

/** The same for a list, in a word. */
export function statusWord(say: Say, order: CustomerOrder): { icon: string; word: string } {
  const { paymentState: payment, deliveryState: delivery } = order;
  if (payment === 'refunded') return { icon: '💸', word: say('wordRefunded') };
  if (delivery === 'cancelled' && payment !== 'paid') return { icon: '✖️', word: say('wordCancelled') };
  if (order.status === 'attention') return { icon: '🔎', word: say('wordAttention') };
  if (delivery === 'delivered') return { icon: '✅', word: say('wordDelivered') };
  if (delivery === 'sent') return { icon: '🚀', word: say('wordSent') };
  if (order.status === 'failed') return { icon: '❌', word: say('wordFailed') };
  if (payment === 'prompted') return { icon: '📲', word: say('wordAwaitingPin') };
  return { icon: '⏳', word: say('wordOpen') };
}

/** `📦 …: waiting for PIN`, above the menu while an order is under way. */
export function oneLineStatus(say: Say, order: CustomerOrder): string {
  const { icon, word } = statusWord(say, order);
  return say('openOrderLine', { ...orderValues(order), icon, word });
}
