import type { DeliveryState, PaymentState } from '../../../shared/order.ts';
import { DELIVERY_WORDS, PAYMENT_WORDS } from './words.ts';

/** What came of asking M-Pesa about an order's payment. */
export type CheckResult =
  | { readonly payment: PaymentState; readonly delivery: DeliveryState }
  | { readonly problem: string };

/** Told in the admin's chat when M-Pesa has answered. */
export function checkResultText(orderNo: string, result: CheckResult): string {
  if ('problem' in result) return `⚠️ *Order ${orderNo}*: ${result.problem}.`;
  const { payment, delivery } = result;
  return [
    `🔎 *Order ${orderNo}* after asking M-Pesa`,
    `💳 Payment: ${PAYMENT_WORDS[payment]}`,
    `📱 Airtime: ${DELIVERY_WORDS[delivery]}`,
    '',
    `Send *${orderNo}* to see the order.`,
  ].join('\n');
}
