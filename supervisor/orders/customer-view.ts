import type { CustomerOrder } from '../../shared/conversation.ts';
import { type Order, orderStatus } from '../../shared/order.ts';

/** An order as its own customer may see it. */
export function customerView(order: Order): CustomerOrder {
  const { payment, delivery } = order;
  const { refund, second } = payment;
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
    watched: payment.checkoutRequestId !== undefined && payment.watchEndedAt === undefined,
    ...(refund && { refund: sentBack(refund) }),
    ...(second &&
      !second.isSame &&
      // Without a code nobody knows whether it is one, until a person has given it back.
      (second.receipt !== undefined || second.refund) && {
        second: {
          amountKes: second.amountKes,
          ...(second.receipt !== undefined && { receipt: second.receipt }),
          ...(second.refund && { refund: sentBack(second.refund) }),
        },
      }),
  };
}

function sentBack({ amountKes, receipt }: NonNullable<Order['payment']['refund']>) {
  return { amountKes, receipt };
}
