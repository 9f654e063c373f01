import { z } from 'zod';

/** Texts that replace the catalogue's, by key. */
export const textValuesSchema = z.record(z.string(), z.string());

/**
 * The texts that one owner has put in place of the catalogue's, by language and key: the platform's hold for every bot, a client's
 * stand above them.
 */
export const ownTextsSchema = z.object({
  /** `platform`, or a client's id. */
  id: z.string(),
  languages: z.record(z.string(), textValuesSchema),
});
export type OwnTexts = z.infer<typeof ownTextsSchema>;
