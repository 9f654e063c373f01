import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type SettingGroup, settingGroups } from '../../../shared/settings/setting.ts';
import {
  type SettingsPatch,
  type ShopOverrides,
  settingsPatchSchema,
  shopOverridesSchema,
} from '../../../shared/settings.ts';
import { fieldsOfGroup, type SettingField } from '../../../web/settings-fields.ts';
import { fromRaw, inheritName, type RawForm, shownName } from '../../../web/settings-raw.ts';
import { invalidInput } from '../validation-issue.ts';

/** A group's form as it was sent, read field by field. */
export interface SettingsInput {
  /** As typed, to be shown again beside an error. */
  readonly typed: RawForm;
  /** The fields with a value of their own. */
  readonly own: SettingsPatch;
  /** The fields that are to fall back. */
  readonly inherited: readonly string[];
  /** What is wrong, by field. */
  readonly errors: Readonly<Record<string, string>>;
}

const bodySchema = z.record(z.string().max(80), z.string().max(20_000)).catch({});

/** @throws AppError `not-found` for a group there is none of */
export function parseGroup(written: string): SettingGroup {
  const group = settingGroups.find((known) => known === written);
  if (group === undefined) throw new AppError('not-found', 'There is no such group of settings');
  return group;
}

export function readSettingsInput(
  group: SettingGroup,
  body: unknown,
  options: { readonly perClient?: boolean } = {},
): SettingsInput {
  const typed = bodySchema.parse(body ?? {});
  const fields = fieldsOfGroup(group, options);
  const inherited = fields.filter((field) => typed[inheritName(field)] !== undefined);
  const errors: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    // A page that was loaded before a setting existed says nothing of it; it must not empty it.
    if (inherited.includes(field) || !isSent(field, typed)) continue;
    const reading = fromRaw(field, typed[field.name]);
    if (reading.ok) values[field.name] = reading.value;
    else errors[field.name] = reading.problem;
  }
  const checked = settingsPatchSchema.safeParse(values);
  for (const issue of checked.error?.issues ?? []) {
    const name = String(issue.path[0] ?? '');
    errors[name] ??= fieldText(fields, name, invalidInput(issue).message);
  }
  return {
    typed,
    own: checked.success ? checked.data : {},
    inherited: inherited.map(({ name }) => name),
    errors,
  };
}

/** An unticked box sends nothing, so a mark beside it says that it was there. */
function isSent({ name, editor }: SettingField, typed: RawForm): boolean {
  return typed[editor.kind === 'switch' ? shownName(name) : name] !== undefined;
}

/** Names the field by its title, as it stands on the page, instead of its name in the API. */
function fieldText(fields: readonly SettingField[], name: string, message: string): string {
  const title = fields.find((field) => field.name === name)?.title ?? name;
  return message.replace(/^"[^"]*"/, title);
}

/** A client's overrides with one group's changes: own values set, those that fall back taken out. */
export function withChanges(present: ShopOverrides, { own, inherited }: SettingsInput): ShopOverrides {
  const kept = Object.entries(present).filter(([name]) => !inherited.includes(name));
  return shopOverridesSchema.parse({ ...Object.fromEntries(kept), ...own });
}
