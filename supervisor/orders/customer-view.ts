import type { CustomerOrder } from '../../shared/conversation.ts';
import { type Order, orderStatus } from '../../shared/order.ts';

/** An order as its own customer may see it. */
export function customerView(order: Order): CustomerOrder {
  const { payment, delivery } = order;
  return {
    orderNo: order.orderNo,
    amountKes: order.amountKes,
    payableKes: order.payableKes,
    recipientPhone: order.recipientPhone,
    payerPhone: order.payerPhone,
    createdAt: order.createdAt,
    status: orderStatus(order),
    paymentState: payment.state,
    deliveryState: delivery.state,
    ...(payment.declineCause !== undefined && { declineCause: payment.declineCause }),
    ...(payment.receipt !== undefined && { receipt: payment.receipt }),
  };
}
