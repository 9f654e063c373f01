import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customerView } from '../../supervisor/orders/customer-view.ts';
import { accepted, after, expired, failed, freshOrder } from './fixtures.ts';

describe('an order as its customer sees it', () => {
  it('promises to see a late payment only while M-Pesa is asked', () => {
    for (const unpaid of [failed, expired]) {
      const order = after(freshOrder(), accepted, unpaid);
      assert.equal(customerView(order).watched, true);
      assert.equal(customerView(after(order, { type: 'watch-ended' })).watched, false);
    }
  });

  it('promises nothing of a prompt that M-Pesa never took', () => {
    const refused = after(freshOrder(), { type: 'stk-refused', cause: 'other', reason: 'Refused' });
    assert.equal(customerView(refused).watched, false);
  });
});
