import type { ClientMode } from '../../shared/client.ts';
import type { Quote } from '../../shared/conversation.ts';
import {
  type CredentialRef,
  type DeclineCause,
  type Delivery,
  type HoldCause,
  isErased,
  type Order,
  type ReviewCause,
} from '../../shared/order.ts';
import { change, type Outcome } from './outcome.ts';
import { firstDelivery, paidNotice, restored } from './restored-order.ts';

/**
 * The life of an order as a pure function: (order, event, time) → what it becomes, what its timeline says and what the
 * customer is told. Nothing here reads a clock, a store or a network; the desk does.
 *
 * This file knows what the *world* reports (gateways, time); what *staff* do is in staff-actions.ts.
 */
export type OrderEvent =
  /** Shadow Pay took the STK push. */
  | { readonly type: 'stk-accepted'; readonly checkoutRequestId: string }
  /** It certainly sent no prompt. */
  | { readonly type: 'stk-refused'; readonly cause: DeclineCause; readonly reason: string }
  /** Nobody can tell whether there is a prompt; there is no id to ask about. */
  | { readonly type: 'stk-unknown'; readonly reason: string }
  /** The explicit status "paid". `receiptOf`: another order that carries this receipt already. */
  | {
      readonly type: 'payment-seen';
      readonly receipt?: string;
      readonly amountKes?: number;
      readonly phone?: string;
      readonly receiptOf?: string;
    }
  /** The explicit status "failed". */
  | { readonly type: 'payment-failed'; readonly cause: DeclineCause; readonly reason: string }
  /** Three minutes without an answer: the customer is told, asking goes on. */
  | { readonly type: 'prompt-expired' }
  /** The last re-check of a declined or expired prompt was made. */
  | { readonly type: 'watch-ended' }
  | { readonly type: 'delivery-claimed'; readonly credentials: CredentialRef }
  | {
      readonly type: 'delivery-held';
      readonly cause: HoldCause;
      readonly reason: string;
      readonly notBefore: number;
    }
  /** The cause of a hold is gone, or its time is over. */
  | { readonly type: 'delivery-released' }
  | { readonly type: 'airtime-accepted'; readonly requestId: string }
  | { readonly type: 'airtime-rejected'; readonly reason: string }
  | { readonly type: 'airtime-unknown'; readonly reason: string }
  | { readonly type: 'delivery-callback'; readonly delivered: boolean; readonly description: string }
  /** Statum says that a request was delivered after staff had ordered to send the airtime a second time. */
  | { readonly type: 'superseded-delivered'; readonly requestId: string }
  /** The order was open in a backup that has been restored: what happened to it since is not on record. */
  | { readonly type: 'restored'; readonly takenAt: number }
  /** "I paid but got nothing", with the M-Pesa code the customer names. */
  | { readonly type: 'complaint'; readonly receipt: string };

/** Enough for a person who mistypes; more would only make the order longer. */
const MAX_COMPLAINTS = 3;

export function createOrder(
  facts: {
    readonly orderNo: string;
    readonly clientId: string;
    readonly mode: ClientMode;
    readonly chatId: string;
    readonly customerPhone?: string;
    readonly quote: Quote;
    readonly credentials: CredentialRef;
  },
  at: number,
): Outcome {
  const { quote, credentials, ...identity } = facts;
  const order: Order = {
    ...identity,
    confirmId: quote.confirmId,
    payerPhone: quote.payerPhone,
    recipientPhone: quote.recipientPhone,
    amountKes: quote.amountKes,
    payableKes: quote.payableKes,
    discountPercent: quote.discountPercent,
    payment: { state: 'requesting', credentials, requestedAt: at },
    delivery: { state: 'none', attempts: 0 },
    attention: [],
    createdAt: at,
    updatedAt: at,
  };
  return { order, timeline: [{ at, event: 'created', by: 'customer' }] };
}

/**
 * @returns undefined when the event no longer means anything for this order (a duplicate, or an answer that came after the
 * matter was settled): nothing is to be written.
 */
export function applyEvent(order: Order, event: OrderEvent, at: number): Outcome | undefined {
  const { payment, delivery } = order;
  switch (event.type) {
    case 'stk-accepted':
      if (payment.state !== 'requesting') return undefined;
      return change(order, at, {
        payment: { state: 'prompted', checkoutRequestId: event.checkoutRequestId, promptedAt: at },
        entry: { event: 'prompted', by: 'shadow-pay' },
        notice: 'prompted',
      });
    case 'stk-refused':
      if (payment.state !== 'requesting') return undefined;
      return change(order, at, {
        payment: { state: 'declined', declineCause: event.cause, reason: event.reason, declinedAt: at },
        entry: { event: 'prompt-refused', by: 'shadow-pay', note: event.reason },
        notice: 'declined',
      });
    case 'stk-unknown':
      if (payment.state !== 'requesting') return undefined;
      return change(order, at, {
        payment: { state: 'unknown', reason: event.reason },
        entry: { event: 'payment-unknown', by: 'system', note: event.reason },
        notice: 'payment-unknown',
      });
    case 'payment-seen':
      return paymentSeen(order, event, at);
    case 'payment-failed':
      if (payment.state !== 'prompted' && payment.state !== 'expired') return undefined;
      return change(order, at, {
        payment: { state: 'declined', declineCause: event.cause, reason: event.reason, declinedAt: at },
        entry: { event: 'declined', by: 'shadow-pay', note: event.reason },
        // Who was told "expired" or "cancelled" has nothing new to learn from the reason.
        ...(payment.state === 'prompted' && !order.resolution && { notice: 'declined' as const }),
      });
    case 'prompt-expired':
      if (payment.state !== 'prompted') return undefined;
      return change(order, at, {
        payment: { state: 'expired', reason: 'No answer to the M-Pesa prompt' },
        entry: { event: 'expired', by: 'system' },
        // Its text promises airtime for a late payment, which a cancelled order never sends.
        ...(!order.resolution && { notice: 'expired' as const }),
      });
    case 'watch-ended':
      if (payment.state !== 'declined' && payment.state !== 'expired') return undefined;
      if (payment.watchEndedAt !== undefined) return undefined;
      return change(order, at, {
        payment: { state: payment.state, watchEndedAt: at },
        entry: {
          event: 'watch-ended',
          by: 'system',
          note: 'The gateway is not asked about this payment any more',
        },
      });
    case 'delivery-claimed':
      if (delivery.state !== 'queued' || order.resolution) return undefined;
      return change(order, at, {
        delivery: {
          state: 'submitting',
          attempts: delivery.attempts + 1,
          credentials: event.credentials,
          submittedAt: at,
        },
        entry: { event: 'submitting', by: 'system' },
      });
    case 'delivery-held':
      if (delivery.state !== 'queued' && delivery.state !== 'submitting') return undefined;
      return change(order, at, {
        delivery: {
          state: 'held',
          attempts: delivery.attempts,
          holdCause: event.cause,
          reason: event.reason,
          notBefore: event.notBefore,
          heldAt: delivery.heldAt ?? at,
          // An earlier POST that may have been taken still counts for the spacing; the one just refused does not.
          ...(delivery.state === 'queued' &&
            delivery.submittedAt !== undefined && { submittedAt: delivery.submittedAt }),
        },
        entry: { event: 'held', by: delivery.state === 'queued' ? 'system' : 'statum', note: event.reason },
        // Tried again and held again is no news.
        ...(delivery.heldAt === undefined && { notice: 'held' as const }),
      });
    case 'delivery-released':
      if (delivery.state !== 'held' || order.resolution) return undefined;
      return change(order, at, {
        delivery: requeued(delivery),
        entry: { event: 'released', by: 'system' },
      });
    case 'airtime-accepted':
      if (delivery.state !== 'submitting') return undefined;
      return change(order, at, {
        delivery: { ...delivery, state: 'sent', requestId: event.requestId },
        entry: { event: 'sent', by: 'statum' },
        notice: 'sent',
      });
    case 'airtime-rejected': {
      if (delivery.state !== 'submitting') return undefined;
      const { submittedAt: _notSent, ...rest } = delivery;
      return change(order, at, {
        delivery: { ...rest, state: 'rejected', reason: event.reason },
        entry: { event: 'rejected', by: 'statum', note: event.reason },
        notice: 'delivery-problem',
      });
    }
    case 'airtime-unknown':
      if (delivery.state !== 'submitting') return undefined;
      return change(order, at, {
        delivery: { ...delivery, state: 'unknown', reason: event.reason },
        entry: { event: 'delivery-unknown', by: 'system', note: event.reason },
        notice: 'delivery-problem',
      });
    case 'delivery-callback':
      return deliveryCallback(order, event, at);
    case 'superseded-delivered':
      return supersededDelivered(order, event.requestId, at);
    case 'restored':
      return restored(order, event.takenAt, at);
    case 'complaint': {
      const note = `Customer names M-Pesa code ${event.receipt}`;
      const complaints = order.attention.filter((flag) => flag.kind === 'complaint');
      const known = complaints.some((flag) => flag.note === note);
      if (payment.state === 'refunded' || known || complaints.length >= MAX_COMPLAINTS) return undefined;
      return change(order, at, {
        attention: [...order.attention, { kind: 'complaint', note, at }],
        entry: { event: 'complaint', by: 'customer', note },
      });
    }
  }
}

function paymentSeen(
  order: Order,
  event: Extract<OrderEvent, { type: 'payment-seen' }>,
  at: number,
): Outcome | undefined {
  const { payment } = order;
  // What is in review was paid otherwise than asked for; an answer that leaves out the doubtful part proves nothing.
  if (['requesting', 'review', 'paid', 'refunded'].includes(payment.state)) return undefined;
  const doubt = mismatch(order, event);
  if (doubt) {
    const { cause: reviewCause, ...found } = doubt;
    return change(order, at, {
      payment: { state: 'review', reviewCause, ...found },
      entry: { event: 'review', by: 'shadow-pay', note: doubt.reason },
      notice: 'review',
    });
  }
  return paid(
    order,
    { by: 'shadow-pay', ...(event.receipt !== undefined && { receipt: event.receipt }) },
    at,
  );
}

function mismatch(
  order: Order,
  event: Extract<OrderEvent, { type: 'payment-seen' }>,
): { cause: ReviewCause; reason: string; receivedKes?: number } | undefined {
  const { amountKes } = event;
  if (amountKes !== undefined && amountKes !== order.payableKes) {
    return {
      cause: 'amount',
      reason: `Paid KES ${amountKes} instead of KES ${order.payableKes}`,
      ...(Number.isSafeInteger(amountKes) && amountKes > 0 && { receivedKes: amountKes }),
    };
  }
  if (event.phone !== undefined && event.phone !== order.payerPhone) {
    return { cause: 'phone', reason: `Paid from ${event.phone} instead of ${order.payerPhone}` };
  }
  if (event.receiptOf !== undefined) {
    return {
      cause: 'receipt-reuse',
      reason: `Receipt ${event.receipt ?? ''} belongs to order ${event.receiptOf}`,
    };
  }
  return undefined;
}

/** The step to `paid`, whoever vouches for it. Delivers only if nobody resolved the order meanwhile. */
export function paid(
  order: Order,
  proof: { readonly by: string; readonly receipt?: string; readonly note?: string },
  at: number,
): Outcome {
  const { payment, delivery } = order;
  const late = payment.state === 'declined' || payment.state === 'expired';
  const note = [proof.receipt, proof.note].filter((part) => part !== undefined).join(' · ');
  const deliverable = order.resolution === undefined && delivery.state === 'none' && !isErased(order);
  const { reason: _settled, reviewCause: _cleared, ...rest } = payment;
  return change(order, at, {
    payment: {
      ...rest,
      state: 'paid',
      paidAt: at,
      ...(proof.receipt !== undefined && { receipt: proof.receipt }),
    },
    ...(deliverable && { delivery: firstDelivery(order) }),
    ...(!deliverable && {
      attention: [
        ...order.attention,
        {
          kind: 'late-success' as const,
          note: `Paid after the order was ${order.resolution ?? delivery.state}`,
          at,
        },
      ],
    }),
    entry: { event: late ? 'paid-late' : 'paid', by: proof.by, ...(note !== '' && { note }) },
    notice: deliverable ? paidNotice(order, late) : 'late-paid-resolved',
  });
}

function deliveryCallback(
  order: Order,
  event: Extract<OrderEvent, { type: 'delivery-callback' }>,
  at: number,
): Outcome | undefined {
  const { delivery } = order;
  const entry = {
    event: event.delivered ? 'delivered' : 'rejected',
    by: 'statum',
    ...(event.description !== '' && { note: event.description }),
  };
  const contradicts =
    (delivery.state === 'delivered' && !event.delivered) ||
    (order.resolution !== undefined && order.resolution !== 'marked-delivered' && event.delivered);
  if (contradicts) {
    if (order.attention.some((flag) => flag.kind === 'late-callback')) return undefined;
    const note = `Statum reported ${entry.event} after the order was ${order.resolution ?? delivery.state}`;
    return change(order, at, {
      attention: [...order.attention, { kind: 'late-callback', note, at }],
      entry: { event: 'late-callback', by: 'statum', note },
    });
  }
  if (order.resolution) return undefined;
  if (event.delivered) {
    if (delivery.state !== 'sent' && delivery.state !== 'unknown' && delivery.state !== 'rejected')
      return undefined;
    return change(order, at, {
      delivery: { ...delivery, state: 'delivered', deliveredAt: at },
      attention: order.attention.filter((flag) => flag.kind !== 'complaint'),
      entry,
      // "Sent" was told already; only who heard of trouble needs to hear that it is over.
      ...(delivery.state !== 'sent' && { notice: 'delivered' as const }),
    });
  }
  if (delivery.state !== 'sent' && delivery.state !== 'unknown') return undefined;
  return change(order, at, {
    delivery: { ...delivery, state: 'rejected', reason: event.description },
    entry,
    notice: 'delivery-problem',
  });
}

/** Staff ordered a second POST. Where it has not been made, or was refused, the first one is the delivery; else there may be two. */
function supersededDelivered(order: Order, requestId: string, at: number): Outcome | undefined {
  const { delivery } = order;
  const notSentAgain = ['queued', 'held', 'rejected'].includes(delivery.state);
  if (notSentAgain && delivery.requestId === undefined && !order.resolution) {
    const { holdCause: _cause, notBefore: _time, reason: _reason, ...rest } = delivery;
    return change(order, at, {
      delivery: { ...rest, state: 'delivered', requestId, deliveredAt: at },
      attention: order.attention.filter((flag) => flag.kind !== 'complaint'),
      entry: { event: 'delivered', by: 'statum', note: `Request ${requestId}, before it was sent again` },
      notice: 'delivered',
    });
  }
  const note = `Request ${requestId} was delivered after the airtime had been sent again`;
  if (order.attention.some((flag) => flag.note === note)) return undefined;
  return change(order, at, {
    attention: [...order.attention, { kind: 'late-callback', note, at }],
    entry: { event: 'late-callback', by: 'statum', note },
  });
}

/** Back into the queue, forgetting the hold. `submittedAt` stays: the spacing counts from the last POST that may have been taken. */
export function requeued(delivery: Delivery): Delivery {
  const { holdCause: _cause, notBefore: _time, reason: _reason, requestId: _request, ...rest } = delivery;
  return { ...rest, state: 'queued' };
}
