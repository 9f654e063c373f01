/** What the order machine's events mean, for people (supervisor/orders). */
const eventTexts: Readonly<Record<string, string>> = {
  created: 'Ordered and confirmed',
  prompted: 'M-Pesa prompt sent to the phone',
  'prompt-refused': 'The prompt was refused',
  'payment-unknown': 'No clear answer about the payment',
  declined: 'Payment declined',
  expired: 'The prompt expired',
  'watch-ended': 'No more checks for a late payment',
  review: 'Paid, but not as agreed',
  paid: 'Paid',
  'paid-late': 'Paid after all',
  submitting: 'Sending the airtime',
  held: 'Delivery put on hold',
  released: 'Delivery goes on',
  sent: 'Accepted by the network',
  rejected: 'Refused by the network',
  'delivery-unknown': 'No clear answer about the airtime',
  delivered: 'Airtime arrived',
  checked: 'Payment checked again',
  resend: 'Sent once more',
  'marked-delivered': 'Marked as delivered',
  refunded: 'Refunded',
  cancelled: 'Cancelled',
  'late-callback': 'The network answered late',
  'prompt-paid': 'The prompt’s payment is the one confirmed by hand',
  'prompt-not-paid': 'The prompt itself was not paid',
  'paid-twice': 'Perhaps paid twice',
  'paid-once': 'Found to be one payment',
  'second-refunded': 'Second payment given back',
  'stays-cancelled': 'Looked into; stays cancelled',
  complaint: 'The customer complained',
  restored: 'Restored from a backup',
  'person-erased': 'A person’s data was erased from this order',
};

/** An event in words; one without words of its own as `some-event` → `Some event`. */
export function eventText(event: string): string {
  const known = Object.hasOwn(eventTexts, event) ? eventTexts[event] : undefined;
  if (known !== undefined) return known;
  const words = event.replace(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
