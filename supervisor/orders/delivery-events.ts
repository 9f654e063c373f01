import type { CredentialRef, Delivery, HoldCause, Order } from '../../shared/order.ts';
import { change, type Outcome } from './outcome.ts';

/** What the world reports of a delivery. */
export type DeliveryEvent =
  | { readonly type: 'delivery-claimed'; readonly credentials: CredentialRef }
  | {
      readonly type: 'delivery-held';
      readonly cause: HoldCause;
      readonly reason: string;
      readonly notBefore: number;
    }
  /** The cause of a hold is gone, or its time is over. */
  | { readonly type: 'delivery-released' }
  | { readonly type: 'airtime-accepted'; readonly requestId: string }
  | { readonly type: 'airtime-rejected'; readonly reason: string }
  | { readonly type: 'airtime-unknown'; readonly reason: string }
  | { readonly type: 'delivery-callback'; readonly delivered: boolean; readonly description: string }
  /** Statum says that a request was delivered after staff had ordered to send the airtime a second time. */
  | { readonly type: 'superseded-delivered'; readonly requestId: string };

/** The delivery's half of the machine: pure, and undefined for what means nothing any more. */
export function applyDeliveryEvent(order: Order, event: DeliveryEvent, at: number): Outcome | undefined {
  const { delivery } = order;
  switch (event.type) {
    case 'delivery-claimed':
      if (delivery.state !== 'queued' || order.resolution) return undefined;
      return change(order, at, {
        delivery: {
          state: 'submitting',
          attempts: delivery.attempts + 1,
          credentials: event.credentials,
          submittedAt: at,
        },
        entry: { event: 'submitting', by: 'system' },
      });
    case 'delivery-held':
      if (delivery.state !== 'queued' && delivery.state !== 'submitting') return undefined;
      return change(order, at, {
        delivery: {
          state: 'held',
          attempts: delivery.attempts,
          holdCause: event.cause,
          reason: event.reason,
          notBefore: event.notBefore,
          heldAt: delivery.heldAt ?? at,
          // An earlier POST that may have been taken still counts for the spacing; the one just refused does not.
          ...(delivery.state === 'queued' &&
            delivery.submittedAt !== undefined && { submittedAt: delivery.submittedAt }),
        },
        entry: { event: 'held', by: delivery.state === 'queued' ? 'system' : 'statum', note: event.reason },
        // Tried again and held again is no news.
        ...(delivery.heldAt === undefined && { notice: 'held' as const }),
      });
    case 'delivery-released':
      if (delivery.state !== 'held' || order.resolution) return undefined;
      return change(order, at, {
        delivery: requeued(delivery),
        entry: { event: 'released', by: 'system' },
      });
    case 'airtime-accepted':
      if (delivery.state !== 'submitting') return undefined;
      return change(order, at, {
        delivery: { ...delivery, state: 'sent', requestId: event.requestId },
        entry: { event: 'sent', by: 'statum' },
        notice: 'sent',
      });
    case 'airtime-rejected': {
      if (delivery.state !== 'submitting') return undefined;
      const { submittedAt: _notSent, ...rest } = delivery;
      return change(order, at, {
        delivery: { ...rest, state: 'rejected', reason: event.reason },
        entry: { event: 'rejected', by: 'statum', note: event.reason },
        notice: 'delivery-problem',
      });
    }
    case 'airtime-unknown':
      if (delivery.state !== 'submitting') return undefined;
      return change(order, at, {
        delivery: { ...delivery, state: 'unknown', reason: event.reason },
        entry: { event: 'delivery-unknown', by: 'system', note: event.reason },
        notice: 'delivery-problem',
      });
    case 'delivery-callback':
      return deliveryCallback(order, event, at);
    case 'superseded-delivered':
      return supersededDelivered(order, event.requestId, at);
  }
}

function deliveryCallback(
  order: Order,
  event: Extract<DeliveryEvent, { type: 'delivery-callback' }>,
  at: number,
): Outcome | undefined {
  const { delivery } = order;
  const entry = {
    event: event.delivered ? 'delivered' : 'rejected',
    by: 'statum',
    ...(event.description !== '' && { note: event.description }),
  };
  const contradicts =
    (delivery.state === 'delivered' && !event.delivered) ||
    (order.resolution !== undefined && order.resolution !== 'marked-delivered' && event.delivered);
  if (contradicts) {
    if (order.attention.some((flag) => flag.kind === 'late-callback')) return undefined;
    const note = `Statum reported ${entry.event} after the order was ${order.resolution ?? delivery.state}`;
    return change(order, at, {
      attention: [...order.attention, { kind: 'late-callback', note, at }],
      entry: { event: 'late-callback', by: 'statum', note },
    });
  }
  if (order.resolution) return undefined;
  if (event.delivered) {
    if (delivery.state !== 'sent' && delivery.state !== 'unknown' && delivery.state !== 'rejected')
      return undefined;
    return change(order, at, {
      delivery: { ...delivery, state: 'delivered', deliveredAt: at },
      attention: order.attention.filter((flag) => flag.kind !== 'complaint'),
      entry,
      // "Sent" was told already; only who heard of trouble needs to hear that it is over.
      ...(delivery.state !== 'sent' && { notice: 'delivered' as const }),
    });
  }
  if (delivery.state !== 'sent' && delivery.state !== 'unknown') return undefined;
  return change(order, at, {
    delivery: { ...delivery, state: 'rejected', reason: event.description },
    entry,
    notice: 'delivery-problem',
  });
}

/** Staff ordered a second POST. Where it has not been made, or was refused, the first one is the delivery; else there may be two. */
function supersededDelivered(order: Order, requestId: string, at: number): Outcome | undefined {
  const { delivery } = order;
  const notSentAgain = ['queued', 'held', 'rejected'].includes(delivery.state);
  if (notSentAgain && delivery.requestId === undefined && !order.resolution) {
    const { holdCause: _cause, notBefore: _time, reason: _reason, ...rest } = delivery;
    return change(order, at, {
      delivery: { ...rest, state: 'delivered', requestId, deliveredAt: at },
      attention: order.attention.filter((flag) => flag.kind !== 'complaint'),
      entry: { event: 'delivered', by: 'statum', note: `Request ${requestId}, before it was sent again` },
      notice: 'delivered',
    });
  }
  const note = `Request ${requestId} was delivered after the airtime had been sent again`;
  if (order.attention.some((flag) => flag.note === note)) return undefined;
  return change(order, at, {
    attention: [...order.attention, { kind: 'late-callback', note, at }],
    entry: { event: 'late-callback', by: 'statum', note },
  });
}

/** Back into the queue, forgetting the hold. `submittedAt` stays: the spacing counts from the last POST that may have been taken. */
export function requeued(delivery: Delivery): Delivery {
  const { holdCause: _cause, notBefore: _time, reason: _reason, requestId: _request, ...rest } = delivery;
  return { ...rest, state: 'queued' };
}
