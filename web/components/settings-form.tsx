import type { JSX } from 'preact';
import { boundsText, defaultOf, type SettingField, valueText } from '../settings-fields.ts';
import { inheritName, type RawForm, shownName, stateText, toRaw, wasName } from '../settings-raw.ts';
import { HoursEditor } from './hours-editor.tsx';
import { Icon } from './icon.tsx';
import { unbroken } from './values.tsx';

export interface SettingFieldModel {
  readonly field: SettingField;
  /** What stands in the editor, as typed. */
  readonly raw: string;
  /** True: takes the value that stands above it (the default, or the platform's). */
  readonly inherited: boolean;
  readonly inheritedValue: unknown;
  /** What is stored, or was when the form was opened (settings-raw.ts); what has not been changed in a form is not saved by it. */
  readonly was: string;
  readonly error?: string;
}

export interface SettingsFormModel {
  /** Unique on the page; the group that holds the form is swapped for itself. */
  readonly id: string;
  /** Where the group is saved. */
  readonly action: string;
  /** Whose values are edited: the platform's fall back to the defaults, a client's to the platform's. */
  readonly scope: 'platform' | 'client';
  readonly fields: readonly SettingFieldModel[];
  /** A refusal that is about no single field. */
  readonly problem?: string;
}

/** The models of one group's fields as they are stored now. */
export function storedFields(
  fields: readonly SettingField[],
  own: object,
  inherited: object,
): readonly SettingFieldModel[] {
  const ownValues = new Map<string, unknown>(Object.entries(own));
  const above = new Map<string, unknown>(Object.entries(inherited));
  return fields.map((field) => {
    const value = ownValues.get(field.name);
    const inheritedValue = above.get(field.name);
    return {
      field,
      raw: toRaw(field, value ?? inheritedValue),
      inherited: value === undefined,
      inheritedValue,
      was: stateText(value === undefined, toRaw(field, value)),
    };
  });
}

/**
 * The same fields as they were typed, with what is wrong with them.
 * @param conflict the field that somebody else has changed meanwhile
 */
export function typedFields(
  fields: readonly SettingFieldModel[],
  typed: RawForm,
  errors: Readonly<Record<string, string>>,
  conflict?: string,
): readonly SettingFieldModel[] {
  return fields.map((model) => {
    const { name } = model.field;
    const error = errors[name];
    return {
      ...model,
      raw: typed[name] ?? '',
      inherited: typed[inheritName(model.field)] !== undefined,
      // Whoever has been told what it holds now may overrule it.
      was: name === conflict ? model.was : (typed[wasName(model.field)] ?? model.was),
      ...(error !== undefined && { error }),
    };
  });
}

/**
 * The settings of one group, saved together. Each field says what it means, its unit, its bounds and what it falls back to; a refusal
 * stands at its field, and nothing that was typed is lost.
 */
export function SettingsForm({ model }: { model: SettingsFormModel }): JSX.Element {
  return (
    <form
      method="post"
      class="settings-form"
      id={model.id}
      hx-post={model.action}
      hx-target="closest details"
      hx-swap="outerHTML"
      hx-disable="find button[type=submit]"
      noValidate
      data-settings-form=""
    >
      {model.problem ? (
        <p class="notice notice-bad" role="alert">
          <Icon name="alert" size={18} />
          {model.problem}
        </p>
      ) : null}
      {model.fields.map((field) => (
        <Field key={field.field.name} formId={model.id} scope={model.scope} model={field} />
      ))}
      <div class="settings-save">
        <button type="submit" id={`${model.id}-save`} class="button button-primary">
          <Icon name="check" size={18} />
          Save
        </button>
        <span class="settings-unsaved" role="status">
          Not saved yet
        </span>
      </div>
    </form>
  );
}

const inheritWords = { platform: 'Use the default', client: 'Use the platform’s' } as const;

function Field({
  formId,
  scope,
  model,
}: {
  formId: string;
  scope: SettingsFormModel['scope'];
  model: SettingFieldModel;
}): JSX.Element {
  const { field, inherited, inheritedValue, error } = model;
  const id = `${formId}-${field.name}`;
  const bounds = boundsText(field);
  return (
    <div class="setting" data-inherited={inherited ? '' : undefined} data-setting={field.name}>
      <div>
        <label class="setting-title" htmlFor={id}>
          {field.title}
        </label>
        <p class="setting-help" id={`${id}-help`}>
          {unbroken(field.help)}
        </p>
      </div>
      <div class="setting-value">
        <input type="hidden" name={wasName(field)} value={model.was} />
        <Editor model={model} id={id} />
        {error ? (
          <p class="field-error" id={`${id}-error`}>
            <Icon name="alert" size={16} />
            {error}
          </p>
        ) : null}
        <div class="setting-foot">
          <label class="check">
            <input
              type="checkbox"
              name={inheritName(field)}
              checked={inherited}
              data-inherit={toRaw(field, inheritedValue)}
            />
            <span>
              {inheritWords[scope]}: <strong>{valueText(field, inheritedValue)}</strong>
            </span>
          </label>
          <span class="setting-facts">
            {[
              bounds,
              scope === 'client' && inheritedValue !== defaultOf(field.name)
                ? `Default ${valueText(field, defaultOf(field.name))}`
                : undefined,
            ]
              .filter((fact) => fact !== undefined)
              .join(' · ')}
          </span>
        </div>
      </div>
    </div>
  );
}

function Editor({ model, id }: { model: SettingFieldModel; id: string }): JSX.Element {
  const { field, raw, error, inheritedValue } = model;
  const { editor, name, unit } = field;
  const shared = {
    id,
    name,
    'aria-describedby': error ? `${id}-error ${id}-help` : `${id}-help`,
    ...(error ? { 'aria-invalid': 'true' as const } : {}),
  };
  switch (editor.kind) {
    case 'switch':
      return (
        <>
          <input type="hidden" name={shownName(name)} value="on" />
          <input {...shared} type="checkbox" class="switch" value="on" checked={raw !== ''} />
        </>
      );
    case 'hours':
      return (
        <HoursEditor
          shared={shared}
          raw={raw}
          fallback={toRaw(field, inheritedValue)}
          maxLength={editor.maxLength}
        />
      );
    case 'choice':
      return (
        <select {...shared}>
          {editor.options.map(({ value, label }) => (
            <option key={value} value={value} selected={value === raw}>
              {label}
            </option>
          ))}
        </select>
      );
    case 'number':
      return (
        <WithUnit unit={unit}>
          <input
            {...shared}
            type="text"
            inputMode={editor.whole ? 'numeric' : 'decimal'}
            value={raw}
            maxLength={24}
            autocomplete="off"
          />
        </WithUnit>
      );
    case 'list':
      return editor.of === 'number' ? (
        <WithUnit unit={unit}>
          <input {...shared} type="text" value={raw} maxLength={400} autocomplete="off" />
        </WithUnit>
      ) : (
        <textarea {...shared} rows={3} maxLength={2_000} placeholder="One per line">
          {raw}
        </textarea>
      );
    case 'text':
      return (editor.maxLength ?? 0) > 120 ? (
        <textarea {...shared} rows={2} maxLength={editor.maxLength}>
          {raw}
        </textarea>
      ) : (
        <input {...shared} type="text" value={raw} maxLength={editor.maxLength} autocomplete="off" />
      );
    case 'json':
      return (
        <textarea {...shared} rows={6} class="mono" spellcheck={false}>
          {raw}
        </textarea>
      );
  }
}

function WithUnit({ unit, children }: { unit: string | undefined; children: JSX.Element }): JSX.Element {
  if (unit === undefined) return children;
  return (
    <span class={unit === 'KES' ? 'with-unit unit-first' : 'with-unit'}>
      <span class="unit" aria-hidden="true">
        {unit}
      </span>
      {children}
    </span>
  );
}
