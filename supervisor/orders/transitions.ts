import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import { type DeliveryState, isSettled, type Order, type PaymentState } from '../../shared/order.ts';
import { isPseudonym } from '../../shared/pseudonym.ts';

/**
 * Which states may follow which (docs/orders.md). The machine moves along these tables and the store refuses every change
 * that leaves them, so that no defect elsewhere can write an impossible order.
 *
 * Two arrows are added to the design's picture: `requesting → declined` (the gateway refused the push itself, so there never
 * was a prompt) and `expired → declined` (a definite "no" learnt after the customer had been told that time ran out).
 * `cancelled → delivered` is a person's word that the airtime of a paid order had arrived all the same.
 * After a restored backup `none`, `queued` and `held` may become `unknown`: what happened since is not on record.
 */
export const paymentTransitions: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  requesting: ['prompted', 'declined', 'unknown'],
  prompted: ['paid', 'declined', 'expired', 'review'],
  unknown: ['paid', 'review'],
  declined: ['paid', 'review'],
  expired: ['paid', 'declined', 'review'],
  review: ['paid', 'refunded'],
  paid: ['refunded'],
  refunded: [],
};

export const deliveryTransitions: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  none: ['queued', 'unknown', 'cancelled'],
  queued: ['submitting', 'held', 'unknown', 'delivered', 'cancelled'],
  held: ['queued', 'unknown', 'delivered', 'cancelled'],
  submitting: ['sent', 'rejected', 'held', 'unknown'],
  sent: ['delivered', 'rejected'],
  unknown: ['delivered', 'rejected', 'queued', 'cancelled'],
  rejected: ['delivered', 'queued', 'cancelled'],
  delivered: [],
  cancelled: ['delivered'],
};

const frozen = [
  'orderNo',
  'clientId',
  'mode',
  'chatId',
  'confirmId',
  'payerPhone',
  'recipientPhone',
  'amountKes',
  'payableKes',
  'discountPercent',
  'createdAt',
] as const satisfies ReadonlyArray<keyof Order>;

/**
 * The store's guard on every write of an order.
 * @throws AppError `conflict` naming the impossible step; meeting it is a defect, and nothing has been written.
 */
export function checkOrderChange(before: Order | undefined, after: Order | undefined): void {
  if (!after) throw impossible(before?.orderNo, 'an order is never deleted');
  const { orderNo, payment, delivery } = after;
  if (!before) {
    if (payment.state !== 'requesting' || delivery.state !== 'none')
      throw impossible(orderNo, 'an order begins as requesting');
    return;
  }
  for (const field of frozen) {
    if (before[field] !== after[field] && !erases(before, after, field))
      throw impossible(orderNo, `${field} never changes`);
  }
  const from = { payment: before.payment, delivery: before.delivery };
  if (
    from.payment.state !== payment.state &&
    !paymentTransitions[from.payment.state].includes(payment.state)
  ) {
    throw impossible(orderNo, `payment ${from.payment.state} → ${payment.state}`);
  }
  if (
    from.delivery.state !== delivery.state &&
    !deliveryTransitions[from.delivery.state].includes(delivery.state)
  ) {
    throw impossible(orderNo, `delivery ${from.delivery.state} → ${delivery.state}`);
  }
  const isOtherCode = from.payment.receipt !== undefined && from.payment.receipt !== payment.receipt;
  if (isOtherCode && !isSetRight(from.payment, payment)) throw impossible(orderNo, 'a receipt never changes');
  if (
    from.payment.checkoutRequestId !== undefined &&
    from.payment.checkoutRequestId !== payment.checkoutRequestId
  ) {
    throw impossible(orderNo, 'a checkout id never changes');
  }
  if (!isKept(from.payment.refund, payment.refund)) throw impossible(orderNo, 'a refund is recorded once');
  checkSecond(orderNo, from.payment.second, payment.second);
  if (payment.state === 'refunded' && !payment.refund) throw impossible(orderNo, 'refunded without a refund');
  const toUnknown = delivery.state === 'unknown' && from.delivery.state !== 'unknown';
  if (toUnknown && from.delivery.state !== 'submitting' && after.restoredFrom === undefined)
    throw impossible(orderNo, `delivery ${from.delivery.state} → unknown without a restored backup`);
  const claimed = from.delivery.state === 'queued' && delivery.state === 'submitting';
  if (delivery.attempts !== from.delivery.attempts + (claimed ? 1 : 0)) {
    throw impossible(orderNo, 'attempts count the claims');
  }
  const revived = from.delivery.state === 'cancelled' && delivery.state === 'delivered';
  if (revived && (payment.state !== 'paid' || after.resolution !== 'marked-delivered'))
    throw impossible(orderNo, 'a cancelled order is delivered without a person’s word');
  const moving = delivery.state === 'queued' || delivery.state === 'submitting';
  if (moving && delivery.state !== from.delivery.state && (payment.state !== 'paid' || after.resolution)) {
    throw impossible(orderNo, `delivery ${delivery.state} while the payment is ${payment.state}`);
  }
}

/** A person found that the gateway's code is that of the one payment, and the code typed for it before a mistake. */
function isSetRight(before: Order['payment'], after: Order['payment']): boolean {
  const isFoundNow = after.second?.isSame === true && before.second?.isSame !== true;
  return isFoundNow && after.receipt !== undefined && after.receipt === before.second?.receipt;
}

type Second = Order['payment']['second'];

/** What came in a second time stays on record, and goes back once. */
function checkSecond(orderNo: string, before: Second, after: Second): void {
  if (!before) return;
  const { refund: refundBefore, isSame: _before, ...was } = before;
  const { refund: refundAfter, isSame: _after, ...is } = after ?? {};
  if (!isKept(was, is)) throw impossible(orderNo, 'a second payment never changes');
  if (!isKept(refundBefore, refundAfter)) throw impossible(orderNo, 'a second payment goes back once');
}

/** Compared by value: the store reads a record anew each time. */
function isKept(before: object | undefined, after: object | undefined): boolean {
  return before === undefined || isDeepStrictEqual(before, after);
}

/** A person may be erased from an order with which nothing happens any more; what was erased stays so. */
function erases(before: Order, after: Order, field: (typeof frozen)[number]): boolean {
  if (field !== 'payerPhone' && field !== 'recipientPhone' && field !== 'chatId') return false;
  return isSettled(before) && isPseudonym(after[field]) && !isPseudonym(before[field]);
}

function impossible(orderNo: string | undefined, what: string): AppError {
  return new AppError('conflict', `Order ${orderNo ?? '?'}: impossible change (${what})`);
}
