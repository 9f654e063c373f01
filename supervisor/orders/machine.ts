import type { ClientMode } from '../../shared/client.ts';
import type { Quote } from '../../shared/conversation.ts';
import type { CredentialRef, Order } from '../../shared/order.ts';
import { applyDeliveryEvent, type DeliveryEvent } from './delivery-events.ts';
import { change, type Outcome } from './outcome.ts';
import { applyPaymentEvent, type PaymentEvent } from './payment-events.ts';
import { restored } from './restored-order.ts';

/**
 * The life of an order as a pure function: (order, event, time) → what it becomes, what its timeline says and what the
 * customer is told. Nothing here reads a clock, a store or a network; the desk does.
 *
 * It knows what the *world* reports (gateways, time, the customer): of the payment in payment-events.ts, of the delivery in
 * delivery-events.ts. What *staff* do is in staff-actions.ts.
 */
export type OrderEvent =
  | PaymentEvent
  | DeliveryEvent
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
  switch (event.type) {
    case 'stk-accepted':
    case 'stk-refused':
    case 'stk-unknown':
    case 'payment-seen':
    case 'payment-failed':
    case 'prompt-expired':
    case 'watch-ended':
      return applyPaymentEvent(order, event, at);
    case 'restored':
      return restored(order, event.takenAt, at);
    case 'complaint':
      return complaint(order, event.receipt, at);
    default:
      return applyDeliveryEvent(order, event, at);
  }
}

function complaint(order: Order, receipt: string, at: number): Outcome | undefined {
  const note = `Customer names M-Pesa code ${receipt}`;
  const complaints = order.attention.filter((flag) => flag.kind === 'complaint');
  const isKnown = complaints.some((flag) => flag.note === note);
  if (order.payment.state === 'refunded' || isKnown || complaints.length >= MAX_COMPLAINTS) return undefined;
  return change(order, at, {
    attention: [...order.attention, { kind: 'complaint', note, at }],
    entry: { event: 'complaint', by: 'customer', note },
  });
}
