import { settingGroups } from '../../shared/settings/setting.ts';
import { environmentHelp } from '../../supervisor/environment-help.ts';
import {
  defaultOf,
  fieldsOfGroup,
  groupsWithFields,
  type SettingField,
  valueText,
} from '../../web/settings-fields.ts';

/** docs/configuration.md as it must be: made from the schemas that the product itself reads. */
export function configurationPage(): string {
  const variables = Object.entries(environmentHelp).map(([name, { meaning, otherwise, bounds = '' }]) =>
    row([`\`${name}\``, meaning, otherwise, bounds]),
  );
  const groups = settingGroups.filter((group) => groupsWithFields().includes(group));
  return `${[
    '# Configuration',
    '',
    'Made by `npm run docs` from the schemas that the product itself reads; a test compares. Change the schemas, not this page.',
    '',
    '## Environment',
    '',
    'Read once at the start. A variable that makes no sense stops the start with its name and the fix. Everything else is a setting.',
    '',
    row(['variable', 'meaning', 'when not set', 'bounds']),
    '|---|---|---|---|',
    ...variables,
    '',
    '## Settings',
    '',
    'On the dashboard’s settings page, or by `PATCH /api/v1/settings` with the names below ([api.md](api.md)). They count at once, without a',
    'restart. Those marked *per bot* may be overridden for single bots.',
    ...groups.flatMap((group) => [
      '',
      `### ${group}`,
      '',
      row(['name', 'what it does', 'default', 'bounds']),
      '|---|---|---|---|',
      ...fieldsOfGroup(group).map(settingRow),
    ]),
  ].join('\n')}\n`;
}

function settingRow(field: SettingField): string {
  const { name, title, help, perClient } = field;
  return row([
    `\`${name}\``,
    `**${title}.** ${help}${perClient ? ' *Per bot.*' : ''}`,
    valueText(field, defaultOf(name)),
    bounds(field),
  ]);
}

function bounds({ editor, unit = '' }: SettingField): string {
  const inUnit = unit === '' ? '' : ` ${unit}`;
  switch (editor.kind) {
    case 'number': {
      const { min, max } = editor;
      if (min === undefined && max === undefined) return unit;
      if (max === undefined) return `from ${min}${inUnit}`;
      return min === undefined ? `up to ${max}${inUnit}` : `${min} to ${max}${inUnit}`;
    }
    case 'text':
      return editor.maxLength === undefined ? '' : `up to ${editor.maxLength} characters`;
    case 'switch':
      return 'on or off';
    case 'choice':
      return editor.options.map(({ value }) => `\`${value}\``).join(', ');
    case 'list':
      return `${editor.maxItems === undefined ? 'a list' : `up to ${editor.maxItems}`}${inUnit}`;
    default:
      return '';
  }
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
