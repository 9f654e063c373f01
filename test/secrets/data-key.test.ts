import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { DataKey, keyIdOf, SealError } from '../../supervisor/secrets/data-key.ts';

describe('a sealed credential', () => {
  let key: DataKey;
  let other: DataKey;
  before(async () => {
    key = await DataKey.from('a passphrase that is long enough, really');
    other = await DataKey.from('a passphrase that is long enough, realli');
  });

  it('opens to what was sealed, whatever that was, and never shows it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        const sealed = key.seal(text, context);
        assert.equal(key.open(sealed, context), text);
        assert.match(sealed, /^a1\.[0-9a-f]{12}\.[\w-]+$/);
        assert.equal(keyIdOf(sealed), key.id);
      }),
    );
  });

  it('is another text each time', () => {
    assert.notEqual(key.seal('same', 'set@1'), key.seal('same', 'set@1'));
  });

  it('does not open in another set’s or another version’s place', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, context, elsewhere) => {
        fc.pre(context !== elsewhere);
        const sealed = key.seal(text, context);
        assert.throws(() => key.open(sealed, elsewhere), SealError);
      }),
    );
  });

  it('does not open when any character of it was changed, added or cut', () => {
    const sealed = key.seal('{"apiKey":"k"}', 'set@1');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed[at] === 'A' ? 'B' : 'A';
      const damaged = sealed.slice(0, at) + changed + sealed.slice(at + 1);
      assert.throws(() => key.open(damaged, 'set@1'), SealError, `character ${at}`);
      assert.throws(() => key.open(sealed.slice(0, at), 'set@1'), SealError, `cut at ${at}`);
    }
    assert.throws(() => key.open(`${sealed}A`, 'set@1'), SealError);
  });

  it('does not open with another key, and says which key it wants', () => {
    const sealed = key.seal('text', 'set@1');
    assert.notEqual(key.id, other.id);
    assert.throws(() => other.open(sealed, 'set@1'), new RegExp(`sealed with the key ${key.id}`));
  });

  it('opens with a key made again from the same secret', async () => {
    const again = await DataKey.from('a passphrase that is long enough, really');
    assert.equal(again.open(key.seal('text', 'set@1'), 'set@1'), 'text');
  });
});
