import { type OpeningDay, openingDays, weekOf, writeWeek } from '../shared/opening-week.ts';
import type { SettingField } from './settings-fields.ts';

/** A form's fields as the browser sends them. */
export type RawForm = Readonly<Record<string, string>>;

/** Prefix of the mark that a field takes what stands above it (the default, or the platform's value). */
const INHERIT = 'inherit.';
export const inheritName = (field: SettingField): string => `${INHERIT}${field.name}`;

/** The name under which a box says that it was on the page. */
export const shownName = (name: string): string => `shown.${name}`;

/** The names of the parts of an editor of opening hours. */
export const hoursNames = {
  mode: (name: string): string => `${name}.mode`,
  open: (name: string, day: string): string => `${name}.${day}`,
  from: (name: string, day: string): string => `${name}.${day}.from`,
  to: (name: string, day: string): string => `${name}.${day}.to`,
} as const;

/** The form with editors of several parts read as one text each, as if that had been typed. */
export function joinParts(fields: readonly SettingField[], form: RawForm): RawForm {
  const hours = fields.filter(({ editor }) => editor.kind === 'hours');
  return { ...form, ...Object.fromEntries(hours.flatMap(({ name }) => joinHours(name, form))) };
}

function joinHours(name: string, form: RawForm): readonly [string, string][] {
  switch (form[hoursNames.mode(name)]) {
    case 'always':
      return [[name, '']];
    case 'week':
      return [[name, writeWeek(openingDays.map((day) => typedDay(name, day, form)))]];
    default:
      return [];
  }
}

function typedDay(name: string, day: string, form: RawForm): OpeningDay {
  return {
    day,
    open: form[hoursNames.open(name, day)] !== undefined,
    from: form[hoursNames.from(name, day)] || '?',
    to: form[hoursNames.to(name, day)] || '?',
  };
}

/** The name under which a form says what a field held when it was opened. */
export const wasName = (field: SettingField): string => `was.${field.name}`;

/** What a field holds, in one text: that it falls back, or its own value. */
export const stateText = (inherited: boolean, raw: string): string => (inherited ? '~' : `=${raw}`);

/** What a field holds as it was typed. */
export function typedState(field: SettingField, typed: RawForm): string {
  return stateText(typed[inheritName(field)] !== undefined, typed[field.name] ?? '');
}

/** Are two states the same, however they are written? */
export function isSameState({ editor }: SettingField, one: string, other: string): boolean {
  const plain = (state: string): string => {
    const text = state.replaceAll('\r\n', '\n').trim();
    const week = editor.kind === 'hours' && text.startsWith('=') ? weekOf(text.slice(1)) : undefined;
    return week ? `=${writeWeek(week)}` : text;
  };
  return plain(one) === plain(other);
}

/** What stands in a field's editor for a value. */
export function toRaw({ editor }: SettingField, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (editor.kind) {
    case 'number':
      return typeof value === 'number' ? String(value) : '';
    case 'switch':
      return value === true ? 'on' : '';
    case 'text':
    case 'hours':
    case 'choice':
      return String(value);
    case 'list':
      return Array.isArray(value) ? value.join(editor.of === 'number' ? ', ' : '\n') : '';
    case 'json':
      return JSON.stringify(value, null, 2);
  }
}

export type Reading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

const read = (value: unknown): Reading => ({ ok: true, value });
const refuse = (problem: string): Reading => ({ ok: false, problem });

/**
 * What a person meant by what he typed; bounds are the schema's. Never guesses: `1e3`, `10k` or `0x10` is refused, because a misread
 * setting is somebody's money.
 */
export function fromRaw({ editor, title }: SettingField, raw: string | undefined): Reading {
  const text = (raw ?? '').trim();
  switch (editor.kind) {
    case 'number': {
      if (text === '') return refuse(`${title} is missing; type a number`);
      const value = parseNumber(text);
      if (value === undefined) return refuse(`“${text}” is not a number such as ${editor.min ?? 10}`);
      return editor.whole && !Number.isInteger(value) ? refuse('Use a whole number') : read(value);
    }
    case 'switch':
      return read(text !== '');
    case 'hours':
      return text.includes('?') ? refuse('Give both times of every day that is open') : read(text);
    case 'text':
    case 'choice':
      return read(text);
    case 'list':
      return editor.of === 'number' ? readNumbers(text) : read(splitLines(text));
    case 'json':
      return readJson(text);
  }
}

function readNumbers(text: string): Reading {
  const values: number[] = [];
  for (const word of text.split(/[\s,;]+/).filter((part) => part !== '')) {
    const value = parseNumber(word);
    if (value === undefined) return refuse(`“${word}” is not a number; write them as 20, 50, 100`);
    values.push(value);
  }
  return read(values);
}

const splitLines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function readJson(text: string): Reading {
  try {
    return read(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(`This is not valid JSON: ${error.message}`);
    throw error;
  }
}

/** `1000`, `1,000`, `-2`, `2.5`. Undefined for everything else. */
function parseNumber(text: string): number | undefined {
  if (!/^-?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d{1,6})?$/.test(text)) return undefined;
  return Number(text.replaceAll(',', ''));
}
