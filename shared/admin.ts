import { z } from 'zod';
import { banReasonSchema } from './ban.ts';
import { clientModeSchema, workerStateSchema } from './client.ts';
import { jsonValueSchema } from './json.ts';
import { orderActionSchema, orderActions, orderSchema, orderStatuses, timelineEntrySchema } from './order.ts';
import { phoneSchema } from './phone.ts';

/**
 * What an admin's WhatsApp screens ask of the supervisor, and what they want done. Both are about the client whose bot the
 * admin writes to, and are refused to anybody who is not its admin, whatever a worker says.
 */

/** How many orders or bans one screen lists. */
export const ADMIN_PAGE = 5;

export const adminQuerySchema = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('overview') }),
  z.object({ ask: z.literal('orders'), status: z.enum(orderStatuses), cursor: z.string().optional() }),
  /** An order number, an M-Pesa code, a phone or its last four or more digits. */
  z.object({ ask: z.literal('find'), q: z.string(), cursor: z.string().optional() }),
  z.object({ ask: z.literal('order'), orderNo: z.string() }),
  z.object({ ask: z.literal('sales') }),
  z.object({ ask: z.literal('float') }),
  z.object({ ask: z.literal('bans') }),
  z.object({ ask: z.literal('settings') }),
  z.object({ ask: z.literal('status') }),
]);
export type AdminQuery = z.infer<typeof adminQuerySchema>;

const countsSchema = z.record(z.enum(orderStatuses), z.number().int());

/** An order as staff see it in a list. */
export const staffOrderSchema = orderSchema
  .pick({
    orderNo: true,
    chatId: true,
    customerPhone: true,
    payerPhone: true,
    recipientPhone: true,
    amountKes: true,
    payableKes: true,
    createdAt: true,
  })
  .extend({
    status: z.enum(orderStatuses),
    paymentState: orderSchema.shape.payment.shape.state,
    paymentReason: z.string().optional(),
    deliveryState: orderSchema.shape.delivery.shape.state,
    deliveryReason: z.string().optional(),
    receipt: z.string().optional(),
    /** What a refund would give back now. */
    owedKes: orderSchema.shape.payableKes,
    /** Whether money may have come in twice for it: then a refund is the second payment's. */
    paidTwice: z.boolean(),
    /** What the person should know who is asked to look at it. */
    attention: z.array(z.string()),
  });
export type StaffOrder = z.infer<typeof staffOrderSchema>;

const sumsSchema = z.object({
  sales: z.number(),
  airtimeKes: z.number(),
  paidKes: z.number(),
  discountKes: z.number(),
  refunds: z.number(),
  refundedKes: z.number(),
});

/** The answer to the query of the same name. */
export const adminAnswerSchema = z.discriminatedUnion('ask', [
  z.object({
    ask: z.literal('overview'),
    counts: countsSchema,
    paused: z.boolean(),
    /** Why nothing can be bought at this moment; absent: something can. */
    notSelling: z.string().optional(),
    state: workerStateSchema,
  }),
  z.object({
    ask: z.literal('orders'),
    counts: countsSchema,
    items: z.array(staffOrderSchema),
    nextCursor: z.string().optional(),
  }),
  z.object({ ask: z.literal('find'), items: z.array(staffOrderSchema), nextCursor: z.string().optional() }),
  z.object({
    ask: z.literal('order'),
    /** Absent: this client has no such order. */
    order: staffOrderSchema.optional(),
    /** What may be done with it as it stands. */
    actions: z.array(z.enum(orderActions)),
    /** The latest entries, oldest first. */
    timeline: z.array(timelineEntrySchema),
    /** Its customer is banned from this client; a ban of the platform's is none of its business. */
    banned: z.boolean(),
  }),
  z.object({ ask: z.literal('sales'), today: sumsSchema, week: sumsSchema }),
  z.object({
    ask: z.literal('float'),
    /** False: the float is the platform's, whose balance is no business of a client's admin. */
    own: z.boolean(),
    balanceKes: z.number().optional(),
    reservedKes: z.number().optional(),
    checkedAt: z.number().optional(),
    low: z.boolean(),
    /** True: there are no usable keys, so that there is no float. */
    missing: z.boolean(),
  }),
  z.object({
    ask: z.literal('bans'),
    items: z.array(z.object({ person: z.string(), reason: z.string().optional(), createdAt: z.number() })),
    total: z.number().int(),
  }),
  z.object({
    ask: z.literal('settings'),
    /** As they count for this client. */
    values: z.record(z.string(), jsonValueSchema),
    /** Which of them are the client's own. */
    own: z.array(z.string()),
  }),
  z.object({
    ask: z.literal('status'),
    state: workerStateSchema,
    stateReason: z.string().optional(),
    mode: clientModeSchema,
    paused: z.boolean(),
    phone: phoneSchema.optional(),
    readySince: z.number().optional(),
    restarts: z.number(),
    memoryBytes: z.number().optional(),
  }),
]);
export type AdminAnswer = z.infer<typeof adminAnswerSchema>;
export type AnswerOf<Ask extends AdminQuery['ask']> = Extract<AdminAnswer, { ask: Ask }>;

/** What an admin wants done; applied in the turn's own transaction, so that a message that comes again does nothing twice. */
export const adminActionSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('order'),
    orderNo: z.string(),
    request: orderActionSchema,
    /** What the admin was shown: the order may have been paid twice, and this settles its second payment. Absent: it makes no difference. */
    paidTwice: z.boolean().optional(),
  }),
  z.object({ do: z.literal('pause') }),
  z.object({ do: z.literal('resume') }),
  z.object({ do: z.literal('ban'), person: z.string(), reason: banReasonSchema.optional() }),
  z.object({ do: z.literal('unban'), person: z.string() }),
  /** A shop setting of this client; null goes back to the platform's. */
  z.object({ do: z.literal('set'), key: z.string(), value: jsonValueSchema }),
  z.object({ do: z.literal('rename'), name: z.string() }),
  z.object({ do: z.literal('restart') }),
]);
export type AdminAction = z.infer<typeof adminActionSchema>;

/** Among a turn's facts when the person who writes is an admin of this client. */
export const adminFactsSchema = z.object({
  /** Who acts, for timeline and audit. */
  phone: phoneSchema,
  /** What the supervisor said to the query of this same turn. */
  answer: adminAnswerSchema.optional(),
});
export type AdminFacts = z.infer<typeof adminFactsSchema>;
