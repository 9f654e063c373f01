import { createHash } from 'node:crypto';
import type { Clock } from '../../../shared/clock.ts';
import { errorText } from '../../../shared/errors.ts';
import { NotSentError, type OutgoingMessage, PictureError } from '../transport.ts';
import type { BrowserSession } from './browser-session.ts';
import { messageIdOf } from './ids.ts';
import { ownMessage, showTyping } from './page.ts';
import type { PictureTurns } from './picture-turns.ts';

/** Thrown by the page before anything is sent; any other error leaves open whether the message went out. */
const CERTAINLY_NOT_SENT = /No LID for user|invalid wid|detached Frame|The browser is not there/i;

/**
 * What becomes the unique part of a message's id, so that an attempt can be found again, and two messages with the same text be told apart.
 */
function markOf(outboxId: string): string {
  return createHash('sha256').update(outboxId).digest('hex').toUpperCase();
}

/** Clocks of this machine and of WhatsApp's page are the same one, in seconds there; and some slack. */
const SLACK_MS = 2_000;
/** A message on its way for so long, over a connection that works, counts as sent: repeating it is worse. */
const ON_ITS_WAY_MS = 120_000;

/** Thrown by the page (page.ts) before anything is sent. */
const PICTURE_NOT_READY = /The picture is not ready/;

/**
 * Says a text, under its picture if it has one, and waits until WhatsApp's servers have it.
 * @throws PictureError when the picture kept it from going out, NotSentError when something else did; any other error: nobody knows
 */
export async function sayIn(
  session: BrowserSession,
  { chatId, text, picture, outboxId, typingMs = 0 }: OutgoingMessage,
  clock: Clock,
  pictureTurns: PictureTurns,
): Promise<{ messageId: string }> {
  const media = picture && session.client.mediaOf(picture.type, await picture.load());
  if (typingMs > 0) await typeFor(session, chatId, typingMs, clock);
  const send = (): Promise<unknown> =>
    session.call(
      'Sending',
      session.client.sendMessage(chatId, media ?? text, {
        ...(media && { caption: text }),
        sendSeen: false,
        linkPreview: false,
        parseVCards: false,
        extra: { mark: markOf(outboxId) },
      }),
    );
  let sent: unknown;
  try {
    sent = media ? await pictureTurns.run(send) : await send();
  } catch (error) {
    if (error instanceof PictureError) throw error;
    if (PICTURE_NOT_READY.test(errorText(error))) throw new PictureError(errorText(error), { cause: error });
    if (CERTAINLY_NOT_SENT.test(errorText(error))) throw new NotSentError(errorText(error), { cause: error });
    throw error;
  }
  if (sent === null) throw new NotSentError('WhatsApp has no such chat');
  const messageId = typeof sent === 'object' && 'id' in sent ? messageIdOf(sent.id) : undefined;
  if (messageId === undefined) throw new Error('WhatsApp Web did not say what became of the message');
  if ((await session.acknowledged(messageId)) < 0) {
    if (picture) throw new PictureError('WhatsApp refused the message with the picture');
    throw new NotSentError('WhatsApp refused the message');
  }
  return { messageId };
}

/** A bot that cannot show it types all the same. */
async function typeFor(
  session: BrowserSession,
  chatId: string,
  typingMs: number,
  clock: Clock,
): Promise<void> {
  await session.inPage('Showing "typing…"', showTyping, chatId).catch(() => undefined);
  await new Promise<void>((resolve) => clock.schedule(typingMs, resolve));
}

/**
 * Looks for an earlier attempt by the id that it was given.
 * @throws Error while it is found but still on its way
 */
export async function findOwn(
  session: BrowserSession,
  { chatId, outboxId, notBefore = 0 }: OutgoingMessage,
  now: number,
): Promise<{ messageId: string } | undefined> {
  const since = Math.floor((notBefore - SLACK_MS) / 1_000);
  const found = await session.inPage('Looking into the chat', ownMessage, chatId, markOf(outboxId), since);
  if (!found || found.ack < 0) return undefined;
  if (found.ack === 0 && now - notBefore < ON_ITS_WAY_MS)
    throw new Error('The message is still on its way to WhatsApp');
  return { messageId: found.id };
}
