import { z } from 'zod';
import { clientPatchSchema } from '../../../shared/client.ts';
import { type JsonValue, jsonValueSchema } from '../../../shared/json.ts';
import { formatKes } from '../../../shared/money.ts';
import { type SettingGroup, settingGroups } from '../../../shared/settings/setting.ts';
import { shopOverridesSchema } from '../../../shared/settings.ts';
import { explainIssue } from '../../../shared/validation.ts';
import { keycap } from '../screens/quick-amounts.ts';
import { answerOf, choiceOf } from '../understand.ts';

/** A setting of the shop as an admin may read and change it in a chat. None of them is secret: keys are no settings. */
export interface ShopSetting {
  readonly key: string;
  readonly title: string;
  readonly help: string;
  readonly unit: string | undefined;
  /** What 0 means, where it is no amount. */
  readonly zero: string | undefined;
  readonly group: SettingGroup;
  readonly kind: 'number' | 'text' | 'switch' | 'choice' | 'numbers' | 'texts';
  /** Of a `choice`, in the order in which they are numbered. */
  readonly options: ReadonlyArray<{ readonly value: string; readonly label: string }>;
}

export type ValueReading =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string };

const describedSchema = z.object({
  title: z.string(),
  help: z.string(),
  unit: z.string().optional(),
  zero: z.string().optional(),
  group: z.enum(settingGroups),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  choices: z.record(z.string(), z.string()).optional(),
  items: z.object({ type: z.string().optional() }).optional(),
});

let described: ReadonlyMap<string, ShopSetting> | undefined;

/** All settings of a shop, by key, in their order. Read once from their schemas, when the first admin asks. */
export function shopSettings(): ReadonlyMap<string, ShopSetting> {
  described ??= new Map(
    Object.entries(shopOverridesSchema.shape).flatMap(([key, schema]) => {
      const meta = describedSchema.parse(
        z.toJSONSchema(schema.unwrap(), { io: 'input', unrepresentable: 'any' }),
      );
      const kind = kindOf(meta);
      if (!kind) return [];
      const { title, help, unit, zero, group } = meta;
      const options = (meta.enum ?? []).map((value) => ({ value, label: meta.choices?.[value] ?? value }));
      return [[key, { key, title, help, unit, zero, group, kind, options }]];
    }),
  );
  return described;
}

/** The groups that have settings, in the order of the settings page. */
export function shopGroups(): readonly SettingGroup[] {
  const used = new Set(Array.from(shopSettings().values(), ({ group }) => group));
  return settingGroups.filter((group) => used.has(group));
}

export function settingsOf(group: string): readonly ShopSetting[] {
  return [...shopSettings().values()].filter((setting) => setting.group === group);
}

function kindOf({
  type,
  enum: options,
  items,
}: z.infer<typeof describedSchema>): ShopSetting['kind'] | undefined {
  if (options) return 'choice';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return 'text';
  if (type === 'boolean') return 'switch';
  if (type !== 'array') return undefined;
  if (items?.type === 'string') return 'texts';
  return items?.type === 'integer' || items?.type === 'number' ? 'numbers' : undefined;
}

/** A value as people read it: `KES 100`, `20, 50, 100`, `on`, `(none)`. */
export function valueWords(setting: ShopSetting, value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return '(none)';
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.join(', ');
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'number')
    return setting.options.find((option) => option.value === value)?.label ?? String(value);
  if (value === 0 && setting.zero !== undefined) return setting.zero;
  if (setting.unit === 'KES') return formatKes(value);
  return setting.unit === undefined ? String(value) : `${value} ${setting.unit}`.replace(' %', ' %');
}

/** What to type for a new value. */
export function valueHint({ kind, options }: ShopSetting): string {
  switch (kind) {
    case 'number':
      return 'Type the new number.';
    case 'numbers':
      return 'Type the new numbers with commas, like *20, 50, 100*; *none* for none.';
    case 'texts':
      return 'Type them with commas between; *none* for none.';
    case 'switch':
      return `${keycap(1)} On\n${keycap(2)} Off`;
    case 'choice':
      return options.map(({ label }, index) => `${keycap(index + 1)} ${label}`).join('\n');
    case 'text':
      return 'Type the new text; *none* for none.';
  }
}

/** Reads a new value as typed, and holds it against the setting's own schema. */
export function readValue(setting: ShopSetting, text: string): ValueReading {
  const value = typed(setting, text);
  if (value === undefined) return { ok: false, problem: UNREADABLE[setting.kind] };
  const checked = shopOverridesSchema.safeParse({ [setting.key]: value });
  if (!checked.success) return { ok: false, problem: problemText(checked.error) };
  // As the schema has made it: trimmed, in one way of writing.
  const kept = Object.entries(checked.data).find(([key]) => key === setting.key)?.[1];
  return { ok: true, value: jsonValueSchema.parse(kept ?? value) };
}

const UNREADABLE: Readonly<Record<ShopSetting['kind'], string>> = {
  number: 'I need a number in digits, like *100*.',
  numbers: 'I need numbers in digits with commas, like *20, 50, 100*.',
  switch: 'Reply *1* for on or *2* for off.',
  choice: 'Reply with one of the numbers.',
  text: 'I could not read that.',
  texts: 'I could not read that.',
};

function problemText({ issues: [issue] }: z.ZodError): string {
  if (!issue) return 'I could not read that.';
  const explained = explainIssue(issue);
  return explained === undefined ? issue.message : `It ${explained}.`;
}

const NONE: ReadonlySet<string> = new Set(['none', 'nothing', 'empty', '-']);

function typed({ kind, options }: ShopSetting, text: string): JsonValue | undefined {
  const isNone = NONE.has(text.toLowerCase());
  switch (kind) {
    case 'number':
      return figure(text);
    case 'numbers': {
      if (isNone) return [];
      const figures = text
        .split(/[,;]\s*|\s+/)
        .filter((part) => part !== '')
        .map(figure);
      return figures.includes(undefined) ? undefined : figures.filter((number) => number !== undefined);
    }
    case 'texts':
      return isNone
        ? []
        : text
            .split(/[,;]/)
            .map((part) => part.trim())
            .filter((part) => part !== '');
    case 'switch':
      return switched(text);
    case 'choice':
      return chosen(options, text);
    case 'text':
      return isNone ? '' : text;
  }
}

/** `1,000`, `KES 100`, `5 %`, `2.5`: plain figures only, nothing guessed. */
function figure(text: string): number | undefined {
  const plain = text
    .replace(/^(?:kes|ksh|sh)\.?\s*/i, '')
    .replace(/\s*(?:%|percent|\/=|kes|bob)$/i, '')
    .replace(/^(\d{1,3})((?:,\d{3})+)$/, (whole) => whole.replaceAll(',', ''));
  return /^\d{1,9}(?:\.\d{1,4})?$/.test(plain) ? Number(plain) : undefined;
}

/** By its number, its label or its value. */
function chosen(options: ShopSetting['options'], text: string): string | undefined {
  const choice = choiceOf(text);
  const word = text.toLowerCase();
  const byWord = options.find(({ value, label }) =>
    [value, label].some((name) => name.toLowerCase() === word),
  );
  return (byWord ?? (choice === undefined ? undefined : options[choice - 1]))?.value;
}

function switched(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === 'on' || answerOf(text) === 'yes' || choiceOf(text) === 1) return true;
  return word === 'off' || answerOf(text) === 'no' || choiceOf(text) === 2 ? false : undefined;
}

/** The bot's name is the client's own field, with rules of its own. */
export function readName(text: string): ValueReading {
  const read = clientPatchSchema.shape.name.safeParse(text);
  if (!read.success) return { ok: false, problem: problemText(read.error) };
  return { ok: true, value: read.data ?? text };
}
