import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ShopInMemory } from './shop-in-memory.ts';

/** A shop whose customer has answered this much already. */
function after(...texts: readonly string[]): ShopInMemory {
  const shop = new ShopInMemory();
  for (const text of texts) shop.turn({ kind: 'text', text });
  return shop;
}

const atAmount = ['hi', '1', '1'];
const atNumber = ['hi', '1', '2'];
const wholeShillings = /digits only, like \*100\*/;
const amounts: ReadonlyArray<readonly [string, RegExp]> = [
  ['-50', /without a minus/],
  ['\u221250', /without a minus/],
  ['1e3', wholeShillings],
  ['10.999', /no cents/],
  ['99.50', /no cents/],
  ['KES.100', wholeShillings],
  ['٥٠', wholeShillings],
  ['\u202e05', wholeShillings],
  ['99999999', /most you can buy/],
  ['9'.repeat(15), /far too much/],
  ['9'.repeat(5_000), /far too much/],
  ['4', /least you can buy/],
  ['10001', /most you can buy/],
  ['1,00', wholeShillings],
  ['100 200', wholeShillings],
  ['a hundred', wholeShillings],
  ['0x64', wholeShillings],
  ['1OO', wholeShillings],
  ['', /empty/],
  [' \n\u200b ', /empty/],
  ['\u0000\u0007', /empty/],
  ['__proto__', wholeShillings],
  ['constructor', wholeShillings],
  ['*_~```', /empty|digits only/],
  ['💸'.repeat(300), wholeShillings],
];
const phones: ReadonlyArray<readonly [string, RegExp]> = [
  ['0712', /4 digits/],
  ['07000000011', /11 digits/],
  ['+1 202 555 0100', /only use Kenyan/],
  ['+255 700 000 001', /only use Kenyan/],
  ['020 2222222', /not a Kenyan mobile/],
  ['O700000001', /not a Kenyan mobile/],
  ['٠٧٠٠٠٠٠٠٠١', /not a Kenyan mobile/],
  ['my friend', /not a Kenyan mobile/],
  ['call 0700000001 please', /not a Kenyan mobile/],
  ['0700000001 ext 5', /not a Kenyan mobile/],
  ['100', /not a Kenyan mobile/],
  ['1', /not a Kenyan mobile/],
  ['x'.repeat(100_000), /not a Kenyan mobile/],
  ['__proto__', /not a Kenyan mobile/],
];

describe('input that makes no sense gets a helpful reply, and never an order', () => {
  for (const [text, expected] of amounts) {
    it(`amount ${JSON.stringify(text.slice(0, 20))}`, () => {
      const shop = after(...atAmount);
      const { replies, ordered } = shop.turn({ kind: 'text', text });
      assert.match(replies.join('\n'), expected);
      assert.deepEqual(ordered, []);
      // The question still stands.
      assert.match(shop.turn({ kind: 'text', text: '100' }).replies.join(), /Please confirm/);
    });
  }
  for (const [text, expected] of phones) {
    it(`phone ${JSON.stringify(text.slice(0, 24))}`, () => {
      const shop = after(...atNumber);
      const { replies } = shop.turn({ kind: 'text', text });
      assert.match(replies.join('\n'), expected);
      assert.match(shop.turn({ kind: 'text', text: '0700000002' }).replies.join(), /How much airtime/);
    });
  }
  it('a customer’s own words are never repeated to him', () => {
    for (const text of ['*bold* evil', '<b>x</b>', '{shop}', 'qwertz\u202euiop']) {
      for (const steps of [[], ['hi'], ['hi', '1'], atAmount, atNumber, [...atAmount, '100']]) {
        const { replies } = after(...steps).turn({ kind: 'text', text });
        assert.equal(replies.join().includes(text), false);
      }
    }
  });
});

describe('amounts and numbers in every usual way of writing', () => {
  for (const text of [
    '100',
    'KES 100',
    'ksh100',
    '100/=',
    'sh 100',
    '100 bob',
    '1️⃣0️⃣0️⃣',
    '100.00',
    ' 100 ',
    'C',
    '*c*',
  ]) {
    it(`amount ${JSON.stringify(text)}`, () => {
      assert.match(
        after(...atAmount)
          .turn({ kind: 'text', text })
          .replies.join(),
        /Airtime: \*KES 100\*/,
      );
    });
  }
  for (const text of [
    ...['0700000002', '0700 000 002', '0700-000-002', '254700000002', '+254 700 000 002', '700000002'],
    '\u202a+254 700 000002\u202c',
  ]) {
    it(`phone ${JSON.stringify(text)}`, () => {
      assert.match(
        after(...atNumber)
          .turn({ kind: 'text', text })
          .replies.join(),
        /0700 000 002/,
      );
    });
  }
});
