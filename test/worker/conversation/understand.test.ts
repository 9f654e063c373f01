import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answerOf,
  choiceOf,
  cleanText,
  commandOf,
  readWish,
} from '../../../worker/conversation/understand.ts';

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

  it('whom and how much a wish names, and nothing that must be guessed', () => {
    const wishes: ReadonlyArray<readonly [string, ReturnType<typeof readWish>]> = [
      ...[
        '0700000001',
        '0700 000 001',
        '0700-000-001',
        '0700 000001',
        '+254 700 000 001',
        '+254 700 000001',
        '254 700 000 001',
        '254700000001',
        '+254700000001',
        '00254700000001',
        '0700000001,',
      ].flatMap(
        (phone): ReadonlyArray<readonly [string, ReturnType<typeof readWish>]> => [
          [`airtime ${phone}`, { phone: '254700000001' }],
          [`airtime 50 to ${phone}`, { phone: '254700000001', amountKes: 50 }],
          [`${phone} airtime 50`, { phone: '254700000001', amountKes: 50 }],
        ],
      ),
      ['airtime 50', { amountKes: 50 }],
      ['airtime', {}],
      ...[
        // A phone number with digits too few, and an amount.
        'airtime 07000000 50',
        'airtime 070000000 5',
        'airtime 0700000 100',
        'airtime 070000 1000',
        'airtime 0700 00000 50',
        'airtime 2547000000 01',
        'airtime 0700-000-00 150',
        'airtime 07000000',
        'airtime 0700',
        // Too many.
        'airtime 10700000001',
        'airtime 1000700000001',
        'airtime 07000000012',
        'airtime 0700 000 0012',
        // Which of the figures is the amount, and where does the number end?
        'airtime 50-0700000001',
        'airtime (50)0700000001',
        'airtime 0700000001-50',
        'airtime 0700000001/50',
        'airtime 0700000001x50',
        'airtime 50 0700000001 0700000002',
        'airtime +256 700000001',
        'airtime +0700000001',
        'airtime - 0700000001 50 100',
      ].map((text): readonly [string, ReturnType<typeof readWish>] => [text, {}]),
    ];
    for (const [text, wish] of wishes) assert.deepEqual(readWish(cleanText(text)), wish, text);
  });

  it('asking after airtime that was bought is no wish for more', () => {
    for (const text of [
      'airtime bado',
      'Bado',
      'bado airtime',
      'sijaona airtime',
      'I did not get the airtime',
      'where is the airtime',
      'no airtime yet',
      'my airtime has delayed',
      'the airtime is late',
      'airtime has not reached',
      'I want my airtime',
    ]) {
      assert.equal(commandOf(cleanText(text)), 'paid', text);
    }
    for (const text of [
      'bado nataka airtime',
      'I have no airtime',
      'airtime 50 later',
      'I want airtime for my mum',
    ]) {
      assert.equal(commandOf(cleanText(text)), undefined, text);
    }
  });
});
