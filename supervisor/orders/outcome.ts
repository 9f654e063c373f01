import type { Delivery, Order, Payment, TimelineEntry } from '../../shared/order.ts';
import type { Notice } from '../../worker/conversation/notices.ts';

/** What an event or a deed makes of an order: the one thing that is written and told. */
export interface Outcome {
  readonly order: Order;
  readonly timeline: readonly TimelineEntry[];
  /** What the ordering chat is to be told. */
  readonly notice?: Notice;
}

interface Edit {
  readonly payment?: Partial<Payment> & Pick<Payment, 'state'>;
  /** Replaces the delivery as a whole. */
  readonly delivery?: Delivery;
  readonly attention?: Order['attention'];
  readonly resolution?: NonNullable<Order['resolution']>;
  readonly entry: Omit<TimelineEntry, 'at'>;
  readonly notice?: Notice;
}

/** The one place where a changed order is put together. */
export function change(order: Order, at: number, edit: Edit): Outcome {
  const changed: Order = {
    ...order,
    ...(edit.payment && { payment: mergePayment(order.payment, edit.payment) }),
    ...(edit.delivery && { delivery: edit.delivery }),
    ...(edit.attention && { attention: edit.attention }),
    ...(edit.resolution && { resolution: edit.resolution }),
    updatedAt: at,
  };
  return { order: changed, timeline: [{ at, ...edit.entry }], ...(edit.notice && { notice: edit.notice }) };
}

function mergePayment(before: Payment, edit: Partial<Payment> & Pick<Payment, 'state'>): Payment {
  if (edit.state !== 'paid') return { ...before, ...edit };
  // What was wrong before it was paid is history: the timeline has it.
  const { reason: _reason, reviewCause: _review, declineCause: _decline, ...rest } = before;
  return { ...rest, ...edit };
}
