import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatPhone, likelyNetwork, maskPhone, parsePhone, phoneSchema } from '../../shared/phone.ts';

describe('a phone number as Kenyans write it', () => {
  for (const written of [
    '0700000001',
    '0700 000 001',
    '0700-000-001',
    '(0700) 000 001',
    '254700000001',
    '+254700000001',
    '+254 700 000 001',
    '700000001',
    '00254 700 000 001',
    '+254 (0) 700 000 001',
    '07 00 00 00 01',
    'Tel: 0700.000.001',
    'tel:+254700000001',
    ' 0700000001 ',
  ]) {
    it(`"${written}"`, () => assert.equal(parsePhone(written), '254700000001'));
  }

  it('may begin with 01', () => assert.equal(parsePhone('0110000001'), '254110000001'));

  for (const [what, written] of [
    ['a landline', '0202000001'],
    ['an unallocated mobile prefix', '0109000001'],
    ['a short number', '070000000'],
    ['a long number', '07000000012'],
    ['a short code', '100'],
    ['another country', '+255700000001'],
    ['letters', '07OO000001'],
    ['a number inside a sentence', 'call 0700000001'],
    ['an extension', '0700000001 ext 5'],
    ['Arabic-Indic digits', '٠٧٠٠٠٠٠٠٠١'],
    ['full-width digits', '０７００００００１'],
    ['a number with a minus before it', '-0700000001'],
    ['two numbers', '0700000001 0700000002'],
    ['nothing', ''],
    ['only signs', '+()- '],
    ['a huge text', '0'.repeat(10_000)],
  ] as const) {
    it(`is not ${what}`, () => assert.equal(parsePhone(written), undefined));
  }

  it('is always normalised, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        const phone = parsePhone(text);
        if (phone !== undefined) assert.ok(phoneSchema.safeParse(phone).success);
      }),
    );
  });

  it('reads back what is shown', () => {
    assert.equal(formatPhone('254700000001'), '0700 000 001');
    assert.equal(parsePhone(formatPhone('254700000001')), '254700000001');
    assert.equal(maskPhone('254700000001'), '0700 ••• 001');
  });

  it('hints at its first network', () => {
    assert.equal(likelyNetwork('254700000001'), 'Safaricom');
    assert.equal(likelyNetwork('254733000001'), 'Airtel');
    assert.equal(likelyNetwork('254770000001'), 'Telkom');
    assert.equal(likelyNetwork('254764000001'), 'Equitel');
    assert.equal(likelyNetwork('254747000001'), 'Faiba');
    assert.equal(likelyNetwork('254110000001'), 'Safaricom');
  });
});
