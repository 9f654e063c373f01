import { z } from 'zod';
import { languageSchema } from './language.ts';

/**
 * The texts that one owner has put in place of the catalogue's, by language and key: the platform's hold for every bot, a client's
 * stand above them.
 */
export const ownTextsSchema = z.object({
  /** {@link PLATFORM_TEXTS}, or a client's id. */
  id: z.string(),
  languages: z.partialRecord(languageSchema, z.record(z.string(), z.string())),
});
export type OwnTexts = z.infer<typeof ownTextsSchema>;

export const PLATFORM_TEXTS = 'platform';

/** More would not fit a phone's screen, with what is filled in. */
export const MAX_TEXT_LENGTH = 1_000;
export const MAX_TEXT_LINES = 30;

/** One text as an editing page shows it. */
export interface TextView {
  readonly key: string;
  /** The heading it stands under, and where a customer meets it. */
  readonly group: string;
  readonly title: string;
  /** What may be filled in, written `{name}`; of those, what must. */
  readonly placeholders: readonly string[];
  readonly required: readonly string[];
  /** The catalogue's own. */
  readonly default: string;
  /** What the platform has put in its place for every bot, and what this client has for its own. */
  readonly platform?: string;
  readonly client?: string;
  /** What the bot says. */
  readonly effective: string;
}
