import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { english, placeholdersOf, textsOf } from '../../../worker/conversation/texts/catalogue.ts';
import { en } from '../../../worker/conversation/texts/en.ts';

describe('texts', () => {
  it('the most particular layer speaks; what it lacks comes from the next', () => {
    const say = textsOf({ whoHint: 'Jibu 1 au 2.' }, { whoHint: 'x', cancelled: 'Imeghairiwa.' });
    assert.equal(say('whoHint'), 'Jibu 1 au 2.');
    assert.equal(say('cancelled'), 'Imeghairiwa.');
    assert.equal(say('emptyText'), en.emptyText);
  });

  it('values are filled in once and as they are', () => {
    const text = english('helpContact', { shop: '{contact} $& __proto__', contact: '$1' });
    assert.match(text, /Contact \{contact\} \$& __proto__: \*\$1\*/);
  });

  it('placeholders are known by name', () => {
    assert.deepEqual(placeholdersOf(en.confirmHint), ['amount', 'price', 'recipient']);
    assert.deepEqual(placeholdersOf('none'), []);
  });

  it('every text fits a phone screen', () => {
    for (const [key, text] of Object.entries(en)) assert.ok(text.length <= 640, `${key}: ${text.length}`);
  });
});
