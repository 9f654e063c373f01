import { z } from 'zod';
import { chatMessageSchema, ledgerSchema } from '../../shared/world.ts';

/** The API's answers as a caller outside would read them: from the documented contract, not from the product's own types. */

export const apiClientSchema = z.object({
  id: z.string(),
  name: z.string(),
  mode: z.enum(['sandbox', 'test', 'live']),
  desired: z.enum(['running', 'stopped']),
  state: z.string(),
  stateReason: z.string().optional(),
  paused: z.boolean(),
  pid: z.number().optional(),
  restarts: z.number(),
});
export type ApiClient = z.infer<typeof apiClientSchema>;

export const apiOrderSchema = z.object({
  orderNo: z.string(),
  clientId: z.string(),
  mode: z.string(),
  chatId: z.string(),
  payerPhone: z.string(),
  recipientPhone: z.string(),
  amountKes: z.number(),
  payableKes: z.number(),
  status: z.enum(['open', 'delivered', 'failed', 'attention', 'refunded']),
  payment: z.object({
    state: z.string(),
    checkoutRequestId: z.string().optional(),
    receipt: z.string().optional(),
    reason: z.string().optional(),
  }),
  delivery: z.object({ state: z.string(), requestId: z.string().optional(), reason: z.string().optional() }),
  createdAt: z.iso.datetime(),
});
export type ApiOrder = z.infer<typeof apiOrderSchema>;

export const apiOrderPageSchema = z.object({
  items: z.array(apiOrderSchema),
  nextCursor: z.string().optional(),
});

/** In the API times are ISO texts; between the supervisor and the world they are numbers. */
export const apiMessageSchema = chatMessageSchema.extend({ at: z.iso.datetime() });
export type ApiMessage = z.infer<typeof apiMessageSchema>;

export const apiLedgerSchema = ledgerSchema.extend({
  topUps: z.array(ledgerSchema.shape.topUps.element.extend({ at: z.iso.datetime() })),
});
export type ApiLedger = z.infer<typeof apiLedgerSchema>;

export const apiErrorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});

export const itemsOf = <T extends z.ZodType>(schema: T) => z.object({ items: z.array(schema) });
