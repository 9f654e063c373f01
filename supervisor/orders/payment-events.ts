import {
  type DeclineCause,
  isErased,
  type Order,
  type Payment,
  type ReviewCause,
} from '../../shared/order.ts';
import { change, type Outcome } from './outcome.ts';
import { promptPaidBesides } from './paid-twice.ts';
import { firstDelivery, paidNotice } from './restored-order.ts';

/** What the world reports of a payment. */
export type PaymentEvent =
  /** Shadow Pay took the STK push. */
  | { readonly type: 'stk-accepted'; readonly checkoutRequestId: string }
  /** It certainly sent no prompt. */
  | {
      readonly type: 'stk-refused';
      readonly cause: DeclineCause;
      readonly reason: string;
      /** Who refused, where it was not Shadow Pay: the platform itself did not ask. */
      readonly by?: 'system';
    }
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
  | { readonly type: 'watch-ended' };

/** The payment's half of the machine: pure, and undefined for what means nothing any more. */
export function applyPaymentEvent(order: Order, event: PaymentEvent, at: number): Outcome | undefined {
  const { payment } = order;
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
        entry: { event: 'prompt-refused', by: event.by ?? 'shadow-pay', note: event.reason },
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
      if (payment.promptUnsettled && payment.declinedAt === undefined) {
        return change(order, at, {
          payment: { state: payment.state, declinedAt: at },
          entry: { event: 'prompt-not-paid', by: 'shadow-pay', note: event.reason },
        });
      }
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
      if (payment.state !== 'declined' && payment.state !== 'expired' && !payment.promptUnsettled)
        return undefined;
      if (payment.watchEndedAt !== undefined) return undefined;
      return change(order, at, {
        payment: { state: payment.state, watchEndedAt: at },
        entry: {
          event: 'watch-ended',
          by: 'system',
          note: payment.promptUnsettled
            ? 'The gateway is not asked any more whether the prompt was paid besides'
            : 'The gateway is not asked about this payment any more',
        },
      });
  }
}

function paymentSeen(
  order: Order,
  event: Extract<PaymentEvent, { type: 'payment-seen' }>,
  at: number,
): Outcome | undefined {
  const { payment } = order;
  if (payment.promptUnsettled) return promptPaidBesides(order, event, at);
  // What is in review was paid otherwise than asked for; an answer that leaves out the doubtful part proves nothing.
  if (['requesting', 'review', 'paid', 'refunded'].includes(payment.state)) return undefined;
  const doubt = mismatch(order, event);
  if (doubt) {
    const { cause: reviewCause, ...found } = doubt;
    // The code of what did come in is this order's, whatever is decided; only another order's is not.
    const receipt = event.receiptOf === undefined ? event.receipt : undefined;
    return change(order, at, {
      payment: { state: 'review', reviewCause, ...found, ...(receipt !== undefined && { receipt }) },
      entry: { event: 'review', by: 'shadow-pay', note: noted(receipt, doubt.reason) },
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
  event: Extract<PaymentEvent, { type: 'payment-seen' }>,
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

const noted = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' · ');

/** True: the gateway has told what became of the prompt, so there is nothing to ask. */
export function isTold({ state, promptUnsettled }: Payment): boolean {
  return (state === 'paid' || state === 'refunded') && promptUnsettled !== true;
}

/** The step to `paid`, whoever vouches for it. Delivers only if nobody resolved the order meanwhile. */
export function paid(
  order: Order,
  proof: {
    readonly by: string;
    readonly receipt?: string;
    readonly note?: string;
    /** Nobody knows yet what became of the prompt. */
    readonly promptUnsettled?: boolean;
  },
  at: number,
): Outcome {
  const { payment, delivery } = order;
  const late = payment.state === 'declined' || payment.state === 'expired';
  const note = noted(proof.receipt, proof.note);
  const deliverable = order.resolution === undefined && delivery.state === 'none' && !isErased(order);
  const { reason: _settled, reviewCause: _cleared, ...rest } = payment;
  return change(order, at, {
    payment: {
      ...rest,
      state: 'paid',
      paidAt: at,
      ...(proof.receipt !== undefined && { receipt: proof.receipt }),
      ...(proof.promptUnsettled && { promptUnsettled: true }),
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
