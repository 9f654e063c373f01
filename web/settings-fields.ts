import { z } from 'zod';
import { sentence, settingWords, withUnit } from '../shared/setting-words.ts';
import { type SettingGroup, settingGroups } from '../shared/settings/setting.ts';
import { defaultSettings, settingsSchema, shopOverridesSchema } from '../shared/settings.ts';

/** How a setting is edited, read off its schema: a new setting gets its field by itself. */
export type SettingEditor =
  | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'text'; readonly maxLength?: number }
  | { readonly kind: 'switch' }
  /** Opening hours by the day. */
  | { readonly kind: 'hours'; readonly maxLength?: number }
  | {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string }[];
    }
  | { readonly kind: 'list'; readonly of: 'number' | 'text'; readonly maxItems?: number }
  /** For shapes that have no editor of their own. */
  | { readonly kind: 'json' };

export interface SettingField {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly unit?: string;
  readonly group: SettingGroup;
  readonly editor: SettingEditor;
  /** May be overridden per client. */
  readonly perClient: boolean;
}

const propertySchema = z.looseObject({
  title: z.string(),
  help: z.string(),
  unit: z.string().optional(),
  group: z.enum(settingGroups),
  choices: z.record(z.string(), z.string()).optional(),
  editor: z.enum(['hours']).optional(),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.looseObject({ type: z.string().optional() }).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
type Property = z.infer<typeof propertySchema>;

/** zod writes the limits of a safe integer where a schema sets none. */
const isBound = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;

function editorOf(property: Property): SettingEditor {
  const { type, minimum, maximum, maxLength, maxItems, items, choices = {} } = property;
  if (property.enum) {
    return {
      kind: 'choice',
      options: property.enum.map((value) => ({ value, label: choices[value] ?? sentence(value) })),
    };
  }
  switch (type) {
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        whole: type === 'integer',
        ...(isBound(minimum) && { min: minimum }),
        ...(isBound(maximum) && { max: maximum }),
      };
    case 'boolean':
      return { kind: 'switch' };
    case 'string':
      return { kind: property.editor ?? 'text', ...(maxLength !== undefined && { maxLength }) };
    case 'array':
      if (items?.type === 'integer' || items?.type === 'number')
        return { kind: 'list', of: 'number', ...(maxItems !== undefined && { maxItems }) };
      if (items?.type === 'string')
        return { kind: 'list', of: 'text', ...(maxItems !== undefined && { maxItems }) };
      return { kind: 'json' };
    default:
      return { kind: 'json' };
  }
}

function readFields(): readonly SettingField[] {
  const { properties = {} } = z
    .object({ properties: z.record(z.string(), z.unknown()).optional() })
    .parse(z.toJSONSchema(settingsSchema, { unrepresentable: 'any', io: 'input' }));
  return Object.entries(properties).map(([name, described]) => {
    const property = propertySchema.parse(described);
    const { title, help, unit, group } = property;
    return {
      name,
      title,
      help,
      ...(unit !== undefined && { unit }),
      group,
      editor: editorOf(property),
      perClient: Object.hasOwn(shopOverridesSchema.shape, name),
    };
  });
}

/** Every setting, in the order in which shared/settings.ts assembles them. */
export const settingFields: readonly SettingField[] = readFields();

/** @param perClient only those that a client may override */
export function fieldsOfGroup(group: SettingGroup, { perClient = false } = {}): readonly SettingField[] {
  return settingFields.filter((field) => field.group === group && (field.perClient || !perClient));
}

/** What a group is about, in a line below its title. */
export const groupLeads: Readonly<Record<SettingGroup, string>> = {
  Shop: 'What is sold, and for how much.',
  Conversation: 'Languages, opening hours, and when a chat is too much.',
  Limits: 'How much may be asked of one phone, chat or shop.',
  Payments: 'Prompts, prices and the float.',
  Workers: 'How bots are started, watched and restarted.',
  WhatsApp: 'How bots behave on WhatsApp.',
  Alerts: 'Who hears of trouble, and how often.',
  'Public page': 'The page on which a shop makes a bot of its own.',
  Privacy: 'What is kept, and for how long.',
  Platform: 'What holds everywhere.',
};

/** The groups that have settings. */
export function groupsWithFields(options: { readonly perClient?: boolean } = {}): readonly SettingGroup[] {
  return settingGroups.filter((group) => fieldsOfGroup(group, options).length > 0);
}

export function defaultOf(name: string): unknown {
  return new Map<string, unknown>(Object.entries(defaultSettings)).get(name);
}

/** A setting's value in words, for "Default: …". */
export const valueText = ({ name }: SettingField, value: unknown): string => settingWords(name, value);

/** Between which bounds a number may be, in words; undefined when there are none. */
export function boundsText({ editor, unit }: SettingField): string | undefined {
  if (editor.kind === 'list') return editor.maxItems === undefined ? undefined : `At most ${editor.maxItems}`;
  if (editor.kind !== 'number') return undefined;
  const { min, max } = editor;
  if (min !== undefined && max !== undefined)
    return `${min.toLocaleString('en-KE')} to ${withUnit(max, unit).replace(/^KES /, '')}`;
  if (min !== undefined) return `At least ${withUnit(min, unit)}`;
  return max === undefined ? undefined : `At most ${withUnit(max, unit)}`;
}
