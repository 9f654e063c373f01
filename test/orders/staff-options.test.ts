import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order, OrderAction } from '../../shared/order.ts';
import { ownerRefusal } from '../../supervisor/orders/owner-actions.ts';
import { staffOptions } from '../../supervisor/orders/staff-options.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';

const base = makeOrder();
const { receipt: _receipt, ...unpaid } = base.payment;

function allowed(wish: Partial<Order>): readonly OrderAction[] {
  return staffOptions(makeOrder(wish))
    .filter(({ refusal }) => refusal === undefined)
    .map(({ action }) => action);
}

const prompted = { ...unpaid, state: 'prompted', checkoutRequestId: 'ws_CO_1' } as const;
const none = { state: 'none', attempts: 0 } as const;

test('while the customer is still at the prompt, one may ask the gateway or cancel, nothing else', () => {
  assert.deepEqual(allowed({ payment: prompted, delivery: none }), ['check-payment', 'cancel']);
});

test('after the prompt expired, a payment found in the statement may be confirmed', () => {
  assert.deepEqual(allowed({ payment: { ...prompted, state: 'expired' }, delivery: none }), [
    'check-payment',
    'confirm-payment',
    'cancel',
  ]);
});

test('airtime of which nobody knows whether it went out may be sent again, marked, refunded or cancelled', () => {
  assert.deepEqual(allowed({ delivery: { ...base.delivery, state: 'unknown' } }), [
    'resend',
    'mark-delivered',
    'mark-refunded',
    'cancel',
  ]);
});

test('what is delivered may still be refunded, and nothing is ever refunded twice', () => {
  const delivered = { ...base.delivery, state: 'delivered' } as const;
  assert.deepEqual(allowed({ delivery: delivered }), ['mark-refunded']);
  const refunded = staffOptions(
    makeOrder({
      payment: {
        ...base.payment,
        state: 'refunded',
        refund: { amountKes: 48, receipt: 'SK122NMVXT', at: base.updatedAt },
      },
      delivery: delivered,
      resolution: 'refunded',
    }),
  );
  assert.ok(refunded.every(({ refusal }) => refusal !== undefined));
  assert.match(refunded.find(({ action }) => action === 'mark-refunded')?.refusal ?? '', /refunded already/);
});

test('an order that carries any M-Pesa code at all is judged by its state, not by that code', () => {
  const review = { ...base.payment, state: 'review', receipt: 'AAAAAAAAA0' } as const;
  assert.ok(allowed({ payment: review, delivery: none }).includes('mark-refunded'));
  assert.ok(allowed({ payment: review, delivery: none }).includes('confirm-payment'));
});

test('each refusal says why, naming the order', () => {
  for (const { action, refusal } of staffOptions(makeOrder())) {
    if (refusal !== undefined) assert.match(refusal, /A2345678/, action);
  }
});

test('an owner is not offered what is the platform’s to decide', () => {
  const payment = { ...base.payment, credentials: { setId: 'platform:shadow-pay', version: 1 } };
  const order = makeOrder({ mode: 'live', payment, delivery: { ...base.delivery, state: 'unknown' } });
  const offered = (viewer: 'admin' | 'owner') =>
    staffOptions(order, (action) => (viewer === 'owner' ? ownerRefusal(order, action, undefined) : undefined))
      .filter(({ refusal }) => refusal === undefined)
      .map(({ action }) => action);
  assert.ok(offered('admin').includes('mark-refunded'));
  assert.deepEqual(offered('owner'), []);
});
