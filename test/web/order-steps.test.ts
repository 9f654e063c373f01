import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryStates, holdCauses, type Order, orderStatus, paymentStates } from '../../shared/order.ts';
import { deliverySteps, paymentSteps } from '../../web/order-steps.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';

function everyOrder(): readonly Order[] {
  const base = makeOrder();
  return paymentStates.flatMap((payment) =>
    deliveryStates.flatMap((delivery) =>
      [undefined, ...holdCauses].map((holdCause) => ({
        ...base,
        payment: { ...base.payment, state: payment },
        delivery: { ...base.delivery, state: delivery, ...(holdCause ? { holdCause } : {}) },
      })),
    ),
  );
}

test('each machine is in one place at a time, and nothing is done after what is still to come', () => {
  for (const order of everyOrder()) {
    for (const steps of [paymentSteps(order), deliverySteps(order)]) {
      assert.ok(steps.filter(({ state }) => state === 'current').length <= 1);
      const firstOpen = steps.findIndex(({ state }) => state === 'todo' || state === 'current');
      if (firstOpen >= 0) assert.ok(steps.slice(firstOpen + 1).every(({ state }) => state === 'todo'));
    }
  }
});

test('what needs a person is marked in the machine where it hangs', () => {
  for (const order of everyOrder()) {
    const problem = [...paymentSteps(order), ...deliverySteps(order)].some(
      ({ state }) => state === 'problem',
    );
    const paidAndCancelled = order.payment.state === 'paid' && order.delivery.state === 'cancelled';
    if (orderStatus(order) === 'attention' && !paidAndCancelled) {
      assert.ok(problem, `${order.payment.state} / ${order.delivery.state} / ${order.delivery.holdCause}`);
    }
  }
});

test('a declined prompt says why in words', () => {
  const base = makeOrder();
  const order: Order = {
    ...base,
    payment: { ...base.payment, state: 'declined', declineCause: 'wrong-pin' },
    delivery: { state: 'none', attempts: 0 },
  };
  const last = paymentSteps(order).at(-1);
  assert.equal(last?.label, 'Declined');
  assert.equal(last?.note, 'Wrong M-Pesa PIN');
});
