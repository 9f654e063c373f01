import type { Language } from '../../shared/language.ts';

/** One text of the bot, with what has been put in its place. */
export interface TextRow {
  readonly key: string;
  readonly group: string;
  readonly title: string;
  readonly placeholders: readonly string[];
  readonly required: readonly string[];
  readonly default: string;
  readonly platform?: string;
  readonly client?: string;
  /** What the bot says. */
  readonly effective: string;
}

export interface TextsModel {
  readonly language: Language;
  /** Whose texts: one bot's, or those of every bot. */
  readonly client?: { readonly id: string; readonly name: string };
  readonly texts: readonly TextRow[];
  /** The one that is being edited. */
  readonly chosen?: { readonly text: TextRow; readonly preview: string };
}
