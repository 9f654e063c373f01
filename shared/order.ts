import { z } from 'zod';
import { clientModeSchema } from './client.ts';
import { phoneSchema } from './phone.ts';
import { isPseudonym, pseudonymSchema } from './pseudonym.ts';

/** Whole shillings, at least one. */
export const kesSchema = z.number().int().min(1);

export const paymentStates = [
  'requesting',
  'prompted',
  'unknown',
  'declined',
  'expired',
  'review',
  'paid',
  'refunded',
] as const;
export type PaymentState = (typeof paymentStates)[number];

export const deliveryStates = [
  'none',
  'queued',
  'held',
  'submitting',
  'sent',
  'delivered',
  'rejected',
  'unknown',
  'cancelled',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * Why a payment was not made, in our own words; the gateway's text stands beside it in `reason`.
 * `busy` covers M-Pesa's "another transaction in process" and its overload, `gateway` a refusal before any prompt went out.
 */
export const declineCauses = [
  'cancelled',
  'wrong-pin',
  'no-funds',
  'no-answer',
  'limit',
  'busy',
  'gateway',
  'other',
] as const;
export type DeclineCause = (typeof declineCauses)[number];

export const reviewCauses = ['amount', 'phone', 'receipt-reuse'] as const;
export type ReviewCause = (typeof reviewCauses)[number];

/** `gateway`: nothing was sent because the connection was refused. */
export const holdCauses = ['spacing', 'float', 'credentials', 'gateway'] as const;
export type HoldCause = (typeof holdCauses)[number];

/** Which keys of whom, and which version of them. */
export const credentialRefSchema = z.object({ setId: z.string(), version: z.number().int() });
export type CredentialRef = z.infer<typeof credentialRefSchema>;

/** Money that staff have sent back; the code is that of the M-Pesa transaction which did. */
const refundSchema = z.object({ amountKes: kesSchema, receipt: z.string(), at: z.number() });

export const paymentSchema = z.object({
  state: z.enum(paymentStates),
  credentials: credentialRefSchema,
  /** When the STK push's intent was written down. */
  requestedAt: z.number(),
  checkoutRequestId: z.string().optional(),
  promptedAt: z.number().optional(),
  /** When the gateway said no; the short re-check ladder counts from here. */
  declinedAt: z.number().optional(),
  paidAt: z.number().optional(),
  /** When the last re-check of a declined or expired prompt was made: the gateway is not asked any more. */
  watchEndedAt: z.number().optional(),
  /** M-Pesa's code: ten upper-case alphanumerics, unique across all orders. */
  receipt: z.string().optional(),
  /** What came in, where the gateway told another amount than was asked for. */
  receivedKes: kesSchema.optional(),
  declineCause: z.enum(declineCauses).optional(),
  reviewCause: z.enum(reviewCauses).optional(),
  /** The gateway's or a person's words for the present state. */
  reason: z.string().optional(),
  /** Set once by staff; a second refund is refused. */
  refund: refundSchema.optional(),
  /**
   * True: a person confirmed the payment before the gateway had told what became of the prompt. It is still asked about, because the
   * prompt may have been paid besides.
   */
  promptUnsettled: z.boolean().optional(),
  /** What the gateway told of such a prompt: money that came in besides the payment that the person had confirmed. */
  second: z
    .object({
      at: z.number(),
      amountKes: kesSchema,
      /** Absent: the gateway gave none, or that of another order; then nobody knows yet whether it is a second payment at all. */
      receipt: z.string().optional(),
      /** Given back; set once. */
      refund: refundSchema.optional(),
      /** A person found that it is the confirmed payment itself. */
      isSame: z.boolean().optional(),
    })
    .optional(),
});
export type Payment = z.infer<typeof paymentSchema>;

export const deliverySchema = z.object({
  state: z.enum(deliveryStates),
  /** How many POSTs have been claimed; a claim is a compare-and-swap on this state. */
  attempts: z.number().int().nonnegative(),
  credentials: credentialRefSchema.optional(),
  requestId: z.string().optional(),
  submittedAt: z.number().optional(),
  /** When the network, or a person, said that the airtime arrived. */
  deliveredAt: z.number().optional(),
  holdCause: z.enum(holdCauses).optional(),
  /** When it was first held; the customer is told once. */
  heldAt: z.number().optional(),
  /** A held delivery is not tried again before this. */
  notBefore: z.number().optional(),
  reason: z.string().optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Something a person must look at although both state machines are at rest. */
export const attentionFlagSchema = z.object({
  kind: z.enum(['complaint', 'late-success', 'late-callback', 'paid-twice', 'other-amount']),
  note: z.string(),
  at: z.number(),
});
export type AttentionFlag = z.infer<typeof attentionFlagSchema>;

/** How staff closed an order by hand; after this no money or airtime moves by itself. */
export const resolutions = ['marked-delivered', 'refunded', 'cancelled'] as const;
export type Resolution = (typeof resolutions)[number];

/** A phone, or what stands in its place once the person's data was erased. */
const personSchema = z.union([phoneSchema, pseudonymSchema]);

export const orderSchema = z.object({
  orderNo: z.string(),
  clientId: z.string(),
  mode: clientModeSchema,
  chatId: z.string(),
  /** Makes creation idempotent: one confirm screen makes at most one order. */
  confirmId: z.string(),
  customerPhone: personSchema.optional(),
  payerPhone: personSchema,
  recipientPhone: personSchema,
  /** Face value of the airtime. */
  amountKes: kesSchema,
  /** What M-Pesa charges, frozen on the confirm screen. */
  payableKes: kesSchema,
  discountPercent: z.number(),
  payment: paymentSchema,
  delivery: deliverySchema,
  attention: z.array(attentionFlagSchema),
  resolution: z.enum(resolutions).optional(),
  /**
   * Set when this order was open in a backup that was restored: when that backup was taken. What happened to it since is not on record, so
   * nothing is delivered without a person.
   */
  restoredFrom: z.number().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
/** An order as it is stored. Its timeline is a log of its own. Times are milliseconds since the epoch. */
export type Order = z.infer<typeof orderSchema>;

export const timelineEntrySchema = z.object({
  at: z.number(),
  event: z.string(),
  /** `customer`, `system`, `shadow-pay`, `statum`, or the name of a member of staff. */
  by: z.string(),
  note: z.string().optional(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

export const orderStatuses = ['open', 'delivered', 'failed', 'attention', 'refunded'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

const unpaidStates: ReadonlySet<PaymentState> = new Set(['declined', 'expired']);

/** The one word shown for an order (docs/orders.md). Pure: a function of the stored order alone. */
export function orderStatus(order: Order): OrderStatus {
  const { payment, delivery } = order;
  if (payment.state === 'refunded' && !mayBePaidTwice(order)) return 'refunded';
  if (needsAttention(order)) return 'attention';
  if (delivery.state === 'sent' || delivery.state === 'delivered') return 'delivered';
  if (delivery.state === 'cancelled' || unpaidStates.has(payment.state)) return 'failed';
  return 'open';
}

/** True: money has, or may have, come in a second time, and nobody has given it back or found otherwise. */
export function mayBePaidTwice({ attention }: Pick<Order, 'attention'>): boolean {
  return attention.some(({ kind }) => kind === 'paid-twice');
}

/** What a refund would give back now: of two payments the second, else what came in. */
export function owedKes(order: Order): number {
  const { payment, payableKes } = order;
  const second = mayBePaidTwice(order) ? payment.second?.amountKes : undefined;
  return second ?? payment.receivedKes ?? payableKes;
}

function needsAttention({ payment, delivery, attention }: Order): boolean {
  if (attention.length > 0) return true;
  if (payment.state === 'review') return true;
  // A cancelled order whose payment never became clear has been looked at by the person who cancelled it.
  if (payment.state === 'unknown' && delivery.state !== 'cancelled') return true;
  if (delivery.state === 'rejected' || delivery.state === 'unknown') return true;
  if (delivery.state === 'held' && (delivery.holdCause === 'float' || delivery.holdCause === 'credentials'))
    return true;
  return payment.state === 'paid' && delivery.state === 'cancelled';
}

/**
 * True when nothing more is expected to happen to an order by itself and no person is asked for. A prompt that was not seen to be paid
 * is settled only when its re-checks have ended, because M-Pesa reports late successes.
 */
export function isSettled(order: Order): boolean {
  const status = orderStatus(order);
  if (status === 'open' || status === 'attention') return false;
  const { payment } = order;
  // Cancelled while its prompt was still open: the customer may pay all the same.
  if (payment.state === 'requesting' || payment.state === 'prompted') return false;
  const isUnseen = unpaidStates.has(payment.state) || payment.promptUnsettled === true;
  const watched = isUnseen && payment.checkoutRequestId !== undefined;
  return !watched || payment.watchEndedAt !== undefined;
}

/** True when somebody was erased from this order: no airtime can be sent for it, and its chat hears nothing. */
export function isErased({ payerPhone, recipientPhone, customerPhone = '', chatId }: Order): boolean {
  return [payerPhone, recipientPhone, customerPhone, chatId].some(isPseudonym);
}

export const orderActions = [
  'check-payment',
  'confirm-payment',
  'resend',
  'mark-delivered',
  'mark-refunded',
  'cancel',
] as const;
export type OrderAction = (typeof orderActions)[number];

/** M-Pesa's receipt, as staff and customers type it. */
export const receiptSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9]{10}$/, 'An M-Pesa code has ten letters and digits, such as SG722NMVXQ');

/**
 * The M-Pesa code in a customer's text, who may paste the whole SMS: the first word of ten letters and digits that begins with a
 * letter and has a digit. Undefined when there is none.
 */
export function findReceipt(text: string): string | undefined {
  return text
    .toUpperCase()
    .split(/[^0-9A-Z]+/)
    .find((word) => /^(?=.*\d)[A-Z][A-Z0-9]{9}$/.test(word));
}

/** Body of `POST /api/v1/orders/:orderNo/actions`. */
export const orderActionSchema = z.strictObject({
  action: z.enum(orderActions),
  reason: z.string().trim().max(500).optional(),
  receipt: receiptSchema.optional(),
  amountKes: kesSchema.optional(),
});
export type OrderActionRequest = z.infer<typeof orderActionSchema>;
