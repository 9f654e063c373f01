import { z } from 'zod';
import { inboundContentSchema, mediaKinds } from './conversation.ts';
import { pictureIdSchema } from './picture.ts';

/**
 * The simulated world's own interface: what the supervisor (and tests) may ask of it, and the chat network's line protocol.
 * It listens on 127.0.0.1 only. Every control request carries the token of `world.json` in the header `x-world-token`.
 *
 * Control, JSON over HTTP:
 *   GET  /control/health                                   → worldHealthSchema
 *   PUT  /control/callback          { url }                → 204   where Statum's delivery callbacks go
 *   POST /control/chats/:clientId/messages { from } & customerMessageSchema → 202 { id }
 *   PATCH /control/chats/:clientId/messages/:id { text }   → 204   the customer changes what a message says
 *   DELETE /control/chats/:clientId/messages/:id           → 204   the customer deletes it for everyone
 *   GET  /control/chats/:clientId/messages?phone=&after=   → { items: [chatMessageSchema] }  oldest first, `after` = a message id
 *   GET  /control/phones/:phone                            → phoneViewSchema
 *   POST /control/phones/:phone/prompt  promptAnswerSchema → phoneViewSchema
 *   PUT  /control/faults            faultsSchema           → 204
 *   GET  /control/ledger                                   → ledgerSchema
 *   GET  /control/events                                   → endless NDJSON of worldEventSchema
 * Gateways, with the documented shapes: /shadow-pay/api/v2/{stkpush,status}.php, /statum/api/v2/{airtime,account-details,account-balance}
 */

/** `world.json` in the sandbox's folder, mode 0600: how the world that runs there is found and spoken to. */
export const worldFileSchema = z.object({
  pid: z.number().int(),
  /** Start time in clock ticks since boot, from /proc; tells a reused pid apart. */
  pidStartTime: z.string(),
  httpPort: z.number().int(),
  chatPort: z.number().int(),
  token: z.string(),
  shadowPay: z.object({ apiKey: z.string(), apiSecret: z.string(), accountId: z.number().int() }),
  statum: z.object({ consumerKey: z.string(), consumerSecret: z.string() }),
});
export type WorldFile = z.infer<typeof worldFileSchema>;

export const worldHealthSchema = z.object({ pid: z.number().int(), version: z.string() });

const phone = z.string().regex(/^254[17]\d{8}$/);

const sharedContactSchema = z.strictObject({
  name: z.string().max(200),
  phones: z.array(z.string().max(40)).min(1).max(10),
});

/** What a customer's phone can send: one of the three. The limit of a text is the caller's. */
export const customerMessageSchema = z.strictObject({
  text: z.string().max(65_536).optional(),
  contact: sharedContactSchema.optional(),
  media: z.strictObject({ kind: z.enum(mediaKinds), caption: z.string().max(65_536).optional() }).optional(),
});
export type CustomerMessage = z.infer<typeof customerMessageSchema>;

export const chatMessageSchema = z.object({
  id: z.string(),
  /** `in`: from the customer to the bot. */
  direction: z.enum(['in', 'out']),
  /** As it is now: of media the caption, of a contact or a deleted message nothing. */
  text: z.string(),
  at: z.number(),
  contact: sharedContactSchema.optional(),
  media: z.object({ kind: z.enum(mediaKinds) }).optional(),
  /** Of the bot's: its client's picture, to which `text` is the caption. The network carries its name, not its bytes. */
  pictureId: pictureIdSchema.optional(),
  edited: z.literal(true).optional(),
  deleted: z.literal(true).optional(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

export const phoneViewSchema = z.object({
  prompt: z
    .object({ checkoutRequestId: z.string(), amountKes: z.number().int(), reference: z.string() })
    .nullable(),
  airtimeKes: z.number().int(),
});
export type PhoneView = z.infer<typeof phoneViewSchema>;

export const promptAnswers = ['pay', 'cancel', 'wrong-pin', 'no-funds', 'ignore'] as const;
export const promptAnswerSchema = z.strictObject({
  answer: z.enum(promptAnswers),
  /** Lets a customer pay after the prompt has expired. */
  checkoutRequestId: z.string().max(100).optional(),
});
export type PromptAnswer = z.infer<typeof promptAnswerSchema>;

export const faultModes = [
  'ok',
  'slow',
  'timeout-before',
  'timeout-after',
  'error-500',
  'error-401',
  'insufficient',
  'garbage',
  'empty',
  'duplicate-callback',
] as const;
export const faultOps = ['push', 'status', 'airtime', 'balance', 'callback'] as const;
export const faultSchema = z.strictObject({
  mode: z.enum(faultModes),
  /** Default: `push` for Shadow Pay, `airtime` for Statum. */
  op: z.enum(faultOps).optional(),
  /** How many calls it lasts; without it, until `ok`. */
  times: z.number().int().min(1).max(1_000_000).optional(),
  /** For `slow`, and how long the time-out modes hold the connection. */
  delayMs: z.number().int().min(0).max(300_000).optional(),
});
export type Fault = z.infer<typeof faultSchema>;
export const faultsSchema = z.strictObject({
  shadowPay: faultSchema.optional(),
  statum: faultSchema.optional(),
  floatKes: z.number().min(0).max(100_000_000).optional(),
});
export type Faults = z.infer<typeof faultsSchema>;

export const ledgerPromptStates = [
  'pending',
  'paid',
  'cancelled',
  'wrong-pin',
  'no-funds',
  'expired',
  'refused',
] as const;
export const ledgerSchema = z.object({
  prompts: z.array(
    z.object({
      checkoutRequestId: z.string(),
      reference: z.string(),
      phone,
      amountKes: z.number().int(),
      state: z.enum(ledgerPromptStates),
      receipt: z.string().optional(),
    }),
  ),
  topUps: z.array(z.object({ requestId: z.string(), phone, amountKes: z.number().int(), at: z.number() })),
});
export type Ledger = z.infer<typeof ledgerSchema>;

export const worldEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), clientId: z.string(), phone, message: chatMessageSchema }),
  /** A prompt appeared or went, or the airtime balance changed. */
  z.object({ type: z.literal('phone'), phone, view: phoneViewSchema }),
]);
export type WorldEvent = z.infer<typeof worldEventSchema>;

/**
 * The chat network: one JSON object per line over TCP. A worker greets, then gets every message of its client that nobody has
 * acknowledged yet, oldest first, and each new one; it acknowledges a message when it has been handled.
 */
export const chatToWorldSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), token: z.string(), clientId: z.string() }),
  z.object({ type: z.literal('ack'), id: z.string() }),
  z.object({
    type: z.literal('send'),
    ref: z.number().int(),
    chatId: z.string(),
    text: z.string(),
    pictureId: pictureIdSchema.optional(),
    mark: z.string(),
  }),
  /** Was anything with this mark sent in this chat? */
  z.object({ type: z.literal('find'), ref: z.number().int(), chatId: z.string(), mark: z.string() }),
  /** Answered by a `pong`: a network that stands still keeps its connections, and only its silence tells. */
  z.object({ type: z.literal('ping') }),
]);
export type ChatToWorld = z.infer<typeof chatToWorldSchema>;

export const worldToChatSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), phone }),
  z.object({
    type: z.literal('message'),
    id: z.string(),
    chatId: z.string(),
    phone,
    text: z.string(),
    /** Anything but a text. */
    content: inboundContentSchema.optional(),
    at: z.number(),
  }),
  z.object({ type: z.literal('sent'), ref: z.number().int(), id: z.string() }),
  z.object({ type: z.literal('found'), ref: z.number().int(), id: z.string().nullable() }),
  z.object({ type: z.literal('refused'), ref: z.number().int().optional(), message: z.string() }),
  z.object({ type: z.literal('pong') }),
]);
export type WorldToChat = z.infer<typeof worldToChatSchema>;
