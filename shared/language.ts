import { z } from 'zod';

/** What the bot speaks: English and Swahili. */
export const languages = ['en', 'sw'] as const;
export const languageSchema = z.enum(languages);
export type Language = (typeof languages)[number];
