import { z } from 'zod';

/** What people read about a setting; one per field, kept with its schema. */
interface SettingMeta {
  readonly title: string;
  /** One or two sentences: what it does, what an extreme value means. */
  readonly help: string;
  /** What 0 means, where it is no amount: `no limit`. Ends the help. */
  readonly zero?: string;
  readonly unit?: string;
  readonly group: SettingGroup;
  /** What to call the values of a choice, where they are no words. */
  readonly choices?: Readonly<Record<string, string>>;
  /** An editor made for this kind of value, in place of the one that fits its type. */
  readonly editor?: 'hours';
}

/** The headings of the settings page, in its order. */
export const settingGroups = [
  'Shop',
  'Conversation',
  'Limits',
  'Payments',
  'Workers',
  'WhatsApp',
  'Alerts',
  'Public page',
  'Privacy',
  'Platform',
] as const;
export type SettingGroup = (typeof settingGroups)[number];

/** A setting is its schema (type and bounds) together with what people read about it. */
export const setting = <T extends z.ZodType>(schema: T, meta: SettingMeta): T =>
  schema.meta({ ...meta, help: meta.zero === undefined ? meta.help : `${meta.help} 0: ${meta.zero}.` });

/** What a concern's fields default to: a value for each, of its type. */
export type DefaultsOf<Fields extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Key in keyof Fields]: z.infer<Fields[Key]>;
};

export const seconds = (min: number, max: number) => z.number().min(min).max(max);

export const wholeKes = (min: number, max: number) =>
  z.number().int('Whole shillings only').min(min).max(max);
