import { z } from 'zod';
import { faultOps, faultSchema } from '../../shared/world.ts';

/** What `ledger.jsonl` holds: one line for each thing that happened in the simulated world. Times are milliseconds. */

export const LEDGER_FORMAT = { format: 'airtime-bots/simulated-world/ledger', version: 1 } as const;

export const gatewayNames = ['shadowPay', 'statum'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** How a customer, or M-Pesa itself, ended a prompt. `expired` is never written: it follows from the prompt's age. */
export const promptEndings = ['paid', 'cancelled', 'wrong-pin', 'no-funds'] as const;
export type PromptEnding = (typeof promptEndings)[number];

export const ledgerEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('push'),
    at: z.number(),
    id: z.string(),
    phone: z.string(),
    amountKes: z.number().int(),
    reference: z.string(),
    /** Set when M-Pesa showed no prompt: its result code. */
    refusedCode: z.number().int().optional(),
  }),
  z.object({
    type: z.literal('prompt-end'),
    at: z.number(),
    id: z.string(),
    ending: z.enum(promptEndings),
    receipt: z.string().optional(),
  }),
  z.object({
    type: z.literal('top-up'),
    at: z.number(),
    id: z.string(),
    phone: z.string(),
    amountKes: z.number().int(),
    /** How often the delivery callback goes out. */
    callbacks: z.number().int(),
  }),
  /** The one attempt at a top-up's callback begins. */
  z.object({ type: z.literal('callback-tried'), at: z.number(), id: z.string() }),
  /** The network did not deliver after all: the airtime and the charge are taken back. */
  z.object({ type: z.literal('top-up-reversed'), at: z.number(), id: z.string() }),
  z.object({ type: z.literal('callback-url'), at: z.number(), url: z.string() }),
  z.object({ type: z.literal('float-set'), at: z.number(), floatKes: z.number() }),
  z.object({
    type: z.literal('fault-set'),
    at: z.number(),
    gateway: z.enum(gatewayNames),
    /** Absent with mode `ok`: all faults of the gateway end. */
    op: z.enum(faultOps).optional(),
    fault: faultSchema,
  }),
  z.object({
    type: z.literal('fault-used'),
    at: z.number(),
    gateway: z.enum(gatewayNames),
    op: z.enum(faultOps),
  }),
]);
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;
