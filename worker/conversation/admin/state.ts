import { z } from 'zod';
import { adminActionSchema } from '../../../shared/admin.ts';
import { type MachineState, machineStateSchema } from '../../../shared/conversation.ts';
import { jsonValueSchema } from '../../../shared/json.ts';
import { kesSchema, orderStatuses } from '../../../shared/order.ts';
import { type Guard, readGuard } from '../guard.ts';

/** Rises when a stored state of the old shape can no longer be read; such chats start again at the admin menu. */
const STATE_VERSION = 1;
/** Where it stands in a chat's state, beside what the customer's machine keeps there. */
const KEY = 'admin';

const cursor = z.string().nullable();

/** Pages of orders. `first`: how many orders the pages before have shown. */
const listSchema = z.discriminatedUnion('view', [
  z.object({ view: z.literal('orders'), status: z.enum(orderStatuses), cursor, first: z.number() }),
  z.object({ view: z.literal('found'), q: z.string(), cursor, first: z.number() }),
]);

/** A screen of facts. What it shows is asked of the supervisor anew each time. */
export const viewSchema = z.discriminatedUnion('view', [
  z.object({ view: z.literal('menu') }),
  z.object({ view: z.literal('statuses') }),
  listSchema,
  /** `from`: the page it was chosen from; null: it was asked for by its number. */
  z.object({ view: z.literal('order'), orderNo: z.string(), from: listSchema.nullable().default(null) }),
  z.object({ view: z.literal('sales') }),
  z.object({ view: z.literal('float') }),
  z.object({ view: z.literal('bans') }),
  z.object({ view: z.literal('groups') }),
  z.object({ view: z.literal('group'), group: z.string() }),
  z.object({ view: z.literal('setting'), key: z.string() }),
  z.object({ view: z.literal('status') }),
]);
export type View = z.infer<typeof viewSchema>;

const ofOrder = { orderNo: z.string(), about: z.string() };
/** `ofSecond`: it is the second payment that went back, not the order's own. */
const ofRefund = { ...ofOrder, ofSecond: z.boolean().default(false) };

/** What is being asked for. `about` says in words what it is for, as the confirm screen will show it. */
export const inputSchema = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('find') }),
  z.object({ ask: z.literal('receipt'), ...ofOrder }),
  /** Of an order that may have been paid twice: the code of its one payment. */
  z.object({ ask: z.literal('one-receipt'), ...ofOrder }),
  z.object({
    ask: z.literal('reason'),
    action: z.enum(['resend', 'mark-delivered', 'cancel']),
    ...ofOrder,
  }),
  z.object({ ask: z.literal('refund-amount'), owedKes: kesSchema, ...ofRefund }),
  z.object({ ask: z.literal('refund-code'), amountKes: kesSchema, ...ofRefund }),
  z.object({ ask: z.literal('ban-person') }),
  z.object({ ask: z.literal('ban-reason'), person: z.string() }),
  z.object({ ask: z.literal('setting'), key: z.string() }),
  z.object({ ask: z.literal('name') }),
]);
export type Input = z.infer<typeof inputSchema>;

/** Where a number on a screen leads. Only `check` acts at once: it asks M-Pesa and changes nothing. */
export const targetSchema = z.discriminatedUnion('to', [
  z.object({ to: z.literal('view'), view: viewSchema }),
  z.object({ to: z.literal('input'), input: inputSchema }),
  z.object({ to: z.literal('confirm'), action: adminActionSchema, about: z.string() }),
  z.object({ to: z.literal('check'), orderNo: z.string() }),
  z.object({ to: z.literal('customer') }),
]);
export type Target = z.infer<typeof targetSchema>;

const screenSchema = z.discriminatedUnion('at', [
  /** `choices`: as numbered on the screen, so that what changes behind it does not shift them. */
  z.object({ at: z.literal('view'), view: viewSchema, choices: z.array(targetSchema).max(40) }),
  z.object({ at: z.literal('input'), input: inputSchema, back: viewSchema }),
  /** Single-use; `reshown`: it was answered before it was on the screen, and shown again. */
  z.object({
    at: z.literal('confirm'),
    action: adminActionSchema,
    about: z.string(),
    shownAt: z.number(),
    reshown: z.boolean(),
    back: viewSchema,
  }),
  /** The admin uses the bot as a customer does. */
  z.object({ at: z.literal('customer') }),
]);
export type AdminScreen = z.infer<typeof screenSchema>;
export type ScreenAt<At extends AdminScreen['at']> = Extract<AdminScreen, { at: At }>;

const storedSchema = z.object({
  v: z.literal(STATE_VERSION),
  screen: screenSchema,
  /** When a backlog of old messages was answered; the rest of it needs no second answer. */
  toldBackAt: z.number().nullable(),
});
export type AdminState = Omit<z.infer<typeof storedSchema>, 'v'>;

/** @returns undefined for a chat whose admin part is missing, of an older shape, or damaged */
export function readAdminState(state: MachineState | null): AdminState | undefined {
  const read = storedSchema.safeParse(state?.[KEY]);
  return read.success ? { screen: read.data.screen, toldBackAt: read.data.toldBackAt } : undefined;
}

/** How this chat has written as an admin; as a customer it is known apart from that. */
export function readAdminGuard(state: MachineState | null): Guard {
  const part = machineStateSchema.safeParse(state?.[KEY]);
  return readGuard(part.success ? part.data : null);
}

/** The chat's state with the admin's part in it. @param customer the customer's machine's part, kept as it is */
export function withAdminState(
  customer: MachineState | null,
  { screen, toldBackAt }: AdminState,
  guard: Guard,
): MachineState {
  // By way of JSON: what is absent is absent, as it will be when it is read again.
  const part = JSON.stringify({ v: STATE_VERSION, screen, toldBackAt, guard });
  return { ...customer, [KEY]: jsonValueSchema.parse(JSON.parse(part)) };
}

/** What the customer's machine knows of the chat; null when it has never seen it. */
export function customerPart(state: MachineState | null): MachineState | null {
  if (state === null || !Object.hasOwn(state, KEY)) return state;
  const own = Object.entries(state).filter(([key]) => key !== KEY);
  return own.length === 0 ? null : Object.fromEntries(own);
}
