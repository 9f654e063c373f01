import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shellWords } from '../../shared/shell-words.ts';

describe('flags in an environment variable', () => {
  it('are split as a shell does', () => {
    assert.deepEqual(shellWords(`  --a=1 '--b=x y' "--c='z'" --d=\\ \\"e --f='' `), [
      '--a=1',
      '--b=x y',
      "--c='z'",
      '--d= "e',
      '--f=',
    ]);
    assert.deepEqual(shellWords(''), []);
  });

  it('refuse a quote that is not closed', () => {
    assert.throws(() => shellWords(`--a='1`), SyntaxError);
  });

  it('come through quoting unchanged, whatever they hold', () => {
    const word = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const line = words.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(' ');
        assert.deepEqual(shellWords(line), words);
      }),
    );
  });
});
