import { z } from 'zod';

/** Who did what to what, and why. Written in the same transaction as the deed. */
export const auditEntrySchema = z.object({
  at: z.number(),
  /** Name of the admin or owner, or `system`. */
  by: z.string(),
  /** `client.create`, `order.cancel`, `settings.change`, `sign-in`, … */
  action: z.string(),
  /** Id of the client, order or setting group it was done to. */
  subject: z.string().optional(),
  clientId: z.string().optional(),
  note: z.string().optional(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
