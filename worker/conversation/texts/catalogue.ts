import { en } from './en.ts';

/** The English catalogue is the reference: every language has its keys and, per key, its placeholders. */
export type TextKey = keyof typeof en;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What a text needs filled in; a text without placeholders takes nothing. */
export type TextValues<Key extends TextKey> =
  Placeholders<(typeof en)[Key]> extends never
    ? []
    : [values: Readonly<Record<Placeholders<(typeof en)[Key]>, string>>];

/** Speaks one language of one shop. */
export type Say = <Key extends TextKey>(key: Key, ...values: TextValues<Key>) => string;

/** Texts that replace the reference; a missing one falls back to it. */
export type TextOverrides = Partial<Readonly<Record<TextKey, string>>>;

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/** The names of a text's placeholders, for checks on overrides and translations. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? ''))].sort();
}

/**
 * @param layers the most particular first (a client's own texts, the platform's, a translation); English stands beneath them.
 * Values are filled in once: a shop's name that looks like a placeholder stays as it is.
 */
export function textsOf(...layers: readonly TextOverrides[]): Say {
  return (key, ...values) => {
    const text = layers.find((layer) => layer[key] !== undefined)?.[key] ?? en[key];
    const filled = new Map<string, string>(Object.entries(values[0] ?? {}));
    return text.replace(PLACEHOLDER, (whole, name: string) => filled.get(name) ?? whole);
  };
}

export const english: Say = textsOf();
