import type { Delivery, Order } from '../../shared/order.ts';
import type { Notice } from '../../worker/conversation/notices.ts';
import { change, type Outcome } from './outcome.ts';

const RESTORED_REASON =
  'This order was open in a backup that was restored; the airtime may have been sent since. Look for it at Statum first';

/** Nobody is told: most of these customers have their airtime, and have heard so. */
export function restored(order: Order, takenAt: number, at: number): Outcome | undefined {
  if (order.restoredFrom === takenAt) return undefined;
  const { payment, delivery } = order;
  const note = `Restored from the backup of ${new Date(takenAt).toISOString()}`;
  const moving = ['queued', 'held', 'submitting'].includes(delivery.state);
  const { holdCause: _cause, notBefore: _time, ...rest } = delivery;
  const outcome = change(order, at, {
    ...(payment.state === 'requesting' && {
      payment: {
        state: 'unknown' as const,
        reason: 'The prompt may have been sent since the backup was taken',
      },
    }),
    ...(moving && { delivery: { ...rest, state: 'unknown' as const, reason: RESTORED_REASON } }),
    entry: { event: 'restored', by: 'system', note },
  });
  return { ...outcome, order: { ...outcome.order, restoredFrom: takenAt } };
}

/** What became of an order between a backup and its restoration nobody knows: a person looks before airtime is sent. */
export function firstDelivery({ delivery: { attempts }, restoredFrom }: Order): Delivery {
  return restoredFrom === undefined
    ? { state: 'queued', attempts }
    : { state: 'unknown', attempts, reason: RESTORED_REASON };
}

export function paidNotice({ restoredFrom }: Order, late: boolean): Notice {
  if (restoredFrom !== undefined) return 'delivery-problem';
  return late ? 'late-paid' : 'paid';
}
