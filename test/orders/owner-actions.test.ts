import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderActions } from '../../shared/order.ts';
import { ownerRefusal } from '../../supervisor/orders/owner-actions.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';

const orderOver = (shadowPaySet: string, statumSet?: string) => {
  const {
    payment,
    delivery: { credentials: _none, ...delivery },
    ...order
  } = makeOrder({ mode: 'live' });
  return {
    ...order,
    payment: { ...payment, credentials: { setId: shadowPaySet, version: 1 } },
    delivery: {
      ...delivery,
      ...(statumSet !== undefined && { credentials: { setId: statumSet, version: 1 } }),
    },
  };
};
const allowed = (order: ReturnType<typeof orderOver>, deliversFrom?: string) =>
  orderActions.filter((action) => ownerRefusal(order, action, deliversFrom) === undefined);

test('an owner may look at any payment of his, and act where money and airtime are all his own', () => {
  const own = orderOver('client:cl_one:shadow-pay', 'client:cl_one:statum');
  assert.deepEqual(allowed(own), [...orderActions]);
  assert.deepEqual(allowed(orderOver('client:cl_one:shadow-pay')), [...orderActions]);
  assert.deepEqual(allowed(orderOver('simulated', 'simulated')), [...orderActions]);
});

test('where the platform collects or delivers, an owner confirms, resends, refunds and cancels nothing', () => {
  for (const order of [
    orderOver('platform:shadow-pay', 'platform:statum'),
    orderOver('client:cl_one:shadow-pay', 'platform:statum'),
    orderOver('environment:shadow-pay', 'client:cl_one:statum'),
    orderOver('client:cl_two:shadow-pay', 'client:cl_one:statum'),
  ]) {
    assert.deepEqual(allowed(order), ['check-payment']);
  }
});

test('an owner who collects himself makes nothing go out of the platform’s float, lent to him or not', () => {
  const undelivered = orderOver('client:cl_one:shadow-pay');
  assert.deepEqual(allowed(undelivered, 'platform:statum'), [
    'check-payment',
    'mark-delivered',
    'mark-refunded',
    'cancel',
  ]);
  assert.deepEqual(allowed(undelivered, 'client:cl_one:statum'), [...orderActions]);
});
