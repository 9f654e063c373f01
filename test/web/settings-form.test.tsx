import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from 'preact-render-to-string';
import { defaultSettings, settingsSchema } from '../../shared/settings.ts';
import { readSettingsInput, withChanges } from '../../supervisor/http/pages/settings-input.ts';
import { SettingsForm, storedFields, typedFields } from '../../web/components/settings-form.tsx';
import { defaultOf, fieldsOfGroup, settingFields, valueText } from '../../web/settings-fields.ts';
import { fromRaw, toRaw } from '../../web/settings-raw.ts';

const fieldNamed = (name: string) => {
  const field = settingFields.find((known) => known.name === name);
  assert.ok(field, name);
  return field;
};

test('every setting there is has an editor that gives back what it shows', () => {
  assert.deepEqual(settingFields.map(({ name }) => name).toSorted(), Object.keys(defaultSettings).toSorted());
  const shape = new Map(Object.entries(settingsSchema.shape));
  for (const field of settingFields) {
    const value = defaultOf(field.name);
    const reading = fromRaw(field, toRaw(field, value));
    assert.ok(reading.ok, `${field.name}: ${reading.ok ? '' : reading.problem}`);
    assert.deepEqual(reading.value, value, field.name);
    assert.ok(shape.get(field.name)?.safeParse(reading.value).success, field.name);
    assert.ok(field.title.length > 0 && field.help.length > 10, field.name);
  }
});

test('a number is taken as a person writes it, and never guessed', () => {
  const field = fieldNamed('lowFloatKes');
  for (const [typed, value] of [
    ['1000', 1_000],
    [' 1,000 ', 1_000],
    ['0', 0],
  ] as const) {
    assert.deepEqual(fromRaw(field, typed), { ok: true, value }, typed);
  }
  for (const typed of [
    '',
    'abc',
    '1e3',
    '0x10',
    '10k',
    '1,00',
    '--5',
    '1 000',
    '٣٠',
    '10.5',
    'Infinity',
    'NaN',
  ]) {
    assert.equal(fromRaw(field, typed).ok, false, typed);
  }
});

test('a form is read whole: what is wrong is said by field, in the words of the page', () => {
  const input = readSettingsInput('Shop', {
    minAmountKes: 'abc',
    maxAmountKes: '2',
    discountPercent: '150',
    quickAmountsKes: '20, fifty',
    contact: 'Shop 4, Moi Avenue',
    surprise: 'ignored',
  });
  assert.deepEqual(Object.keys(input.errors).toSorted(), [
    'discountPercent',
    'maxAmountKes',
    'minAmountKes',
    'quickAmountsKes',
  ]);
  assert.equal(input.errors.maxAmountKes, 'Largest purchase must be at least 5');
  assert.match(input.errors.minAmountKes ?? '', /“abc” is not a number/);
  assert.match(input.errors.quickAmountsKes ?? '', /“fifty” is not a number/);
});

test('what falls back is taken out of a client’s own settings, the rest is set, other groups stay', () => {
  const input = readSettingsInput(
    'Shop',
    {
      minAmountKes: '10',
      maxAmountKes: '1000',
      'inherit.discountPercent': 'on',
      discountPercent: '7',
      'inherit.quickAmountsKes': 'on',
      'inherit.contact': 'on',
      'inherit.banMessage': 'on',
    },
    { perClient: true },
  );
  assert.deepEqual(input.errors, {});
  const after = withChanges({ discountPercent: 5, contact: 'old', payersPerChatPerDay: 9 }, input);
  assert.deepEqual(after, { minAmountKes: 10, maxAmountKes: 1_000, payersPerChatPerDay: 9 });
});

test('a client is offered only what a client may override', () => {
  const names = fieldsOfGroup('Platform', { perClient: true }).map(({ name }) => name);
  assert.deepEqual(names, []);
  assert.ok(fieldsOfGroup('Shop', { perClient: true }).length >= 5);
});

test('after a refusal everything that was typed is still there, with the refusal at its field', () => {
  const fields = storedFields(fieldsOfGroup('Shop'), { contact: 'Old place' }, defaultSettings);
  const shown = typedFields(
    fields,
    { minAmountKes: '"><b>abc', maxAmountKes: '700', contact: 'New place' },
    { minAmountKes: '“abc” is not a number' },
  );
  const html = render(<SettingsForm model={{ id: 'f', action: '/x', scope: 'platform', fields: shown }} />);
  assert.match(html, /value="&quot;>&lt;b>abc"/);
  assert.match(html, /value="700"/);
  assert.match(html, /value="New place"/);
  assert.match(html, /name="minAmountKes" aria-describedby="f-minAmountKes-error [^"]*" aria-invalid="true"/);
  assert.doesNotMatch(html, /value="Old place"|>Old place/);
});

test('values are told in words', () => {
  assert.equal(valueText(fieldNamed('lowFloatKes'), 1_000), 'KES 1,000');
  assert.equal(valueText(fieldNamed('discountPercent'), 2.5), '2.5 %');
  assert.equal(valueText(fieldNamed('quickAmountsKes'), [20, 50]), 'KES 20, 50');
  assert.equal(valueText(fieldNamed('contact'), ''), 'empty');
});
