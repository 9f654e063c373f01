import type { Order } from '../../shared/order.ts';
import type { OrderReader } from '../stores/types.ts';
import { sameMoney } from './limits.ts';

/** What else an M-Pesa code stands for. Real and simulated money never meet: a code typed in a training proves nothing. */
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
  const isOther = (other: Order): boolean => other.orderNo !== order.orderNo && sameMoney(other, order);
  const paid = orders.byReceipt(receipt).find(isOther);
  const refunded = orders.byRefundReceipt(receipt).find(isOther);
  return {
    ...(paid && { receiptOf: paid.orderNo }),
    ...(refunded && { refundOf: { orderNo: refunded.orderNo, payerPhone: refunded.payerPhone } }),
  };
}
