import type { StaffOrder } from '../../../shared/admin.ts';
import type { WorkerState } from '../../../shared/client.ts';
import { formatKes } from '../../../shared/money.ts';
import type { DeliveryState, OrderAction, OrderStatus, PaymentState } from '../../../shared/order.ts';
import { formatPhone, phoneSchema } from '../../../shared/phone.ts';

/** What staff read. In English only: it is nothing a customer ever sees, so it is no part of the catalogue either. */

export const STATUS_WORDS: Readonly<Record<OrderStatus, string>> = {
  attention: 'Need attention',
  open: 'Open',
  delivered: 'Delivered',
  failed: 'Not paid',
  refunded: 'Refunded',
};

export const PAYMENT_WORDS: Readonly<Record<PaymentState, string>> = {
  requesting: 'asking M-Pesa for the prompt',
  prompted: 'waiting for the PIN',
  unknown: 'nobody knows whether the prompt went out',
  declined: 'not paid',
  expired: 'no payment seen in time',
  review: 'a payment that needs a look',
  paid: 'paid',
  refunded: 'refunded',
};

export const DELIVERY_WORDS: Readonly<Record<DeliveryState, string>> = {
  none: 'not yet due',
  queued: 'about to be sent',
  held: 'waiting',
  submitting: 'being sent',
  sent: 'accepted by the network',
  delivered: 'delivered',
  rejected: 'refused by the network',
  unknown: 'nobody knows whether it arrived',
  cancelled: 'cancelled',
};

export const ACTION_WORDS: Readonly<Record<OrderAction, string>> = {
  'check-payment': 'Check payment with M-Pesa',
  'confirm-payment': 'Confirm payment (M-Pesa code)',
  resend: 'Send airtime again',
  'mark-delivered': 'Mark as delivered',
  'mark-refunded': 'Mark as refunded',
  cancel: 'Cancel the order',
};

/** Of an order that may have been paid twice. */
export const PAID_TWICE_WORDS = {
  'confirm-payment': 'It was paid once (M-Pesa code)',
  'mark-refunded': 'The second payment was sent back',
} as const satisfies Partial<Record<OrderAction, string>>;

export const STATE_WORDS: Readonly<Record<WorkerState, string>> = {
  stopped: '⏹️ stopped',
  starting: '🟡 starting',
  'awaiting-scan': '📷 waiting for the QR code to be scanned',
  authenticating: '🟡 logging in',
  ready: '🟢 ready',
  reconnecting: '🟡 reconnecting',
  'backing-off': '🟠 will be started again in a moment',
  failed: '🔴 failed',
  'logged-out': '🔴 logged out',
  stopping: '🟡 stopping',
};

/** How a person is shown: a phone as people write it, else the chat's id. */
export function personWords(person: string): string {
  return phoneSchema.safeParse(person).success ? formatPhone(person) : person;
}

/** `KES 100 → 0700 000 001` */
export function orderWords({ amountKes, recipientPhone }: StaffOrder): string {
  return `${formatKes(amountKes)} → ${formatPhone(recipientPhone)}`;
}

const MIB = 1024 * 1024;
export const formatMemory = (bytes: number): string => `${Math.round(bytes / MIB)} MB`;
