import { Counter, Gauge, type Registry } from 'prom-client';
import { clientModes } from '../../../shared/client.ts';
import { deliveryStates, type Order, orderStatuses, paymentStates } from '../../../shared/order.ts';
import type { Services } from '../types.ts';

/** @returns how to stop following */
export function registerOrderMetrics(registry: Registry, { stores, clock }: Services): () => void {
  const registers = [registry];
  new Gauge({
    name: 'airtime_orders',
    help: 'Orders by the status shown',
    labelNames: ['status'],
    registers,
    collect() {
      const counts = stores.orders.countByStatus();
      for (const status of orderStatuses) this.set({ status }, counts[status]);
    },
  });
  new Gauge({
    name: 'airtime_outbox_messages',
    help: 'Messages that must still be said in chats',
    registers,
    collect() {
      this.set(stores.outbox.size);
    },
  });
  new Gauge({
    name: 'airtime_outbox_oldest_seconds',
    help: 'Age of the oldest message that must still be said; 0: there is none',
    registers,
    collect() {
      let oldestAt = clock.now();
      for (const { createdAt } of stores.outbox.values()) oldestAt = Math.min(oldestAt, createdAt);
      this.set((clock.now() - oldestAt) / 1_000);
    },
  });
  const payments = new Counter({
    name: 'airtime_payment_states_total',
    help: 'How often a payment has come to stand in a state, since the start',
    labelNames: ['state'],
    registers,
  });
  const deliveries = new Counter({
    name: 'airtime_delivery_states_total',
    help: 'How often a delivery has come to stand in a state, since the start',
    labelNames: ['state'],
    registers,
  });
  const paidKes = new Counter({
    name: 'airtime_paid_kes_total',
    help: 'What customers have paid, since the start, by the mode of the client',
    labelNames: ['mode'],
    registers,
  });
  // Said as 0 from the start: a rate over a series that is not there yet misses its first step.
  for (const state of paymentStates) payments.inc({ state }, 0);
  for (const state of deliveryStates) deliveries.inc({ state }, 0);
  for (const mode of clientModes) paidKes.inc({ mode }, 0);

  const count = (before: Order | undefined, after: Order): void => {
    if (before?.payment.state !== after.payment.state) {
      payments.inc({ state: after.payment.state });
      if (after.payment.state === 'paid') paidKes.inc({ mode: after.mode }, after.payableKes);
    }
    if (before?.delivery.state !== after.delivery.state) deliveries.inc({ state: after.delivery.state });
  };
  return stores.onCommit((changes) => {
    for (const change of changes)
      if (change.collection === 'orders' && change.after) count(change.before, change.after);
  });
}
