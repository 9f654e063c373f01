import type { Quote } from '../../shared/conversation.ts';
import type { Order } from '../../shared/order.ts';
import { applyEvent, createOrder, type OrderEvent } from '../../supervisor/orders/machine.ts';

export const T0 = 1_700_000_000_000;
export const PAYER = '254700000001';
export const RECIPIENT = '254700000002';
export const CHAT = '254700000001@c.us';
export const RECEIPT = 'SG722NMVXQ';

export function quote(overrides: Partial<Quote> = {}): Quote {
  return {
    confirmId: 'cf_1',
    amountKes: 100,
    payableKes: 95,
    discountPercent: 5,
    recipientPhone: RECIPIENT,
    payerPhone: PAYER,
    shownAt: T0,
    ...overrides,
  };
}

export function freshOrder(
  overrides: { orderNo?: string; quote?: Partial<Quote>; at?: number; chatId?: string } = {},
): Order {
  return createOrder(
    {
      orderNo: overrides.orderNo ?? 'TESTAAA2',
      clientId: 'cl_1',
      mode: 'sandbox',
      chatId: overrides.chatId ?? CHAT,
      quote: quote(overrides.quote),
      credentials: { setId: 'simulated', version: 1 },
    },
    overrides.at ?? T0,
  ).order;
}

/** The order after these events, one second apart; an event that means nothing leaves it as it is. */
export function after(order: Order, ...events: OrderEvent[]): Order {
  let at = order.updatedAt;
  let current = order;
  for (const event of events) {
    at += 1_000;
    current = applyEvent(current, event, at)?.order ?? current;
  }
  return current;
}

export const accepted: OrderEvent = { type: 'stk-accepted', checkoutRequestId: 'ws_CO_1' };
export const seen: OrderEvent = { type: 'payment-seen', receipt: 'SG722NMVXQ' };
export const failed: OrderEvent = {
  type: 'payment-failed',
  cause: 'cancelled',
  reason: 'Request cancelled by user',
};
export const expired: OrderEvent = { type: 'prompt-expired' };
export const claimed: OrderEvent = {
  type: 'delivery-claimed',
  credentials: { setId: 'simulated', version: 1 },
};
export const sent: OrderEvent = { type: 'airtime-accepted', requestId: 'req-1' };
export const unknownSend: OrderEvent = { type: 'airtime-unknown', reason: 'time-out' };
export const rejected: OrderEvent = { type: 'airtime-rejected', reason: 'Validation failed' };
export const delivered: OrderEvent = { type: 'delivery-callback', delivered: true, description: 'ok' };
export const undelivered: OrderEvent = { type: 'delivery-callback', delivered: false, description: 'failed' };
