import { formatKes } from '../../shared/money.ts';
import {
  findReceipt,
  mayBePaidTwice,
  type Order,
  type OrderAction,
  owedKes,
  type PaymentState,
} from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';

/** One thing that is asked before a staff action (web/client/ask.ts draws it). */
export interface AskedField {
  readonly name: 'reason' | 'receipt' | 'amountKes';
  readonly label: string;
  readonly kind: 'text' | 'code' | 'number';
  readonly value?: string;
  readonly maxLength: number;
}

/** A dialog before a deed: what will be done to what, and what must be known for it. */
export interface Question {
  readonly title: string;
  readonly note: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly fields: readonly AskedField[];
}

export const actionLabels: Record<OrderAction, string> = {
  'check-payment': 'Check payment',
  'confirm-payment': 'Confirm payment',
  resend: 'Send airtime again',
  'mark-delivered': 'Mark as delivered',
  'mark-refunded': 'Mark as refunded',
  cancel: 'Cancel order',
};

const reason: AskedField = { name: 'reason', label: 'Reason', kind: 'text', maxLength: 500 };
const receipt = (label: string, value?: string): AskedField => ({
  name: 'receipt',
  label,
  kind: 'code',
  maxLength: 14,
  ...(value !== undefined && { value }),
});

/** What is asked before an action on this order; undefined: nothing, it is done at once. */
export function questionFor(action: OrderAction, order: Order): Question | undefined {
  const { orderNo } = order;
  const isSecond = mayBePaidTwice(order);
  const airtime = `${formatKes(order.amountKes)} of airtime for ${formatPhone(order.recipientPhone)}`;
  switch (action) {
    case 'check-payment':
      return undefined;
    case 'confirm-payment':
      if (mayBePaidTwice(order)) {
        return {
          title: `Was ${orderNo} paid only once?`,
          note: 'Only when the M-Pesa statement shows one payment for this order. If it shows two, send one back and use “Mark as refunded”.',
          confirm: 'It was paid once',
          fields: [receipt('M-Pesa code of that one payment', order.payment.receipt), reason],
        };
      }
      return {
        title: `Confirm the payment of ${orderNo}?`,
        note: `Only when ${formatKes(order.payableKes)} with this code stands in the M-Pesa statement. ${airtime} is sent at once unless the order is closed.`,
        confirm: 'Confirm payment',
        fields: [receipt('M-Pesa code', order.payment.receipt ?? complainedReceipt(order)), reason],
      };
    case 'resend':
      return {
        title: `Send the airtime of ${orderNo} again?`,
        note: `Look at Statum first: if the earlier top-up went through after all, ${airtime} goes out twice.`,
        confirm: 'Send again',
        danger: true,
        fields: [reason],
      };
    case 'mark-delivered':
      return {
        title: `Mark ${orderNo} as delivered?`,
        note: `Say so only when ${airtime} has arrived. Nothing more is sent for this order.`,
        confirm: 'Mark as delivered',
        fields: [reason],
      };
    case 'mark-refunded':
      return {
        title: isSecond ? `Was the second payment of ${orderNo} sent back?` : `Mark ${orderNo} as refunded?`,
        note: isSecond
          ? 'Send the second payment back by M-Pesa first; this writes it down. The order itself stays as it is.'
          : 'Send the money back by M-Pesa first; this writes it down. Nothing more is sent for this order, and a refund is written once.',
        confirm: isSecond ? 'It was sent back' : 'Mark as refunded',
        danger: true,
        fields: [
          {
            name: 'amountKes',
            label: 'Amount in KES',
            kind: 'number',
            value: String(owedKes(order)),
            maxLength: 12,
          },
          receipt('M-Pesa code of the refund'),
          reason,
        ],
      };
    case 'cancel':
      return {
        title: `Cancel ${orderNo}?`,
        note: 'No airtime is sent for it any more. A payment that comes in all the same asks for attention.',
        confirm: 'Cancel order',
        danger: true,
        fields: [reason],
      };
  }
}

/** The code that the customer named in a complaint. */
function complainedReceipt({ attention }: Order): string | undefined {
  for (const { note } of attention) {
    const found = findReceipt(note);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What an action has come to, for the toast. */
export function actionResult(action: OrderAction, { orderNo, payment, delivery }: Order): string {
  switch (action) {
    case 'check-payment':
      return `${orderNo}: ${paymentWords[payment.state]}`;
    case 'confirm-payment':
      return payment.second?.isSame
        ? `${orderNo}: it was one payment`
        : `${orderNo}: the payment is confirmed`;
    case 'resend':
      return delivery.state === 'held'
        ? `${orderNo}: the airtime waits its turn`
        : `${orderNo}: the airtime is on its way again`;
    case 'mark-delivered':
      return `${orderNo} is marked as delivered`;
    case 'mark-refunded':
      return payment.state === 'refunded'
        ? `${orderNo} is marked as refunded`
        : `${orderNo}: the second payment is marked as sent back`;
    case 'cancel':
      return `${orderNo} is cancelled`;
  }
}

const paymentWords: Record<PaymentState, string> = {
  requesting: 'the prompt is on its way',
  prompted: 'still waiting for the PIN',
  unknown: 'the gateway gives no clear answer',
  declined: 'not paid (declined)',
  expired: 'not paid (expired)',
  review: 'paid, but not as agreed',
  paid: 'paid',
  refunded: 'refunded',
};
