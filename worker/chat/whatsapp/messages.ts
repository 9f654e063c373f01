import { z } from 'zod';
import type { InboundContent } from '../../../shared/conversation.ts';
import type { IncomingMessage } from '../transport.ts';
import { isPersonalChat, messageIdOf, writtenId } from './ids.ts';

/** What is read of a message as the page describes it, by an event or when looked up. Anything else in it is ignored. */
export const pageMessageSchema = z.object({
  id: z.unknown(),
  from: z.unknown(),
  type: z.string(),
  body: z.string().optional().catch(undefined),
  /** Written under a picture, video or document by whoever sent it. */
  caption: z.string().optional().catch(undefined),
  /** Seconds since the epoch. */
  t: z.number(),
  isStatusV3: z.boolean().nullish(),
  vcardList: z
    .array(z.object({ vcard: z.string().optional() }))
    .optional()
    .catch(undefined),
});

/** @returns a customer's message; undefined for everything that nobody is waiting for an answer to */
export function readMessage(raw: unknown): IncomingMessage | undefined {
  const parsed = pageMessageSchema.safeParse(raw);
  const sender = parsed.success ? senderOf(parsed.data) : undefined;
  if (!parsed.success || !sender) return undefined;
  const { type, body, caption, t, vcardList } = parsed.data;
  const content = contentOf(type, body ?? '', vcardList?.map(({ vcard }) => vcard ?? '') ?? []);
  if (!content) return undefined;
  // The body of a picture is its preview.
  const captioned = content.kind === 'media' && caption !== undefined && caption.trim() !== '';
  return { ...sender, sentAt: t * 1_000, content: captioned ? { ...content, caption } : content };
}

/** @returns undefined for what was not written by a customer in a chat with one person */
export function senderOf({
  id,
  from,
  isStatusV3,
}: z.infer<typeof pageMessageSchema>): { chatId: string; messageId: string } | undefined {
  const chatId = writtenId(from);
  const messageId = messageIdOf(id);
  if (chatId === undefined || messageId === undefined) return undefined;
  if (fromMe(id) || isStatusV3 === true || !isPersonalChat(chatId)) return undefined;
  return { chatId, messageId };
}

const ownSchema = z.object({ fromMe: z.literal(true) });

function fromMe(id: unknown): boolean {
  return ownSchema.safeParse(id).success;
}

const MEDIA = {
  image: 'image',
  ptt: 'voice',
  audio: 'voice',
  video: 'video',
  ptv: 'video',
  document: 'document',
  sticker: 'sticker',
  location: 'location',
  live_location: 'location',
} as const;

/** Typed or chosen by the customer. */
export const TYPED: ReadonlySet<string> = new Set([
  'chat',
  'list_response',
  'buttons_response',
  'template_button_reply',
]);

/** Written by WhatsApp, or parts of something else; `album` only announces pictures that follow by themselves. */
export const NOT_FROM_A_PERSON =
  /^(e2e_notification|notification.*|broadcast_notification|group_notification|gp2|call_log|protocol|revoked|reaction|poll_update|pin_message|album|debug|hsm|unknown)$/;
/** Becomes another type as soon as the page can read it. */
const UNREADABLE = 'ciphertext';

function contentOf(type: string, body: string, vcards: readonly string[]): InboundContent | undefined {
  if (TYPED.has(type)) return { kind: 'text', text: body };
  if (type === 'vcard') return { kind: 'contact', phones: phonesOf([body]) };
  if (type === 'multi_vcard') return { kind: 'contact', phones: phonesOf(vcards) };
  if (type === UNREADABLE || NOT_FROM_A_PERSON.test(type)) return undefined;
  return { kind: 'media', media: isMedia(type) ? MEDIA[type] : 'other' };
}

function isMedia(type: string): type is keyof typeof MEDIA {
  return Object.hasOwn(MEDIA, type);
}

/** The numbers of contact cards: `TEL;type=CELL;waid=254700000001:+254 700 000001`. */
function phonesOf(vcards: readonly string[]): string[] {
  return vcards.flatMap((vcard) =>
    [...vcard.matchAll(/^(?:item\d+\.)?TEL[^:\r\n]*:(.+)$/gim)].map(([, written]) => (written ?? '').trim()),
  );
}
