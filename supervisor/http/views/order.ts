import { z } from 'zod';
import { clientModeSchema } from '../../../shared/client.ts';
import {
  attentionFlagSchema,
  deliverySchema,
  type Order,
  orderStatus,
  orderStatuses,
  paymentSchema,
  resolutions,
  type TimelineEntry,
} from '../../../shared/order.ts';
import { isoTime } from './time.ts';

const timeSchema = z.iso.datetime();
const refundViewSchema = z.object({ amountKes: z.number().int(), receipt: z.string(), at: timeSchema });

/** The API's Order. What is not listed here does not leave the product. */
export const orderViewSchema = z.object({
  orderNo: z.string(),
  clientId: z.string(),
  mode: clientModeSchema,
  chatId: z.string(),
  customerPhone: z.string().optional(),
  payerPhone: z.string(),
  recipientPhone: z.string(),
  amountKes: z.number().int(),
  payableKes: z.number().int(),
  discountPercent: z.number(),
  status: z.enum(orderStatuses),
  payment: z.object({
    state: paymentSchema.shape.state,
    checkoutRequestId: z.string().optional(),
    receipt: z.string().optional(),
    reason: z.string().optional(),
    declineCause: paymentSchema.shape.declineCause,
    reviewCause: paymentSchema.shape.reviewCause,
    receivedKes: z.number().int().optional(),
    refund: refundViewSchema.optional(),
    /** Came in besides what a person had confirmed; to be given back unless `isSame`. */
    second: z
      .object({
        at: timeSchema,
        amountKes: z.number().int(),
        receipt: z.string().optional(),
        isSame: z.boolean().optional(),
        refund: refundViewSchema.optional(),
      })
      .optional(),
  }),
  delivery: z.object({
    state: deliverySchema.shape.state,
    requestId: z.string().optional(),
    reason: z.string().optional(),
    holdCause: deliverySchema.shape.holdCause,
  }),
  attention: z.array(z.object({ kind: attentionFlagSchema.shape.kind, note: z.string(), at: timeSchema })),
  resolution: z.enum(resolutions).optional(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type OrderView = z.infer<typeof orderViewSchema>;

export const timelineEntryViewSchema = z.object({
  at: timeSchema,
  event: z.string(),
  by: z.string(),
  note: z.string().optional(),
});

export const orderWithTimelineSchema = orderViewSchema.extend({ timeline: z.array(timelineEntryViewSchema) });
export type OrderWithTimelineView = z.infer<typeof orderWithTimelineSchema>;

export function orderView(order: Order): OrderView {
  const { payment, delivery } = order;
  const { refund, second } = payment;
  return {
    orderNo: order.orderNo,
    clientId: order.clientId,
    mode: order.mode,
    chatId: order.chatId,
    ...(order.customerPhone === undefined ? {} : { customerPhone: order.customerPhone }),
    payerPhone: order.payerPhone,
    recipientPhone: order.recipientPhone,
    amountKes: order.amountKes,
    payableKes: order.payableKes,
    discountPercent: order.discountPercent,
    status: orderStatus(order),
    payment: {
      state: payment.state,
      checkoutRequestId: payment.checkoutRequestId,
      receipt: payment.receipt,
      reason: payment.reason,
      declineCause: payment.declineCause,
      reviewCause: payment.reviewCause,
      receivedKes: payment.receivedKes,
      refund: refund && refundView(refund),
      second: second && {
        at: isoTime(second.at),
        amountKes: second.amountKes,
        receipt: second.receipt,
        isSame: second.isSame,
        refund: second.refund && refundView(second.refund),
      },
    },
    delivery: {
      state: delivery.state,
      requestId: delivery.requestId,
      reason: delivery.reason,
      holdCause: delivery.holdCause,
    },
    attention: order.attention.map((flag) => ({ kind: flag.kind, note: flag.note, at: isoTime(flag.at) })),
    resolution: order.resolution,
    createdAt: isoTime(order.createdAt),
    updatedAt: isoTime(order.updatedAt),
  };
}

function refundView({ amountKes, receipt, at }: NonNullable<Order['payment']['refund']>) {
  return { amountKes, receipt, at: isoTime(at) };
}

export function orderWithTimeline(order: Order, timeline: readonly TimelineEntry[]): OrderWithTimelineView {
  return {
    ...orderView(order),
    timeline: timeline.map(({ at, event, by, note }) => ({ at: isoTime(at), event, by, note })),
  };
}
