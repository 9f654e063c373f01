import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type SettingGroup, settingGroups } from '../../../shared/settings/setting.ts';
import {
  type SettingsPatch,
  type ShopOverrides,
  settingsPatchSchema,
  shopOverridesSchema,
} from '../../../shared/settings.ts';
import type { SettingFieldModel } from '../../../web/components/settings-form.tsx';
import { fieldsOfGroup, type SettingField, valueText } from '../../../web/settings-fields.ts';
import {
  fromRaw,
  inheritName,
  isSameState,
  joinParts,
  type RawForm,
  shownName,
  typedState,
  wasName,
} from '../../../web/settings-raw.ts';
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
  const all = fieldsOfGroup(group, options);
  const typed = joinParts(all, bodySchema.parse(body ?? {}));
  // What nobody has touched is not saved: another admin may have changed it since this form was opened.
  const fields = all.filter((field) => isTouched(field, typed));
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

function isTouched(field: SettingField, typed: RawForm): boolean {
  const was = typed[wasName(field)];
  return was === undefined || !isSameState(field, was, typedState(field, typed));
}

/**
 * Two admins at once: a field that this form changes, and that holds something else by now than when the form was opened.
 * @param stored the group's fields as they are at this moment
 * @throws AppError `conflict` naming the field and what it holds
 */
export function refuseConflicts(
  { typed, own, inherited }: SettingsInput,
  stored: readonly SettingFieldModel[],
): void {
  for (const { field, was: now, inheritedValue } of stored) {
    const was = typed[wasName(field)];
    const isChanged = Object.hasOwn(own, field.name) || inherited.includes(field.name);
    if (was === undefined || !isChanged || isSameState(field, was, now)) continue;
    if (isSameState(field, now, typedState(field, typed))) continue;
    const reading = now.startsWith('=') ? fromRaw(field, now.slice(1)) : undefined;
    const value = reading?.ok ? reading.value : inheritedValue;
    throw new AppError(
      'conflict',
      `Somebody else has set this to ${valueText(field, value)} meanwhile. Save again to overrule it`,
      { field: field.name },
    );
  }
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
