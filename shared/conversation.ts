import { z } from 'zod';
import { adminActionSchema, adminFactsSchema } from './admin.ts';
import { clientModeSchema } from './client.ts';
import { type JsonObject, jsonObjectSchema } from './json.ts';
import { languageSchema } from './language.ts';
import { kesSchema, orderSchema, orderStatuses, receiptSchema } from './order.ts';
import { phoneSchema } from './phone.ts';
import { pictureIdSchema } from './picture.ts';

/**
 * What crosses between the pure menu machine (worker/conversation) and the supervisor that commits its turns.
 *
 * A *turn* is one customer message and all that follows from it. The worker asks for the chat's state and the facts it may
 * show (`turn.begin`), runs the machine, and hands back new state, replies and effects (`turn.commit`); the supervisor
 * writes all of it as one transaction. The worker itself remembers nothing, so it may die at any moment.
 */

/** The machine's state: plain JSON that only the machine understands. */
export const machineStateSchema = jsonObjectSchema;
export type MachineState = JsonObject;

/** A purchase as the confirm screen showed it; frozen there and copied into the order unchanged. */
export const quoteSchema = z.object({
  confirmId: z.string(),
  amountKes: kesSchema,
  payableKes: kesSchema,
  discountPercent: z.number(),
  recipientPhone: phoneSchema,
  payerPhone: phoneSchema,
  /** A confirm older than ten minutes is not a confirm. */
  shownAt: z.number(),
});
export type Quote = z.infer<typeof quoteSchema>;

/** A confirm screen expires with its conversation. */
export const CONFIRM_TTL_MS = 10 * 60_000;
/** Messages older than this (met after downtime) never buy anything. */
export const STALE_MESSAGE_MS = 10 * 60_000;

/** What a turn wants done. Applied in the turn's own transaction or not at all. */
export const effectSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('create-order'), quote: quoteSchema }),
  /** "I paid but got nothing": puts the order before a person, with the code the customer names. Evidence, not proof. */
  z.object({ type: z.literal('complain'), orderNo: z.string(), receipt: receiptSchema }),
  /** What an admin of the shop has confirmed. */
  z.object({ type: z.literal('admin'), action: adminActionSchema }),
]);
export type Effect = z.infer<typeof effectSchema>;

/**
 * Why the supervisor did not accept a turn's effects. Nothing of that turn was written; the worker runs the machine again on
 * the same message with this in its context, so that the customer gets the fitting text.
 */
export const refusalSchema = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('amount'), minAmountKes: kesSchema, maxAmountKes: kesSchema }),
  z.object({ reason: z.literal('price-changed'), payableKes: kesSchema }),
  z.object({ reason: z.literal('confirm-expired') }),
  /** This payer's phone shows a prompt already, of this chat's order if `orderNo` is given. */
  z.object({ reason: z.literal('open-prompt'), orderNo: z.string().optional() }),
  z.object({ reason: z.literal('payer-limit'), perHour: z.number(), retryAt: z.number() }),
  z.object({ reason: z.literal('payers-per-chat'), perDay: z.number() }),
  /** M-Pesa refuses the same amount from the same payer within two minutes. */
  z.object({ reason: z.literal('same-amount'), retryAt: z.number() }),
  /** This number has been bought enough airtime for 24 hours, over all bots. */
  z.object({ reason: z.literal('recipient-limit'), kesPerDay: z.number() }),
  /** The shop has sold what it may sell today. */
  z.object({ reason: z.literal('shop-limit') }),
  z.object({ reason: z.literal('float') }),
  /** The person in this chat, or the payer named, may not buy here. */
  z.object({ reason: z.literal('banned'), who: z.enum(['customer', 'payer']) }),
  z.object({ reason: z.literal('paused') }),
  z.object({ reason: z.literal('not-open') }),
  /** What an admin wanted is not to be had; in words for him. */
  z.object({ reason: z.literal('admin'), message: z.string() }),
  /** Storage cannot take new orders just now. */
  z.object({ reason: z.literal('unavailable') }),
]);
export type Refusal = z.infer<typeof refusalSchema>;

/** An order as its own customer may see it. */
export const customerOrderSchema = orderSchema
  .pick({
    orderNo: true,
    amountKes: true,
    payableKes: true,
    recipientPhone: true,
    payerPhone: true,
    createdAt: true,
  })
  .extend({
    status: z.enum(orderStatuses),
    paymentState: orderSchema.shape.payment.shape.state,
    deliveryState: orderSchema.shape.delivery.shape.state,
    declineCause: orderSchema.shape.payment.shape.declineCause,
    receipt: z.string().optional(),
    /** Of what is not paid. True: M-Pesa is still asked about the prompt, so that a late payment is seen by itself. */
    watched: z.boolean().optional(),
    /** What staff say they have sent back. */
    refund: z.object({ amountKes: kesSchema, receipt: z.string() }).optional(),
    /** What certainly came in besides the payment, and what staff say they have sent back of it. */
    second: z
      .object({
        amountKes: kesSchema,
        /** Absent: the gateway gave none. */
        receipt: z.string().optional(),
        refund: z.object({ amountKes: kesSchema, receipt: z.string() }).optional(),
      })
      .optional(),
  });
export type CustomerOrder = z.infer<typeof customerOrderSchema>;

/** The facts a machine step may use: everything it knows of the world, the clock included. */
export const turnContextSchema = z.object({
  now: z.number(),
  /** A fresh unguessable id, for the confirm screen that this step may show. */
  freshId: z.string(),
  mode: clientModeSchema,
  /** The shop's language, for customers who have not chosen one. */
  language: languageSchema,
  /** The shop's own texts by language and key, in place of the catalogue's. */
  texts: z.partialRecord(languageSchema, z.record(z.string(), z.string())).optional(),
  shop: z.object({
    name: z.string(),
    contact: z.string(),
    minAmountKes: kesSchema,
    maxAmountKes: kesSchema,
    discountPercent: z.number(),
    quickAmountsKes: z.array(kesSchema),
    paused: z.boolean(),
    /** False: it has no usable payment keys, so that nothing can be sold yet. */
    ready: z.boolean(),
    /** How many numbers of earlier purchases are offered as choices; 0: none. */
    rememberedNumbers: z.number().int(),
    /** The picture that goes with a greeting, if the shop has one. */
    pictureId: pictureIdSchema.optional(),
  }),
  /** Set outside the opening hours. `opensAt`: the next opening, null when none is in sight. */
  closed: z.object({ opensAt: z.number().nullable() }).optional(),
  /** When a chat's messages are too many, or look like another bot's. */
  limits: z.object({
    /** Answered at once, however quickly they come. */
    burst: z.number(),
    /** As many as these per minute never add up to a burst. */
    perMinute: z.number(),
    /** Answered more and more slowly after the burst; then the bot goes silent. */
    slowed: z.number(),
    /** The same message this often in a row is taken for an automatic reply; 0: never. */
    repeats: z.number(),
  }),
  /** The customer's own number where WhatsApp tells it; an `@lid` chat may have none. */
  customerPhone: phoneSchema.optional(),
  /** Set: this person may not buy here; what staff want him to read. */
  ban: z.object({ message: z.string().optional(), reason: z.string().optional() }).optional(),
  /** This chat's latest orders, newest first, at most ten. */
  orders: z.array(customerOrderSchema),
  /** The order whose number stands in the message, if it is this chat's own. */
  mentionedOrder: customerOrderSchema.optional(),
  /** The same customer (by the number that the chat network vouches for) has placed it with another shop. */
  orderElsewhere: z.object({ orderNo: z.string(), shopName: z.string() }).optional(),
  /** Set: the person who writes is an admin of this shop. */
  admin: adminFactsSchema.optional(),
  /** Set when the previous run of this same turn was refused. */
  refusal: refusalSchema.optional(),
});
export type TurnContext = z.infer<typeof turnContextSchema>;

/** What a customer may send besides words and contacts; none of it can be read. */
export const mediaKinds = ['image', 'voice', 'video', 'document', 'sticker', 'location', 'other'] as const;

/** What a customer sent, reduced to what the machine understands. */
export const inboundContentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('contact'), phones: z.array(z.string()) }),
  z.object({
    kind: z.literal('media'),
    media: z.enum(mediaKinds),
    /** What the customer wrote beneath it. */
    caption: z.string().optional(),
  }),
  /** An earlier message of the customer's was changed; `sentAt` is when, `text` what it says now. */
  z.object({ kind: z.literal('edited'), text: z.string() }),
  /** An earlier message of the customer's was deleted for everyone; `sentAt` is when. */
  z.object({ kind: z.literal('deleted') }),
]);
export type InboundContent = z.infer<typeof inboundContentSchema>;

/** What the customer says now: a text, or the words beneath a picture. Empty for everything else. */
export function saidText(content: InboundContent): string {
  if (content.kind === 'media') return content.caption ?? '';
  return content.kind === 'text' ? content.text : '';
}

/** The longest text that travels on; what WhatsApp lets through is longer than any order. */
export const MAX_INBOUND_TEXT = 4_096;

/** What is stored of one chat with one client. */
export const conversationSchema = z.object({
  clientId: z.string(),
  chatId: z.string(),
  /** Rises by one with each turn; a commit names the version it started from. */
  version: z.number().int().nonnegative(),
  state: machineStateSchema,
  /** Marks of the latest message ids, so that a message redelivered after a crash is not handled twice. Newest last. */
  handledMessageIds: z.array(z.string()),
  customerPhone: phoneSchema.optional(),
  updatedAt: z.number(),
});
export type Conversation = z.infer<typeof conversationSchema>;

/** Something that must still be said in a chat. Deleted once the worker has confirmed that it was. */
export const outboxEntrySchema = z.object({
  id: z.string(),
  clientId: z.string(),
  chatId: z.string(),
  /** Order within the whole outbox; a chat's entries go out by rising number. */
  seq: z.number().int(),
  text: z.string(),
  /** The client's picture under which the text stands. Without it the text is said alone: it was taken away, or cannot be sent. */
  pictureId: pictureIdSchema.optional(),
  /** Not sent before this; absent: at once. */
  sendAfter: z.number().optional(),
  /** The order this tells about, if it does. */
  orderNo: z.string().optional(),
  /** It tells somebody what became of money that came in: no limit of a day holds it, nor what must be said in this chat before it. */
  aboutPaid: z.boolean().optional(),
  /** Not to be sent: an admin (`by`, a phone) has M-Pesa asked about this order's payment, and the answer will take this entry's place. */
  check: z.object({ orderNo: z.string(), by: z.string() }).optional(),
  createdAt: z.number(),
});
export type OutboxEntry = z.infer<typeof outboxEntrySchema>;
