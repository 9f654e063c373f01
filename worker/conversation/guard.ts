import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { InboundContent, MachineState, TurnContext } from '../../shared/conversation.ts';
import { cleanText, commandOf } from './understand.ts';

/** Each message over the burst waits this much longer than the one before. */
const SLOWER_BY_MS = 500;
const SLOWEST_MS = 10 * SECOND_MS;
/** Texts of people are seldom longer and repeated. */
const SHORT_TEXT = 20;
/** A person may say "hello" again and again until somebody answers; it takes this many times as many to call it a machine. */
const SHORT_TEXT_FACTOR = 3;
/** A longer new text may still be the machine's. */
const HUMAN_TEXT = 60;
/** After so long a silence the chat starts afresh. */
const FORGET_MS = 10 * MINUTE_MS;
/** A machine answers at once. */
const HUMAN_PAUSE_MS = 5 * SECOND_MS;
/** Machines take turns among this many texts. */
const REMEMBERED_TEXTS = 3;
const LOOKED_AT = 200;

const guardSchema = z.object({
  /** A leaking bucket: each message adds one, `perMinute` leak out. As it was at `at`. */
  level: z.number(),
  at: z.number(),
  /** Why nothing is answered any more; null: everything is. */
  silent: z.enum(['flood', 'loop']).nullable(),
  /** The latest different texts, as fingerprints, newest first. */
  recent: z.array(z.number()).max(REMEMBERED_TEXTS),
  /** How many messages in a row have said one of those again. */
  repeats: z.number().int(),
});
/** What is remembered of a chat's way of writing. */
export type Guard = z.infer<typeof guardSchema>;

const guardedSchema = z.object({ guard: guardSchema });
const calm: Guard = { level: 0, at: 0, silent: null, recent: [], repeats: 0 };

/** Never throws: what cannot be read is a calm chat. */
export function readGuard(state: MachineState | null): Guard {
  return guardedSchema.safeParse(state).data?.guard ?? calm;
}

export type Verdict =
  | { readonly answer: 'now' | 'none' | 'loop' }
  | { readonly answer: 'slowly'; readonly delayMs: number }
  | { readonly answer: 'flood'; readonly values: { readonly minutes: string } };

/**
 * Keeps a chat from being flooded, and this bot from talking to another one for ever. Answers slow down when a chat writes more than a
 * person would, then stop with one notice until it has calmed down. The same few texts over and over are another machine's:
 * answered once more with a notice, then not until something else is said.
 */
export function guardMessage(
  before: Guard,
  content: InboundContent,
  { now, limits }: Pick<TurnContext, 'now' | 'limits'>,
): { guard: Guard; verdict: Verdict } {
  const quietMs = Math.max(0, now - before.at);
  const fresh = quietMs > FORGET_MS ? calm : before;
  const leaked = Math.max(0, fresh.level - (quietMs * limits.perMinute) / MINUTE_MS);
  const fullLevel = limits.burst + limits.slowed;
  const level = Math.min(leaked + 1, fullLevel + 1);
  const text = fingerprintOf(content);
  const again = text !== undefined && fresh.recent.includes(text.print);
  const guard: Guard = {
    level,
    at: now,
    silent: null,
    recent:
      text === undefined
        ? fresh.recent
        : [text.print, ...fresh.recent.filter((print) => print !== text.print)].slice(0, REMEMBERED_TEXTS),
    repeats: again ? fresh.repeats + 1 : 0,
  };
  if (fresh.silent === 'loop' && text !== undefined && !isHuman(text, again, quietMs)) {
    return { guard: { ...guard, silent: 'loop' }, verdict: { answer: 'none' } };
  }
  const calmLevel = limits.burst / 2;
  if (level > fullLevel || (fresh.silent === 'flood' && leaked > calmLevel)) {
    const silent: Guard = { ...guard, silent: 'flood' };
    if (fresh.silent === 'flood') return { guard: silent, verdict: { answer: 'none' } };
    const minutes = String(Math.max(1, Math.ceil((level - calmLevel) / limits.perMinute)));
    return { guard: silent, verdict: { answer: 'flood', values: { minutes } } };
  }
  // Somebody is there again, whatever was said before.
  if (fresh.silent === 'loop') return { guard: { ...guard, repeats: 0 }, verdict: { answer: 'now' } };
  if (limits.repeats > 0 && text !== undefined) {
    const most = text.length > SHORT_TEXT ? limits.repeats : limits.repeats * SHORT_TEXT_FACTOR;
    if (guard.repeats + 1 >= most) {
      return { guard: { ...guard, silent: 'loop' }, verdict: { answer: 'loop' } };
    }
  }
  const over = level - limits.burst;
  if (over <= 0) return { guard, verdict: { answer: 'now' } };
  return {
    guard,
    verdict: { answer: 'slowly', delayMs: Math.min(Math.ceil(over) * SLOWER_BY_MS, SLOWEST_MS) },
  };
}

interface Fingerprint {
  readonly print: number;
  readonly length: number;
  readonly home: boolean;
}

function isHuman({ length, home }: Fingerprint, again: boolean, quietMs: number): boolean {
  if (!again) return length <= HUMAN_TEXT;
  return home && quietMs >= HUMAN_PAUSE_MS;
}

/**
 * What a message says, figures apart, which machines count up. Undefined for choices and amounts: people repeat those in every
 * purchase, and machines do not use them.
 */
function fingerprintOf(content: InboundContent): Fingerprint | undefined {
  switch (content.kind) {
    case 'text': {
      const text = cleanText(content.text).toLowerCase();
      if (/^[\W_]*\d{0,10}[\W_]*$/u.test(text) && /\d/.test(text)) return undefined;
      return printOf(text, commandOf(text) === 'home');
    }
    case 'media':
      return printOf(`${content.media} ${cleanText(content.caption ?? '')}`, false);
    case 'contact':
      return printOf('contact', false);
    case 'edited':
    case 'deleted':
      return undefined;
  }
}

function printOf(text: string, home: boolean): Fingerprint {
  let hash = 0x811c9dc5;
  for (const char of text.slice(0, LOOKED_AT).replace(/\d+/g, '0')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return { print: hash >>> 0, length: text.length, home };
}
