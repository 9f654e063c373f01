import type { Notice } from '../../worker/conversation/notices.ts';
import { en } from '../../worker/conversation/texts/en.ts';

const keys: Readonly<Record<Notice, keyof typeof en>> = {
  prompted: 'noticePrompted',
  declined: 'noticeDeclined',
  expired: 'noticeExpired',
  'payment-unknown': 'noticePaymentUnknown',
  review: 'noticeReview',
  paid: 'noticePaid',
  sent: 'noticeSent',
  delivered: 'noticeDelivered',
  held: 'noticeHeld',
  'delivery-problem': 'noticeDeliveryProblem',
  'late-paid': 'noticeLatePaid',
  'late-paid-resolved': 'noticeLatePaidResolved',
  'paid-twice': 'noticePaidTwice',
  'paid-once': 'noticePaidOnce',
  refunded: 'noticeRefunded',
  'second-refunded': 'noticeSecondRefunded',
  cancelled: 'noticeCancelled',
};

/** How each kind of notice begins: a text's words up to its end of line, with its values left open. */
const beginnings = Object.entries(keys).map(([kind, key]) => {
  const line = (en[key].split('\n')[0] ?? '').split(/\{[a-zA-Z]+\}/).map(escaped);
  return { kind: kind as Notice, pattern: new RegExp(`^${line.join('.*')}`) };
});

/** Which notice a customer is reading, recognised by its words alone. */
export function noticeKind(text: string): Notice | undefined {
  const fits = beginnings.filter(({ pattern }) => pattern.test(text));
  // "*Order X*" alone begins several; the one that says most is meant.
  return fits.sort((a, b) => b.pattern.source.length - a.pattern.source.length)[0]?.kind;
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
