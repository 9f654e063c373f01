import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneLine, plainLines } from '../../shared/plain-text.ts';

const MISCHIEVOUS = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

test('of all characters, control characters, halves of characters and marks that turn the reading order are refused', () => {
  const line = oneLine(40);
  const lines = plainLines(40);
  for (let code = 0; code <= 0xffff; code += 1) {
    const character = String.fromCharCode(code);
    const fine = !MISCHIEVOUS.test(character);
    assert.equal(line.safeParse(`a${character}b`).success, fine, code.toString(16));
    assert.equal(lines.safeParse(`a${character}b`).success, fine || character === '\n', code.toString(16));
  }
  assert.equal(line.parse(' 🇰🇪 Duka la Achieng’ '), '🇰🇪 Duka la Achieng’');
});
