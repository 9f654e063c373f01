import { z } from 'zod';
import { parsePhone } from './phone.ts';
import { oneLine, plainLines } from './plain-text.ts';

/**
 * A *ban* keeps a person from buying: from one client's bot, or from every bot of the platform. A person is a phone, or a chat
 * where WhatsApp tells no phone.
 */
export const banSchema = z.object({
  /** Absent: holds for every bot. */
  clientId: z.string().optional(),
  /** `2547…`, or the id of a chat whose phone is not known (`…@lid`). */
  person: z.string(),
  /** Told to the person together with the message. */
  reason: z.string().optional(),
  /** What the person reads in place of the client's usual ban message. */
  message: z.string().optional(),
  by: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type Ban = z.infer<typeof banSchema>;

/** One ban a person and client, and one for the whole platform. */
export function banKey(person: string, clientId?: string): string {
  return `${clientId ?? '*'}/${person}`;
}

const MAX_REASON = 200;
const MAX_MESSAGE = 500;
/** An empty text is none. */
const someText = (text: string): string | undefined => (text === '' ? undefined : text);

export const banReasonSchema = oneLine(MAX_REASON);

/** Body of `PUT …/bans/:phoneOrChatId`; replaces both texts. */
export const banPutSchema = z.strictObject({
  reason: banReasonSchema.transform(someText).optional(),
  message: plainLines(MAX_MESSAGE).transform(someText).optional(),
});
export type BanPut = z.infer<typeof banPutSchema>;

const PHONE_CHAT = /^(\d{6,15})@(?:c\.us|s\.whatsapp\.net)$/;
const LID_CHAT = /^\d{6,20}@lid$/;

/**
 * Reads whom a ban is about: a Kenyan number in any form, or a chat id. A chat id that is a Kenyan number is that number.
 * @returns undefined for anything else
 */
export function parsePerson(written: string): string | undefined {
  const text = written.trim();
  const number = PHONE_CHAT.exec(text)?.[1];
  if (number !== undefined) return parsePhone(`+${number}`) ?? `${number}@c.us`;
  return LID_CHAT.test(text) ? text : parsePhone(text);
}

/** By what names the person in a chat may be banned: the phone, where it is known, and the chat itself. */
export function namesOf(chat: {
  readonly chatId: string;
  readonly customerPhone?: string | undefined;
}): string[] {
  const ofChat = parsePerson(chat.chatId) ?? chat.chatId;
  return [...new Set([chat.customerPhone, ofChat].filter((name) => name !== undefined))];
}
