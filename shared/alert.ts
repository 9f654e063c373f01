import { z } from 'zod';
import { phoneSchema } from './phone.ts';

/** Something that an admin must know of. It opens when a condition comes to be true and is resolved when the condition is gone. */

export const alertKinds = [
  /** Given up after all retries; slow probes go on. */
  'bot-failed',
  /** Has not answered for a while, but is still being helped. */
  'bot-down',
  /** Unlinked on the phone or by WhatsApp: somebody must scan. */
  'bot-logged-out',
  'bot-banned',
  /** WhatsApp Web is not what the product knows: nobody can mend it by restarting. */
  'whatsapp-changed',
  'float-low',
  /** Paid orders wait for float. */
  'float-empty',
  'orders-attention',
  'storage',
  'gateway-unreachable',
  'gateway-keys-refused',
  'clock-skew',
] as const;
export const alertKindSchema = z.enum(alertKinds);
export type AlertKind = z.infer<typeof alertKindSchema>;

/** `critical`: customers or money are affected now. */
export const alertSeverities = ['info', 'warning', 'critical'] as const;
export const alertSeveritySchema = z.enum(alertSeverities);
export type AlertSeverity = z.infer<typeof alertSeveritySchema>;

/**
 * How an alert ended. Only a recovery is news: who stopped a bot or removed a client knows it.
 */
export const alertEndings = ['recovered', 'stopped', 'removed'] as const;
export const alertEndingSchema = z.enum(alertEndings);
export type AlertEnding = z.infer<typeof alertEndingSchema>;

/** What one phone has been told about an alert by WhatsApp. */
export const alertToldSchema = z.object({
  /** What it believes: that the trouble goes on, or that it is over. */
  believes: z.enum(['open', 'over']),
  /** When its messages about this alert were queued, the latest ones, oldest first. */
  at: z.array(z.number()),
});
export type AlertTold = z.infer<typeof alertToldSchema>;

export const alertSchema = z.object({
  id: z.string(),
  /** At most one open alert has it: `bot:<clientId>`, `float:<credential set>`, … */
  key: z.string(),
  kind: alertKindSchema,
  severity: alertSeveritySchema,
  /** The client it concerns alone; null: the whole platform. */
  clientId: z.string().nullable(),
  title: z.string(),
  /** What is the matter and what to do, in plain words. */
  text: z.string(),
  raisedAt: z.number(),
  /** When it was last found to have changed: opened again, worse, or with other words. */
  lastSeenAt: z.number(),
  /** When it last became worse than before; whoever was told earlier is told again. */
  worsenedAt: z.number(),
  /** How many things it stands for (orders), else how often it has opened. */
  count: z.number().int(),
  resolvedAt: z.number().optional(),
  ending: alertEndingSchema.optional(),
  acknowledgedAt: z.number().optional(),
  acknowledgedBy: z.string().optional(),
  told: z.record(phoneSchema, alertToldSchema),
});
export type Alert = z.infer<typeof alertSchema>;

export function isOpen(alert: Pick<Alert, 'resolvedAt'>): boolean {
  return alert.resolvedAt === undefined;
}
