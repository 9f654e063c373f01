import { z } from 'zod';
import type { InboundContent } from '../../shared/conversation.ts';
import { type ChatMessage, chatMessageSchema } from '../../shared/world.ts';

/** A line of the chats' file. */
export const chatEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('in'),
    id: z.string(),
    clientId: z.string(),
    phone: z.string(),
    text: z.string(),
    at: z.number(),
    acked: z.boolean().optional(),
    ...chatMessageSchema.pick({ contact: true, media: true, edited: true, deleted: true }).shape,
  }),
  /** The customer has edited or, with the text null, deleted the message `of`. */
  z.object({
    type: z.literal('change'),
    id: z.string(),
    of: z.string(),
    clientId: z.string(),
    phone: z.string(),
    text: z.string().nullable(),
    at: z.number(),
  }),
  z.object({
    type: z.literal('out'),
    id: z.string(),
    clientId: z.string(),
    phone: z.string(),
    text: z.string(),
    ...chatMessageSchema.pick({ pictureId: true }).shape,
    at: z.number(),
    mark: z.string(),
  }),
  z.object({ type: z.literal('ack'), id: z.string(), clientId: z.string() }),
]);
export type ChatEvent = z.infer<typeof chatEventSchema>;
export type ChangeEvent = Extract<ChatEvent, { type: 'change' }>;

/** A message as the world keeps it. */
export interface StoredMessage extends ChatMessage {
  readonly clientId: string;
  readonly phone: string;
  /** Of outgoing ones: the sender's own mark. */
  readonly mark: string | undefined;
}

/** What a worker is handed: a message as it was sent, or a later change of one. */
export interface Offer {
  readonly id: string;
  readonly clientId: string;
  readonly phone: string;
  readonly text: string;
  /** Anything but a text. */
  readonly content?: InboundContent;
  readonly at: number;
  /** Of a change: the message that was changed. */
  readonly of?: string;
  /** What was shown with it when it was sent. */
  readonly shown?: Shown;
}

type Shown = Pick<ChatMessage, 'contact' | 'media' | 'edited' | 'deleted'>;

export function shownBesides({ contact, media, edited, deleted }: Shown): Shown {
  return {
    ...(contact && { contact }),
    ...(media && { media }),
    ...(edited && { edited }),
    ...(deleted && { deleted }),
  };
}

/** @returns undefined for a text */
export function contentOf({ text, contact, media }: StoredMessage): InboundContent | undefined {
  if (contact) return { kind: 'contact', phones: contact.phones };
  if (!media) return undefined;
  return { kind: 'media', media: media.kind, ...(text === '' ? {} : { caption: text }) };
}
