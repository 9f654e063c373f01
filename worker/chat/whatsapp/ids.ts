import { z } from 'zod';
import { type Phone, parsePhone } from '../../../shared/phone.ts';

/**
 * The one function through which every id passes that comes from WhatsApp's page. Since July 2026 the page shows a key's
 * written form as `$1` instead of `_serialized`, and on some builds that of chat ids too (facts of whatsapp-web.js 1.34.7).
 * @returns `254…@c.us`, `…@lid`, `true_254…@c.us_3EB0…`; undefined for what is no id
 */
export function writtenId(id: unknown): string | undefined {
  if (typeof id === 'string') return id === '' ? undefined : id;
  const parsed = idSchema.safeParse(id);
  if (!parsed.success) return undefined;
  const { _serialized, $1, user, server } = parsed.data;
  if (_serialized !== undefined) return _serialized;
  if ($1 !== undefined) return $1;
  return user !== undefined && server !== undefined ? `${user}@${server}` : undefined;
}

const idSchema = z.object({
  _serialized: z.string().min(1).optional(),
  $1: z.string().min(1).optional(),
  user: z.string().optional(),
  server: z.string().optional(),
});

/** A message's own id, without the chat: the chat may be known by two ids, its phone's and its LID. */
export function messageIdOf(key: unknown): string | undefined {
  const parsed = keySchema.safeParse(key);
  if (parsed.success) return parsed.data.id;
  return writtenId(key)?.split('_')[2];
}

const keySchema = z.object({ id: z.string().min(1) });

/** A chat with one person: by phone, or by the LID that hides it. Groups, status updates, channels and WhatsApp itself are none. */
export function isPersonalChat(chatId: string): boolean {
  return /^[1-9]\d*@(c\.us|s\.whatsapp\.net|lid)$/.test(chatId);
}

/** @returns the Kenyan number that an id is made of; undefined for LIDs and foreign numbers */
export function phoneOfId(id: string | undefined): Phone | undefined {
  const digits = /^(\d+)(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/.exec(id ?? '')?.[1];
  return digits === undefined ? undefined : parsePhone(`+${digits}`);
}
