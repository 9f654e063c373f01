import { hash } from 'node:crypto';
import type { Conversation } from '../../shared/conversation.ts';

/** Enough to recognise whatever a transport may offer again; older messages are stale and buy nothing anyway. */
const REMEMBERED_MESSAGES = 50;
/** 66 bits: among fifty messages of a chat no two will ever share them. */
const MARK_LENGTH = 11;

/** True: a turn of this chat has handled the message. */
export function wasHandled(conversation: Conversation | undefined, messageId: string): boolean {
  if (conversation === undefined || conversation.handledMessageIds.length === 0) return false;
  const { handledMessageIds } = conversation;
  // Older data folders hold the ids themselves.
  return handledMessageIds.includes(markOf(messageId)) || handledMessageIds.includes(messageId);
}

/** The marks to remember after one more message. */
export function handledAfter(conversation: Conversation | undefined, messageId: string): string[] {
  return [...(conversation?.handledMessageIds ?? []).slice(1 - REMEMBERED_MESSAGES), markOf(messageId)];
}

/** Networks' ids are long, and fifty for each of thousands of chats would be most of what a chat takes. */
function markOf(messageId: string): string {
  return hash('sha256', messageId, 'base64url').slice(0, MARK_LENGTH);
}
