import type { Effect, TurnContext } from '../../shared/conversation.ts';
import type { Language } from '../../shared/language.ts';
import type { Memory, Screen } from './state.ts';
import type { Say } from './texts/catalogue.ts';

/** What every screen and step is given: the facts of this turn and the voice to speak with. */
export interface Talk {
  readonly context: TurnContext;
  readonly say: Say;
  readonly language: Language;
  /** What is remembered of this chat. */
  readonly memory: Memory;
  /** When the customer sent the message, by the chat network's clock. */
  readonly sentAt: number;
}

/** What a step makes of a message. */
export interface Turn {
  readonly screen: Screen;
  readonly replies: readonly string[];
  readonly effects: readonly Effect[];
  /** The first reply greets: the shop's picture may go with it. */
  readonly greets?: boolean;
  /** What is to be remembered from now on; absent: what was remembered before. */
  readonly memory?: Memory;
}

/** A turn that only shows: the next screen and one text. */
export function show(screen: Screen, ...paragraphs: readonly string[]): Turn {
  return { screen, replies: [joined(paragraphs)], effects: [] };
}

/** One text of several paragraphs; empty ones leave no gap. */
export function joined(paragraphs: readonly string[]): string {
  return paragraphs.filter((text) => text !== '').join('\n\n');
}

/** The same turn with something said above its first text. */
export function preface(text: string, turn: Turn): Turn {
  const [first, ...rest] = turn.replies;
  return { ...turn, replies: first === undefined ? [text] : [`${text}\n\n${first}`, ...rest] };
}
