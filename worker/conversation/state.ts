import { z } from 'zod';
import { type MachineState, quoteSchema } from '../../shared/conversation.ts';
import { type Language, languageSchema } from '../../shared/language.ts';
import { kesSchema } from '../../shared/order.ts';
import { phoneSchema } from '../../shared/phone.ts';
import { pictureIdSchema } from '../../shared/picture.ts';
import { readAdminState } from './admin/state.ts';
import type { Guard } from './guard.ts';

/** Rises when a stored state of the old shape can no longer be read; such chats start again at the menu. */
const STATE_VERSION = 1;

/** What is known of a purchase before its amount is. `forSelf`: the airtime is for the customer's own number. */
const target = { recipientPhone: phoneSchema, forSelf: z.boolean() };

/** Phones to choose from, as numbered on the screen, so that what "2" means does not shift. */
const offered = z.array(phoneSchema).max(9).default([]);

/** The amount that the customer has named before he was asked for it. */
const wishedKes = kesSchema.nullable().default(null);

/**
 * Where a chat stands: one member per screen, holding all that its answer needs. Absent values are `null`, so that a
 * state is the same before and after JSON.
 */
const screenSchema = z.discriminatedUnion('screen', [
  /** `toldBackAt`: when the "we are back" of a downtime was said; the rest of that backlog needs no second one. */
  z.object({ screen: z.literal('menu'), toldBackAt: z.number().nullable() }),
  z.object({ screen: z.literal('who'), wishedKes }),
  z.object({ screen: z.literal('number'), forSelf: z.boolean(), offered, wishedKes }),
  z.object({ screen: z.literal('amount'), ...target, payerPhone: phoneSchema.nullable() }),
  z.object({ screen: z.literal('payer'), ...target, amountKes: kesSchema, offered }),
  /** `reshown`: the customer has answered a confirm that was not yet on the screen, and was shown it again. */
  z.object({ screen: z.literal('confirm'), forSelf: z.boolean(), quote: quoteSchema, reshown: z.boolean() }),
  /** After an order. `offeredAt`: when this purchase, its price included, was last shown. */
  z.object({
    screen: z.literal('waiting'),
    forSelf: z.boolean(),
    quote: quoteSchema,
    offeredAt: z.number(),
  }),
  /** `orderNos`: as numbered on the screen, so that a later order does not shift the choice. */
  z.object({ screen: z.literal('orders'), orderNos: z.array(z.string()).max(10) }),
  z.object({ screen: z.literal('order'), orderNo: z.string() }),
  /** Asked for the M-Pesa code of a payment that brought nothing. */
  z.object({ screen: z.literal('complaint'), orderNo: z.string() }),
  z.object({ screen: z.literal('help') }),
]);
export type Screen = z.infer<typeof screenSchema>;
export type ScreenOf<Name extends Screen['screen']> = Extract<Screen, { screen: Name }>;

/** What is remembered of a chat beyond its screen. */
const memorySchema = z.object({
  /** What the customer has chosen; null: the shop's language. */
  language: languageSchema.nullable().default(null),
  /** The customer's own number as he told it, where the chat network does not. */
  ownPhone: phoneSchema.nullable().default(null),
  /** The picture of the shop's that was sent here last. */
  seenPicture: pictureIdSchema.nullable().default(null),
});
export type Memory = z.infer<typeof memorySchema>;

const noMemory: Memory = memorySchema.parse({});
const rememberingSchema = z.object({ memory: memorySchema });
const storedSchema = z.object({ v: z.literal(STATE_VERSION), at: screenSchema });

/** @param guard see guard.ts, which reads it */
export function writeState(screen: Screen, memory: Memory = noMemory, guard?: Guard): MachineState {
  return { v: STATE_VERSION, at: screen, memory, ...(guard && { guard }) };
}

/** @returns undefined for anything that this version cannot read: an older shape, or damage. Never throws. */
export function readState(state: MachineState): Screen | undefined {
  const read = storedSchema.safeParse(state);
  return read.success ? read.data.at : undefined;
}

/** What a state remembers, also where its screen cannot be read. Never throws. */
export function readMemory(state: MachineState | null): Memory {
  return rememberingSchema.safeParse(state).data?.memory ?? noMemory;
}

/** What to speak in a chat: what its customer has chosen, else the shop's language. */
export function languageOf(state: MachineState | null | undefined, shopLanguage: Language): Language {
  return readMemory(state ?? null).language ?? shopLanguage;
}

/** True while a chat in this state stands at the order that this confirm became, and takes "1" as "try it again". */
export function awaits(state: MachineState, confirmId: string): boolean {
  // In an admin's menu "1" means something else.
  const admin = readAdminState(state);
  if (admin && admin.screen.at !== 'customer') return false;
  const at = readState(state);
  return at?.screen === 'waiting' && at.quote.confirmId === confirmId;
}
