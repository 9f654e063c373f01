import { errorText } from '../../../shared/errors.ts';
import { NotSentError, type OutgoingMessage } from '../transport.ts';
import type { BrowserSession } from './browser-session.ts';
import { messageIdOf } from './ids.ts';
import { ownMessages } from './page.ts';

/** Thrown by the page before anything is sent; any other error leaves open whether the message went out. */
const CERTAINLY_NOT_SENT = /No LID for user|invalid wid|detached Frame|The browser is not there/i;

/** Clocks of this machine and of WhatsApp's page are the same one, in seconds there; and some slack. */
const SLACK_MS = 2_000;
/** A message on its way for so long, over a connection that works, counts as sent: repeating it is worse. */
const ON_ITS_WAY_MS = 120_000;

/**
 * Says a text and waits until WhatsApp's servers have it.
 * @throws NotSentError when it certainly did not go out; any other error: nobody knows
 */
export async function sayIn(
  session: BrowserSession,
  { chatId, text }: OutgoingMessage,
): Promise<{ messageId: string }> {
  let sent: unknown;
  try {
    sent = await session.call(
      'Sending',
      session.client.sendMessage(chatId, text, { sendSeen: false, linkPreview: false, parseVCards: false }),
    );
  } catch (error) {
    if (CERTAINLY_NOT_SENT.test(errorText(error))) throw new NotSentError(errorText(error), { cause: error });
    throw error;
  }
  if (sent === null) throw new NotSentError('WhatsApp has no such chat');
  const messageId = typeof sent === 'object' && 'id' in sent ? messageIdOf(sent.id) : undefined;
  if (messageId === undefined) throw new Error('WhatsApp Web did not say what became of the message');
  if ((await session.acknowledged(messageId)) < 0) throw new NotSentError('WhatsApp refused the message');
  return { messageId };
}

/**
 * Looks for an earlier attempt: WhatsApp keeps no mark of ours, so it is known by its text and by not being older than the entry.
 * @throws Error while it is found but still on its way
 */
export async function findOwn(
  session: BrowserSession,
  { chatId, text, notBefore = 0 }: OutgoingMessage,
  now: number,
): Promise<{ messageId: string } | undefined> {
  const since = Math.floor((notBefore - SLACK_MS) / 1_000);
  const found = await session.inPage('Looking into the chat', ownMessages, chatId, text, since);
  const taken = found.find(({ ack }) => ack > 0);
  if (taken) return { messageId: taken.id };
  const pending = found.find(({ ack }) => ack === 0);
  if (!pending) return undefined;
  if (now - notBefore < ON_ITS_WAY_MS) throw new Error('The message is still on its way to WhatsApp');
  return { messageId: pending.id };
}
