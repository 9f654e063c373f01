import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Language } from '../../shared/language.ts';
import { plainLines } from '../../shared/plain-text.ts';
import { MAX_TEXT_LENGTH, MAX_TEXT_LINES, PLATFORM_TEXTS, type TextView } from '../../shared/texts.ts';
import { type AboutText, aboutTexts, sampleValues } from '../../worker/conversation/texts/about.ts';
import { catalogues, fill } from '../../worker/conversation/texts/catalogue.ts';
import type { Stores, Transaction } from '../stores/types.ts';

/** Whose texts, in which language. Without a client: the platform's. */
export interface TextScope {
  readonly language: Language;
  readonly clientId?: string | undefined;
}

/** The texts of the bots, for the API and the pages. */
export interface TextService {
  /** @throws AppError `not-found` for a client that is not there */
  list(scope: TextScope): readonly TextView[];
  /** @throws AppError `not-found` for an unknown key or client; `invalid` at `text`, saying what to mend */
  put(key: string, text: string, scope: TextScope, by: string): Promise<TextView>;
  /** Takes the own text away; what stands beneath it counts again. @throws AppError `not-found` */
  reset(key: string, scope: TextScope, by: string): Promise<TextView>;
  /** The text with sample values filled in, as a customer might read it. @throws as {@link put} */
  preview(key: string, text: string | undefined, scope: TextScope): string;
}

export function createTextService({ stores, clock }: { stores: Stores; clock: Clock }): TextService {
  function mustExist(clients: Stores['clients'], { clientId }: TextScope): void {
    if (clientId !== undefined && !clients.get(clientId))
      throw new AppError('not-found', 'There is no such client');
  }

  function view(about: AboutText, { language, clientId }: TextScope): TextView {
    const { key } = about;
    const byDefault = catalogues[language][key];
    const platform = stores.texts.get(PLATFORM_TEXTS)?.languages[language]?.[key];
    const client =
      clientId === undefined ? undefined : stores.texts.get(clientId)?.languages[language]?.[key];
    return {
      ...about,
      default: byDefault,
      ...(platform !== undefined && { platform }),
      ...(client !== undefined && { client }),
      effective: client ?? platform ?? byDefault,
    };
  }

  /** @param text undefined takes the own text away */
  function write(
    tx: Transaction,
    about: AboutText,
    text: string | undefined,
    scope: TextScope,
    by: string,
  ): void {
    mustExist(tx.clients, scope);
    const { language, clientId } = scope;
    const id = clientId ?? PLATFORM_TEXTS;
    const before = tx.texts.get(id)?.languages ?? {};
    if (before[language]?.[about.key] === text) return;
    const others = Object.entries(before[language] ?? {}).filter(([key]) => key !== about.key);
    const own = Object.fromEntries(text === undefined ? others : [...others, [about.key, text]]);
    tx.texts.put({ id, languages: { ...before, [language]: own } });
    tx.audit.append({
      at: clock.now(),
      by,
      action: text === undefined ? 'text.reset' : 'text.change',
      subject: about.key,
      ...(clientId !== undefined && { clientId }),
      note: text === undefined ? language : `${language}: ${text.slice(0, NOTED)}`,
    });
  }

  return {
    list(scope) {
      mustExist(stores.clients, scope);
      return aboutTexts.map((about) => view(about, scope));
    },

    async put(key, text, scope, by) {
      const about = known(key);
      const checked = checkText(about, text, catalogues[scope.language][about.key]);
      await stores.transact((tx) => write(tx, about, checked, scope, by));
      return view(about, scope);
    },

    async reset(key, scope, by) {
      const about = known(key);
      await stores.transact((tx) => write(tx, about, undefined, scope, by));
      return view(about, scope);
    },

    preview(key, text, scope) {
      mustExist(stores.clients, scope);
      const about = known(key);
      const { effective, default: byDefault } = view(about, scope);
      const shop = scope.clientId === undefined ? undefined : stores.clients.get(scope.clientId)?.name;
      return fill(text === undefined ? effective : checkText(about, text, byDefault), {
        ...sampleValues,
        ...(shop !== undefined && { shop }),
      });
    },
  };
}

/** How much of a new text the audit log keeps. */
const NOTED = 200;

function known(key: string): AboutText {
  const about = aboutTexts.find((candidate) => candidate.key === key);
  if (!about) throw new AppError('not-found', 'There is no such text');
  return about;
}

/**
 * A text as it may be said to customers.
 * @param byDefault gives the blank lines around it, by which it stands apart from what it is put beside
 * @throws AppError `invalid` at `text`
 */
export function checkText(about: AboutText, written: string, byDefault: string): string {
  const wrong = (message: string): AppError => new AppError('invalid', message, { field: 'text' });
  const read = plainLines(MAX_TEXT_LENGTH).safeParse(written);
  if (!read.success) throw wrong(read.error.issues[0]?.message ?? 'This cannot be a text');
  const text = read.data;
  if (text === '') throw wrong('The text must not be empty; reset it to have the standard text back');
  if (text.split('\n').length > MAX_TEXT_LINES)
    throw wrong(`At most ${MAX_TEXT_LINES} lines, so that it fits a phone’s screen`);
  const allowed = listed(about.placeholders);
  const names = new Set(Array.from(text.matchAll(/\{([^{}]*)\}/g), (match) => match[1] ?? ''));
  for (const name of names) {
    if (about.placeholders.includes(name)) continue;
    throw wrong(
      `{${name}} cannot be filled in here. ${about.placeholders.length === 0 ? 'This text has no placeholders' : `You can use ${allowed}`}`,
    );
  }
  if (/[{}]/.test(text.replaceAll(/\{[^{}]*\}/g, '')))
    throw wrong('A brace has no partner. Placeholders are written like {shop}');
  const missing = about.required.filter((name) => !names.has(name));
  if (missing.length > 0) throw wrong(`The text must contain ${listed(missing)}: customers need it`);
  return `${/^\s*/.exec(byDefault)?.[0] ?? ''}${text}${/\s*$/.exec(byDefault)?.[0] ?? ''}`;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `{${name}}`).join(', ');
}
