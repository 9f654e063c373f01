import { AppError } from '../../shared/errors.ts';
import {
  type DeliveryState,
  isErased,
  mayBePaidTwice,
  type Order,
  type OrderActionRequest,
} from '../../shared/order.ts';
import { requeued } from './delivery-events.ts';
import { change, type Outcome } from './outcome.ts';
import { confirmOnePayment, giveBackSecond, onlyPaidTwice } from './paid-twice.ts';
import { paid } from './payment-events.ts';
import type { ReceiptUse } from './receipts.ts';

/**
 * What a person may do to an order, as pure functions. Each checks the order's state itself and says why it may not be;
 * `check-payment` changes nothing by itself and is the desk's.
 */
type StaffStep = Exclude<OrderActionRequest['action'], 'check-payment'>;

export interface StaffFacts extends ReceiptUse {
  readonly by: string;
  readonly at: number;
}

/** M-Pesa moves no more in one transaction (facts/gateways, section 3). */
const MPESA_MAX_KES = 250_000;

/** @throws AppError `invalid` naming the missing field; `conflict` when the order's state does not allow it. */
export function applyStaffAction(
  order: Order,
  request: OrderActionRequest & { action: StaffStep },
  facts: StaffFacts,
): Outcome {
  switch (request.action) {
    case 'confirm-payment':
      return confirmPayment(order, request, facts);
    case 'resend':
      return resend(order, request, facts);
    case 'mark-delivered':
      return markDelivered(order, request, facts);
    case 'mark-refunded':
      return markRefunded(order, request, facts);
    case 'cancel':
      return cancel(order, request, facts);
  }
}

function confirmPayment(
  order: Order,
  request: OrderActionRequest,
  { by, at, receiptOf, refundOf }: StaffFacts,
): Outcome {
  const reason = required(request, 'reason');
  const receipt = required(request, 'receipt');
  const { state, checkoutRequestId } = order.payment;
  if (mayBePaidTwice(order)) return confirmOnePayment(order, { receipt, reason }, { by, at });
  if (state === 'paid' || state === 'refunded') throw refuse(order, `is ${state} already`);
  if (state === 'requesting' || state === 'prompted') {
    throw refuse(
      order,
      'is still waiting for the customer; use check-payment, or confirm when the prompt has expired',
    );
  }
  if (receiptOf !== undefined) throw usedCode(receipt, `for order ${receiptOf}`);
  if (refundOf) throw usedCode(receipt, `for the refund of order ${refundOf.orderNo}`);
  if (order.payment.receipt !== undefined && order.payment.receipt !== receipt) {
    throw new AppError('conflict', `This order carries the M-Pesa code ${order.payment.receipt}`, {
      field: 'receipt',
    });
  }
  // Money found in the statement may have come another way than by the prompt, which can still be paid then.
  const promptUnsettled = (state === 'declined' || state === 'expired') && checkoutRequestId !== undefined;
  return settleComplaints(paid(order, { by, receipt, note: reason, promptUnsettled }, at));
}

function resend(order: Order, request: OrderActionRequest, { by, at }: StaffFacts): Outcome {
  const reason = required(request, 'reason');
  mustBePaid(order);
  const { delivery } = order;
  if (isErased(order)) throw refuse(order, 'is about a person who was erased; no airtime can be sent for it');
  if (delivery.state !== 'rejected' && delivery.state !== 'unknown' && delivery.state !== 'held') {
    throw refuse(order, `cannot be sent again while its delivery is ${delivery.state}`);
  }
  return settleComplaints(
    change(order, at, { delivery: requeued(delivery), entry: { event: 'resend', by, note: reason } }),
  );
}

const markable: ReadonlySet<DeliveryState> = new Set(['queued', 'held', 'sent', 'unknown', 'rejected']);

function markDelivered(order: Order, request: OrderActionRequest, { by, at }: StaffFacts): Outcome {
  const reason = required(request, 'reason');
  const { payment, delivery } = order;
  // Also a second time: a customer may complain, or the network contradict itself, after a person has closed the order.
  const isDoubted = payment.state === 'paid' && order.attention.length > onlyPaidTwice(order).length;
  if (delivery.state === 'delivered' && isDoubted) {
    return change(order, at, {
      attention: onlyPaidTwice(order),
      resolution: 'marked-delivered',
      entry: { event: 'marked-delivered', by, note: reason },
    });
  }
  // Cancelled too early: it was paid, and the airtime has arrived all the same.
  const wasCancelled = order.resolution === 'cancelled' && delivery.state === 'cancelled';
  if (payment.state !== 'paid' || !wasCancelled) mustBePaid(order);
  if (!markable.has(delivery.state) && !wasCancelled)
    throw refuse(order, `cannot be marked delivered while its delivery is ${delivery.state}`);
  const { holdCause: _cause, notBefore: _time, reason: _reason, ...rest } = delivery;
  return change(order, at, {
    delivery: { ...rest, state: 'delivered', deliveredAt: at },
    attention: onlyPaidTwice(order),
    resolution: 'marked-delivered',
    entry: { event: 'marked-delivered', by, note: reason },
    notice: 'delivered',
  });
}

const unsent: ReadonlySet<DeliveryState> = new Set(['none', 'queued', 'held', 'unknown', 'rejected']);

function markRefunded(
  order: Order,
  request: OrderActionRequest,
  { by, at, receiptOf, refundOf }: StaffFacts,
): Outcome {
  const reason = required(request, 'reason');
  const receipt = required(request, 'receipt');
  const amountKes = required(request, 'amountKes');
  const { payment, delivery } = order;
  if (receiptOf !== undefined) throw usedCode(receipt, `for the payment of order ${receiptOf}`);
  if (refundOf && refundOf.payerPhone !== order.payerPhone)
    throw usedCode(receipt, `for the refund of order ${refundOf.orderNo}, which somebody else paid`);
  if (mayBePaidTwice(order)) return giveBackSecond(order, { receipt, amountKes, reason }, { by, at });
  if (payment.state === 'refunded') throw refuse(order, 'was refunded already');
  // The same record once more, by a second click or a second person: it is no refund of the order itself.
  if (receipt === payment.second?.refund?.receipt) {
    throw new AppError('conflict', `With ${receipt} the second payment was given back already`, {
      field: 'receipt',
    });
  }
  if (payment.state !== 'paid' && payment.state !== 'review') {
    throw refuse(
      order,
      `cannot be refunded while its payment is ${payment.state}; confirm the payment first`,
    );
  }
  if (delivery.state === 'submitting')
    throw refuse(order, 'is being delivered this moment; try again in a minute');
  if (receipt === payment.receipt || receipt === payment.second?.receipt) {
    throw new AppError('invalid', 'Give the M-Pesa code of the refund, not that of the payment', {
      field: 'receipt',
    });
  }
  const mostKes = mostRefundable(order);
  if (amountKes > mostKes) {
    const paid = mostKes === MPESA_MAX_KES ? 'M-Pesa moves at most' : 'The customer paid';
    throw new AppError('invalid', `${paid} KES ${mostKes}; a refund cannot be more`, { field: 'amountKes' });
  }
  const { holdCause: _cause, notBefore: _time, ...rest } = delivery;
  return change(order, at, {
    payment: { state: 'refunded', refund: { amountKes, receipt, at } },
    ...(unsent.has(delivery.state) && { delivery: { ...rest, state: 'cancelled' as const } }),
    attention: onlyPaidTwice(order),
    resolution: 'refunded',
    entry: { event: 'refunded', by, note: `KES ${amountKes} · ${receipt} · ${reason}` },
    notice: 'refunded',
  });
}

function cancel(order: Order, request: OrderActionRequest, { by, at }: StaffFacts): Outcome {
  const reason = required(request, 'reason');
  const { delivery } = order;
  const isComplained = order.attention.some(({ kind }) => kind === 'complaint');
  if (order.resolution === 'cancelled' && isComplained && !cameIn(order)) {
    // Somebody looked, and found no payment: it stays as it is, and its customer hears so.
    return change(order, at, {
      attention: [],
      entry: { event: 'stays-cancelled', by, note: reason },
      notice: 'cancelled',
    });
  }
  if (order.resolution) throw refuse(order, `was closed by staff already (${order.resolution})`);
  if (!unsent.has(delivery.state))
    throw refuse(order, `cannot be cancelled while its delivery is ${delivery.state}`);
  // Whether there is a prompt will be known in a moment; of a cancelled order nobody would learn that it is unknown.
  if (order.payment.state === 'requesting')
    throw refuse(order, 'is just being sent its M-Pesa prompt; try again in a minute');
  const { holdCause: _cause, notBefore: _time, ...rest } = delivery;
  return change(order, at, {
    delivery: { ...rest, state: 'cancelled' },
    attention: onlyPaidTwice(order),
    resolution: 'cancelled',
    entry: { event: 'cancelled', by, note: reason },
    notice: 'cancelled',
  });
}

/** Money is known to have come in for it. */
function cameIn({ payment: { state } }: Order): boolean {
  return state === 'paid' || state === 'review' || state === 'refunded';
}

/** What came in, as far as it is known. */
function mostRefundable({ payment, payableKes }: Order): number {
  if (payment.receivedKes !== undefined) return payment.receivedKes;
  return payment.state === 'review' && payment.reviewCause === 'amount' ? MPESA_MAX_KES : payableKes;
}

function usedCode(receipt: string, what: string): AppError {
  return new AppError('conflict', `The M-Pesa code ${receipt} was used ${what}`, { field: 'receipt' });
}

/** A complaint has been looked at by whoever acted on it. */
function settleComplaints(outcome: Outcome): Outcome {
  const attention = outcome.order.attention.filter((flag) => flag.kind !== 'complaint');
  return { ...outcome, order: { ...outcome.order, attention } };
}

function mustBePaid(order: Order): void {
  if (order.payment.state !== 'paid') throw refuse(order, `is not paid (payment ${order.payment.state})`);
  if (order.resolution) throw refuse(order, `was closed by staff already (${order.resolution})`);
}

function required<K extends 'reason' | 'receipt' | 'amountKes'>(
  request: OrderActionRequest,
  field: K,
): NonNullable<OrderActionRequest[K]> {
  const value = request[field];
  if (value === undefined || value === '') {
    throw new AppError('invalid', `${request.action} needs ${meanings[field]} in "${field}"`, { field });
  }
  return value;
}

const meanings = {
  reason: 'a reason',
  receipt: 'an M-Pesa code',
  amountKes: 'the amount in whole shillings',
} as const;

function refuse(order: Order, why: string): AppError {
  return new AppError('conflict', `Order ${order.orderNo} ${why}`);
}
