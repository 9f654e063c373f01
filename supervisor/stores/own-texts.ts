import { languages } from '../../shared/language.ts';
import { type OwnTexts, PLATFORM_TEXTS } from '../../shared/texts.ts';
import type { Reader } from './types.ts';

/** What a client's bot says in place of the catalogue: its own texts above the platform's. Undefined: nobody has changed any. */
export function textsFor(texts: Reader<OwnTexts>, clientId: string): OwnTexts['languages'] | undefined {
  if (texts.size === 0) return undefined;
  const platform = texts.get(PLATFORM_TEXTS)?.languages;
  const own = texts.get(clientId)?.languages;
  if (!platform || !own) return own ?? platform;
  return Object.fromEntries(
    languages.map((language) => [language, { ...platform[language], ...own[language] }]),
  );
}
