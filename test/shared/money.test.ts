import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatKes, parseAmount, payableFor } from '../../shared/money.ts';

describe('an amount as people type it', () => {
  for (const [written, amountKes] of [
    ['100', 100],
    [' 100 ', 100],
    ['1,000', 1000],
    ['KES 100', 100],
    ['kes100', 100],
    ['Ksh 1,500', 1500],
    ['Ksh. 50', 50],
    ['sh 100', 100],
    ['100/=', 100],
    ['100/-', 100],
    ['100 bob', 100],
    ['100.00', 100],
    ['007', 7],
  ] as const) {
    it(`"${written}" is KES ${amountKes}`, () =>
      assert.deepEqual(parseAmount(written), { ok: true, amountKes }));
  }

  for (const [written, problem] of [
    ['-50', 'negative'],
    ['KES -50', 'negative'],
    ['1e3', 'not-a-number'],
    ['10.999', 'fraction'],
    ['10.50', 'fraction'],
    ['KES.100', 'not-a-number'],
    ['٥٠', 'not-a-number'],
    ['５０', 'not-a-number'],
    ['1,00', 'not-a-number'],
    ['10,0000', 'not-a-number'],
    ['0x10', 'not-a-number'],
    ['1OO', 'not-a-number'],
    ['50 or 100', 'not-a-number'],
    ['', 'empty'],
    ['99999999999', 'too-long'],
    ['9'.repeat(5_000), 'too-long'],
  ] as const) {
    it(`"${written.slice(0, 20)}" is refused as ${problem}`, () =>
      assert.deepEqual(parseAmount(written), { ok: false, problem }));
  }

  it('is never anything but a whole, positive or zero number of shillings', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        const reading = parseAmount(text);
        if (reading.ok) assert.ok(Number.isSafeInteger(reading.amountKes) && reading.amountKes >= 0);
      }),
    );
  });

  it('reads back what is shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (amountKes) => {
        assert.deepEqual(parseAmount(formatKes(amountKes)), { ok: true, amountKes });
      }),
    );
  });
});

describe('the price', () => {
  it('rounds the discount down to a whole shilling', () => {
    assert.equal(payableFor(10, 5), 10);
    assert.equal(payableFor(20, 5), 19);
    assert.equal(payableFor(100, 2.5), 98);
    assert.equal(payableFor(1_000, 0.07), 1_000);
    assert.equal(payableFor(10_000, 0.07), 9_993);
    assert.equal(payableFor(100, 0), 100);
  });

  it('is a whole shilling, at least one, never above the face value and never below the exact price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (amountKes, basisPoints) => {
          const payable = payableFor(amountKes, basisPoints / 100);
          assert.ok(Number.isSafeInteger(payable) && payable >= 1 && payable <= amountKes);
          assert.ok(payable >= (amountKes * (10_000 - basisPoints)) / 10_000 - 1e-9);
        },
      ),
    );
  });

  it('groups the thousands', () => {
    const written = [0, 7, 999, 1_000, 12_345, 999_999, 1_000_000, -1_234].map(formatKes);
    const expected = ['0', '7', '999', '1,000', '12,345', '999,999', '1,000,000', '-1,234'];
    assert.deepEqual(
      written,
      expected.map((figure) => `KES ${figure}`),
    );
  });

  it('refuses what is no amount and no discount', () => {
    assert.throws(() => payableFor(0, 0), RangeError);
    assert.throws(() => payableFor(10.5, 0), RangeError);
    assert.throws(() => payableFor(100, 150), RangeError);
    assert.throws(() => payableFor(100, Number.NaN), RangeError);
    assert.throws(() => formatKes(10.999), RangeError);
  });
});
