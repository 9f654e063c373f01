import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quickReplies } from '../../web/text/quick-replies.ts';
import { voiceOf } from '../../worker/conversation/texts/catalogue.ts';

const shown = (text: string): string[] => quickReplies(text).map(({ send, label }) => `${send}:${label}`);

test("the bot's own menu becomes its choices", () => {
  assert.deepEqual(shown(voiceOf('en')('menu', { shop: 'Duka', again: '' })), [
    '1:Buy airtime',
    '2:Track my order',
    '3:Help',
    '4:Kiswahili',
  ]);
});

test('other common ways of writing choices are understood', () => {
  assert.deepEqual(shown('1 = Yes\n2 = No'), ['1:Yes', '2:No']);
  assert.deepEqual(shown('1 = Yes, 2 = No'), ['1:Yes', '2:No']);
  assert.deepEqual(shown('1. Track\n2) Help\n00: Home'), ['1:Track', '2:Help', '00:Home']);
  assert.deepEqual(shown('*A* KES 20\n*B* KES 50'), ['A:KES 20', 'B:KES 50']);
  assert.deepEqual(shown('1️⃣ *Yes*, pay now   2️⃣ No'), ['1:Yes, pay now', '2:No']);
});

test('figures in sentences, sums and phone numbers are no choices', () => {
  for (const text of [
    '50 shillings were paid',
    'Pay KES 100 now',
    '0700 000 001 gets it',
    'Type an amount from *KES 5* to *KES 10,000*.',
    '✅ Done. 2 more to go',
  ]) {
    assert.deepEqual(shown(text), [], text);
  }
});

test('a choice that is offered twice is one button', () => {
  assert.deepEqual(shown('1️⃣ Yes\n1️⃣ Yes again'), ['1:Yes']);
});
