import type { Order } from '../../shared/order.ts';
import type { OrderReader } from '../stores/types.ts';

/** What else an M-Pesa code stands for. */
export interface ReceiptUse {
  /** Another order that carries it as its payment. */
  readonly receiptOf?: string;
  /** The order whose refund was recorded with it. One transaction may refund several orders of one payer, and nobody else's. */
  readonly refundOf?: { readonly orderNo: string; readonly payerPhone: string };
}

export function receiptUse(
  orders: Pick<OrderReader, 'byReceipt' | 'byRefundReceipt'>,
  receipt: string | undefined,
  order: Order,
): ReceiptUse {
  if (receipt === undefined) return {};
  const isOther = (other: Order): boolean => other.orderNo !== order.orderNo;
  const paid = orders.byReceipt(receipt).find(isOther);
  const refunded = orders.byRefundReceipt(receipt).find(isOther);
  return {
    ...(paid && { receiptOf: paid.orderNo }),
    ...(refunded && { refundOf: { orderNo: refunded.orderNo, payerPhone: refunded.payerPhone } }),
  };
}

/**
 * Another order that stands in the way of a payment that the gateway itself has told. A code that was typed for a simulated order, in a
 * training say, proves nothing against real money.
 */
export function receiptHolder(
  orders: Pick<OrderReader, 'byReceipt'>,
  receipt: string | undefined,
  order: Order,
): string | undefined {
  if (receipt === undefined) return undefined;
  const holders = orders.byReceipt(receipt).filter(({ orderNo }) => orderNo !== order.orderNo);
  return holders.find(({ mode }) => order.mode !== 'live' || mode === 'live')?.orderNo;
}
