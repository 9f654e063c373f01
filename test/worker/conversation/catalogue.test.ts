import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languages } from '../../../shared/language.ts';
import { aboutTexts, sampleValues } from '../../../worker/conversation/texts/about.ts';
import { catalogues, placeholdersOf, voiceOf } from '../../../worker/conversation/texts/catalogue.ts';
import { en } from '../../../worker/conversation/texts/en.ts';

const keys = Object.keys(en).sort();

describe('texts', () => {
  it('a shop’s own text speaks; what it lacks comes from the language, and never from another language', () => {
    const own = { sw: { whoHint: 'Jibu 1 au 2.' }, en: { cancelled: 'x' } };
    assert.equal(voiceOf('sw', own)('whoHint'), 'Jibu 1 au 2.');
    assert.equal(voiceOf('sw', own)('cancelled'), catalogues.sw.cancelled);
    assert.equal(voiceOf('en', own)('cancelled'), 'x');
    assert.equal(voiceOf('en', { en: { constructor: 'x' } })('emptyText'), en.emptyText);
  });

  it('values are filled in once and as they are', () => {
    const text = voiceOf('en')('helpContact', { shop: '{contact} $& __proto__', contact: '$1' });
    assert.match(text, /Contact \{contact\} \$& __proto__: \*\$1\*/);
  });

  it('placeholders are known by name', () => {
    assert.deepEqual(placeholdersOf(en.confirmHint), ['amount', 'price', 'recipient']);
    assert.deepEqual(placeholdersOf('none'), []);
  });

  for (const language of languages) {
    it(`${language}: no text is missing or left over, and each has its placeholders`, () => {
      const texts: Readonly<Record<string, string>> = catalogues[language];
      assert.deepEqual(Object.keys(texts).sort(), keys);
      for (const [key, reference] of Object.entries(en)) {
        assert.deepEqual(placeholdersOf(texts[key] ?? ''), placeholdersOf(reference), key);
      }
    });

    it(`${language}: every text fits a phone screen`, () => {
      for (const [key, text] of Object.entries(catalogues[language])) {
        assert.ok(text.trim() !== '' && text.length <= 680, `${key}: ${text.length}`);
      }
    });
  }

  it('no text was forgotten to be translated', () => {
    const same = keys.filter((key) => Reflect.get(catalogues.sw, key) === Reflect.get(en, key));
    // Figures, marks and names only.
    assert.deepEqual(same, ['noticeContact', 'ordersLine', 'sandboxMark']);
  });

  it('an editing page knows every text once, and a sample for every placeholder', () => {
    assert.deepEqual(aboutTexts.map(({ key }) => key).sort(), keys);
    for (const { key, placeholders, required } of aboutTexts) {
      assert.deepEqual(
        required.filter((name) => !placeholders.includes(name)),
        [],
        key,
      );
      for (const name of placeholders) assert.ok(Object.hasOwn(sampleValues, name), `${key}: {${name}}`);
    }
  });
});
