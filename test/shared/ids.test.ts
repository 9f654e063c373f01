import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findOrderNo, newOrderNo, ORDER_NO_PATTERN } from '../../shared/ids.ts';

describe('an order number', () => {
  it('is short, typable and fits the gateway reference', () => {
    for (let i = 0; i < 1_000; i += 1) {
      const orderNo = newOrderNo();
      assert.match(orderNo, ORDER_NO_PATTERN);
      assert.ok(orderNo.length <= 12);
    }
  });

  it('does not repeat in 20,000 draws', () => {
    assert.equal(new Set(Array.from({ length: 20_000 }, newOrderNo)).size, 20_000);
  });

  it('is found in a sentence, in small letters too', () => {
    assert.equal(findOrderNo('where is k7m2abc9?'), 'K7M2ABC9');
    assert.equal(findOrderNo('*K7M2ABC9*'), 'K7M2ABC9');
  });

  it('is not seen in amounts, phones, receipts or plain words', () => {
    for (const text of ['1000', '0700000001', 'SG722NMVXQ', 'delivery', 'purchase', '']) {
      assert.equal(findOrderNo(text), undefined, text);
    }
  });
});
