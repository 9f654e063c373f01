import { z } from 'zod';
import {
  type Alert,
  alertEndingSchema,
  alertKindSchema,
  alertSeveritySchema,
} from '../../../shared/alert.ts';
import { isoTime, optionalTime } from './time.ts';

const timeSchema = z.iso.datetime();

/** The API's Alert. Whose phones were told stays inside: admins' numbers are nobody else's business. */
export const alertViewSchema = z.object({
  id: z.string(),
  key: z.string(),
  kind: alertKindSchema,
  severity: alertSeveritySchema,
  clientId: z.string().nullable(),
  title: z.string(),
  text: z.string(),
  raisedAt: timeSchema,
  lastSeenAt: timeSchema,
  count: z.number().int(),
  resolvedAt: timeSchema.optional(),
  ending: alertEndingSchema.optional(),
  acknowledgedAt: timeSchema.optional(),
  acknowledgedBy: z.string().optional(),
  /** When a message about it was last sent by WhatsApp. */
  toldAt: timeSchema.optional(),
});
export type AlertView = z.infer<typeof alertViewSchema>;

export function alertView(alert: Alert): AlertView {
  const { id, key, kind, severity, clientId, title, text, count, ending, acknowledgedBy } = alert;
  const toldAt = Object.values(alert.told).flatMap(({ at }) => at);
  return {
    ...{ id, key, kind, severity, clientId, title, text, count },
    raisedAt: isoTime(alert.raisedAt),
    lastSeenAt: isoTime(alert.lastSeenAt),
    ...optionalTime('resolvedAt', alert.resolvedAt),
    ...(ending && { ending }),
    ...optionalTime('acknowledgedAt', alert.acknowledgedAt),
    ...(acknowledgedBy !== undefined && { acknowledgedBy }),
    ...optionalTime('toldAt', toldAt.length === 0 ? undefined : Math.max(...toldAt)),
  };
}
