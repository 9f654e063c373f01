import type { Language } from '../../../shared/language.ts';
import { en } from './en.ts';
import { sw } from './sw.ts';

/** The English catalogue is the reference: every language has its keys and, per key, its placeholders. */
export type TextKey = keyof typeof en;
export type Texts = Readonly<Record<TextKey, string>>;

/** What the bot says by itself, per language; shops may replace any of it. */
export const catalogues: Readonly<Record<Language, Texts>> = { en, sw };

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** Every placeholder that some text has. */
export type Placeholder = { [Key in TextKey]: Placeholders<(typeof en)[Key]> }[TextKey];

/** What a text needs filled in; a text without placeholders takes nothing. */
export type TextValues<Key extends TextKey> =
  Placeholders<(typeof en)[Key]> extends never
    ? []
    : [values: Readonly<Record<Placeholders<(typeof en)[Key]>, string>>];

/** Speaks one language of one shop. */
export type Say = <Key extends TextKey>(key: Key, ...values: TextValues<Key>) => string;

/** Texts that replace the catalogue's, by key; unknown keys are ignored. */
export type TextOverrides = Readonly<Record<string, string>>;
/** The same for every language, as a turn's facts carry them. */
export type TextsByLanguage = { readonly [L in Language]?: TextOverrides | undefined };

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/** The names of a text's placeholders, for checks on overrides and translations. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? ''))].sort();
}

/** Puts values in place of placeholders, once and as they are: a shop's name that looks like a placeholder stays one. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  if (!text.includes('{')) return text;
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** The voice of a shop: its own text for a key, else the language's, else English. */
export function voiceOf(language: Language, overrides: TextsByLanguage = {}): Say {
  const own = overrides[language];
  const texts = catalogues[language];
  return (key, ...values) => {
    const replaced = own !== undefined && Object.hasOwn(own, key) ? own[key] : undefined;
    return fill(replaced ?? texts[key] ?? en[key], values[0] ?? {});
  };
}

/** True: the catalogue has this text. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
