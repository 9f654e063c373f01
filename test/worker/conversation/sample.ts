import type { CustomerOrder, TurnContext } from '../../../shared/conversation.ts';

export const OWN = '254700000001';
export const FRIEND = '254700000002';
export const T0 = 1_760_000_000_000;

export function contextOf(change: Partial<TurnContext> = {}): TurnContext {
  return {
    now: T0,
    freshId: 'cf_fresh',
    mode: 'live',
    language: 'en',
    shop: {
      name: 'Mama Njeri Airtime',
      contact: '',
      minAmountKes: 5,
      maxAmountKes: 10_000,
      discountPercent: 0,
      quickAmountsKes: [20, 50, 100, 200, 500, 1000],
      paused: false,
      ready: true,
      rememberedNumbers: 3,
    },
    limits: { burst: 1_000, perMinute: 1_000, slowed: 1_000, repeats: 0 },
    customerPhone: OWN,
    orders: [],
    ...change,
  };
}

export function orderOf(change: Partial<CustomerOrder> = {}): CustomerOrder {
  return {
    orderNo: 'A2222222',
    amountKes: 100,
    payableKes: 100,
    recipientPhone: OWN,
    payerPhone: OWN,
    createdAt: T0,
    status: 'open',
    paymentState: 'prompted',
    deliveryState: 'none',
    watched: true,
    ...change,
  };
}
