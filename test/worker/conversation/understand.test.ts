import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerOf, choiceOf, cleanText, commandOf } from '../../../worker/conversation/understand.ts';

describe('what people mean', () => {
  it('numbers', () => {
    for (const text of ['1', '1.', '1)', '(1)', '*1*', '1️⃣', 'one', 'One!', 'moja', 'option 1', '#1', '01']) {
      assert.equal(choiceOf(cleanText(text)), 1, text);
    }
    for (const text of [
      '',
      '100',
      '1 2',
      '1-2',
      '-1',
      '1.5',
      'no one',
      'none',
      'someone',
      '١',
      '½',
      '__proto__',
    ]) {
      assert.equal(choiceOf(cleanText(text)), undefined, text);
    }
    assert.equal(choiceOf(cleanText('🔟')), 10);
  });

  it('yes and no', () => {
    for (const text of ['yes', 'Y', 'OK.', 'ndio', 'Sawa', '👍', '✅'])
      assert.equal(answerOf(cleanText(text)), 'yes', text);
    for (const text of ['no', 'N', 'cancel', 'Hapana!', '👎', '❌', '✖️']) {
      assert.equal(answerOf(cleanText(text)), 'no', text);
    }
    for (const text of ['yes but no', 'not yet', 'yesterday', 'okay?? wait', 'maybe']) {
      assert.equal(answerOf(cleanText(text)), undefined, text);
    }
  });

  it('the way home and back', () => {
    for (const text of [
      'hi',
      'Hello there',
      'HABARI',
      'good morning',
      'Niaje boss',
      '00',
      'menu',
      'Menu.',
      '👋',
    ]) {
      assert.equal(commandOf(cleanText(text)), 'home', text);
    }
    for (const text of ['0', '0️⃣', 'back', 'Rudi', 'zero'])
      assert.equal(commandOf(cleanText(text)), 'back', text);
    for (const text of [
      '1',
      '000',
      'hi I would like to know when you open',
      'history',
      '0700000001',
      'constructor',
    ]) {
      assert.equal(commandOf(cleanText(text)), undefined, text);
    }
  });
});
