import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IncomingMessage } from '../transport.ts';
import { pageMessageSchema, senderOf, TYPED } from './messages.ts';

/**
 * What customers do to messages that they have sent: edits (within 15 minutes) and deletions for everyone. The page tells each as a
 * change of the message itself, under the message's own id; here each becomes a message with an id of its own.
 */

const editedSchema = pageMessageSchema.extend({
  latestEditSenderTimestampMs: z.number().optional().catch(undefined),
});
const revokedSchema = pageMessageSchema.extend({ revokeTimestamp: z.number().optional().catch(undefined) });

/**
 * @param before the text or caption as it was. The page also "changes" the body of a message that it could not decrypt at first, which
 *   is then told as new, and that of a picture whose preview is loaded: neither is an edit.
 * @returns undefined for what is no customer's edit of something written
 */
export function readEdit(
  raw: unknown,
  after: unknown,
  before: unknown,
  now: number,
): IncomingMessage | undefined {
  const parsed = editedSchema.safeParse(raw);
  if (!parsed.success || typeof after !== 'string' || after.trim() === '' || after === before)
    return undefined;
  const { data } = parsed;
  const written = TYPED.has(data.type) ? data.body : data.caption;
  const stampMs = data.latestEditSenderTimestampMs;
  const wasThere = typeof before === 'string' && before !== '';
  if (written !== after || (!wasThere && stampMs === undefined)) return undefined;
  const sender = senderOf(data);
  if (!sender) return undefined;
  const mark = createHash('sha256').update(after).digest('hex').slice(0, 16);
  return {
    messageId: `${sender.messageId}.edited.${mark}`,
    chatId: sender.chatId,
    sentAt: stampMs ?? now,
    content: { kind: 'edited', text: after },
  };
}

/** @returns undefined for what is no customer's deletion for everyone */
export function readRevocation(raw: unknown, now: number): IncomingMessage | undefined {
  const parsed = revokedSchema.safeParse(raw);
  const sender = parsed.success ? senderOf(parsed.data) : undefined;
  if (!parsed.success || !sender || parsed.data.type !== 'revoked') return undefined;
  const { revokeTimestamp } = parsed.data;
  return {
    messageId: `${sender.messageId}.deleted`,
    chatId: sender.chatId,
    sentAt: revokeTimestamp === undefined ? now : revokeTimestamp * 1_000,
    content: { kind: 'deleted' },
  };
}
