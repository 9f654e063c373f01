import { z } from 'zod';
import { formatKes } from './money.ts';
import { type Settings, type ShopOverrides, settingsSchema } from './settings.ts';

const describedSchema = z.object({
  title: z.string(),
  unit: z.string().optional(),
  choices: z.record(z.string(), z.string()).optional(),
  editor: z.string().optional(),
});
type Described = z.infer<typeof describedSchema>;

const shape = new Map<string, z.ZodType>(Object.entries(settingsSchema.shape));

function described(name: string): Described {
  return describedSchema.catch({ title: name }).parse(shape.get(name)?.meta());
}

/** What a setting is called where people read of it. */
export function settingTitle(name: string): string {
  return described(name).title;
}

/** A setting's value as people read it: `KES 100`, `2.5 %`, `on`, `always open`, `“Karibu!”`. No setting is a secret; keys are none. */
export function settingWords(name: string, value: unknown): string {
  const { unit, choices, editor } = described(name);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return withUnit(value, unit);
  if (editor === 'hours' && value === '') return 'always open';
  if (value === '' || value === undefined || value === null) return 'empty';
  if (typeof value === 'string') {
    return choices?.[value] ?? (shape.get(name) instanceof z.ZodEnum ? sentence(value) : `“${value}”`);
  }
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return 'none';
  const items = value.map(String).join(', ');
  return unit === 'KES' ? `KES ${items}` : items;
}

/** A figure with its unit: `KES 1,000`, `30 s`, `5`. */
export function withUnit(value: number, unit: string | undefined): string {
  if (unit === 'KES') return formatKes(value);
  const figure = value.toLocaleString('en-KE');
  return unit === undefined ? figure : `${figure} ${unit}`;
}

/** `wait-for-approval` → `Wait for approval` */
export function sentence(value: string): string {
  const words = value.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a change of the platform's settings comes to, one `Title: from → to` for each that differs. */
export function changesInWords(before: Settings, after: Settings): readonly string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after)
    .filter(([name, value]) => !isSame(old.get(name), value))
    .map(([name, value]) => arrow(name, settingWords(name, old.get(name)), settingWords(name, value)));
}

/**
 * The same for the settings that a client has of its own. What it has no value for is the platform's, and said to be.
 * @param above the platform's settings
 */
export function ownChangesInWords(
  before: ShopOverrides,
  after: ShopOverrides,
  above: Settings,
): readonly string[] {
  const [old, now, platform] = [before, after, above].map(
    (values) => new Map<string, unknown>(Object.entries(values)),
  );
  const words = (values: ReadonlyMap<string, unknown> | undefined, name: string): string =>
    values?.get(name) === undefined
      ? `the platform’s ${settingWords(name, platform?.get(name))}`
      : settingWords(name, values.get(name));
  const names = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
  return [...names]
    .filter((name) => !isSame(old?.get(name), now?.get(name)))
    .map((name) => arrow(name, words(old, name), words(now, name)));
}

const arrow = (name: string, from: string, to: string): string => `${described(name).title}: ${from} → ${to}`;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
