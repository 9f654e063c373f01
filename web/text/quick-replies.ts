import { plainText } from './whatsapp-format.ts';

/** A numbered choice of the bot's last message, as a button. */
export interface QuickReply {
  /** What is sent. */
  readonly send: string;
  readonly label: string;
}

const MAX_REPLIES = 10;
const MAX_LABEL = 48;

/**
 * A choice at a line's start and what it stands for: `1️⃣ Buy airtime`, `*1* Buy`, `*A* KES 20`, `1 = Yes`, `2. Track`, `3) Help`.
 * A bare figure before words is no choice ("50 shillings were …").
 */
const CHOICE =
  /^(?:(?<keycap>(?:\d\uFE0F?\u20E3){1,2})\s*|\*(?<marked>\d{1,2}|[A-J])\*\s*[.):=-]?\s*|(?<plain>\d{1,2})\s*[.):=]\s*)(?<label>\S.*)$/u;
/** Two choices on one line: `1️⃣ Yes   2️⃣ No`, `1 = Yes, 2 = No`. */
const SPLIT = /[,|·•]\s*(?=\d{1,2}\s*[=)])|\s+(?=\d\uFE0F?\u20E3)/u;

/** The choices that a bot's message offers, in its order; none for a message that asks for free text. */
export function quickReplies(text: string): readonly QuickReply[] {
  const replies: QuickReply[] = [];
  for (const line of text.split('\n')) {
    for (const part of line.split(SPLIT)) {
      const { keycap, marked, plain, label } = CHOICE.exec(part.trim())?.groups ?? {};
      const send = keycap?.replace(/\D/g, '') ?? marked ?? plain;
      if (send === undefined || label === undefined) continue;
      // A whole sentence after a figure is no choice, and a figure means one thing only.
      if (label.length > MAX_LABEL || replies.some((reply) => reply.send === send)) continue;
      replies.push({ send, label: plainText(label).trim() });
    }
  }
  return replies.slice(0, MAX_REPLIES);
}
