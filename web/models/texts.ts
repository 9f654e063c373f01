import type { Language } from '../../shared/language.ts';
import type { TextView } from '../../shared/texts.ts';

export interface TextsModel {
  readonly language: Language;
  /** Whose texts: one bot's, or those of every bot. */
  readonly client?: { readonly id: string; readonly name: string };
  readonly texts: readonly TextView[];
  /** The one that is being edited. */
  readonly chosen?: { readonly text: TextView; readonly preview: string };
}
