import type { ClientMode } from '../../shared/client.ts';
import type { CustomerOrder } from '../../shared/conversation.ts';
import type { Language } from '../../shared/language.ts';
import { formatKes } from '../../shared/money.ts';
import { declinedText, orderValues, statusText } from './status.ts';
import { type Say, type TextsByLanguage, voiceOf } from './texts/catalogue.ts';
import { joined } from './turn.ts';

/** What the order desk tells a chat after its turn has ended. */
export type Notice =
  | 'prompted'
  | 'declined'
  | 'expired'
  | 'payment-unknown'
  | 'review'
  | 'paid'
  /** Accepted by the network; arrives within moments. */
  | 'sent'
  | 'delivered'
  | 'held'
  /** Paid, and the airtime was refused or nobody knows. */
  | 'delivery-problem'
  /** Money arrived after the customer was told that none had. */
  | 'late-paid'
  /** The same, after staff had closed the order: nothing is delivered by itself. */
  | 'late-paid-resolved'
  /** Perhaps the same money a second time, beside what staff had confirmed; a person looks. */
  | 'paid-twice'
  /** It was not. */
  | 'paid-once'
  | 'refunded'
  /** Of what came in twice, one was sent back. */
  | 'second-refunded'
  | 'cancelled';

export interface NoticeFacts {
  /** As it is now; `declineCause` tells why for `declined`. */
  readonly order: CustomerOrder;
  readonly shopName: string;
  /** Empty: the shop has none to show. */
  readonly contact: string;
  /** True: this chat still stands at this order, so that "1" tries it again (`awaits` in state.ts). */
  readonly offerRetry: boolean;
  /** `test` marks the text as a simulation. */
  readonly mode?: ClientMode;
  /** What the customer speaks (`languageOf` in state.ts). */
  readonly language: Language;
  /** The shop's own texts. */
  readonly texts?: TextsByLanguage;
}

/** The text of a notice: what happened, where the money is, what to do next. Pure. */
export function noticeText(notice: Notice, facts: NoticeFacts): string {
  const say = voiceOf(facts.language, facts.texts);
  const { order } = facts;
  const values = {
    ...orderValues(order),
    receipt: order.receipt === undefined ? '' : say('orderReceipt', { receipt: order.receipt }),
  };
  const again = facts.offerRetry ? say('noticeRetry') : say('noticeMenu');
  const contact =
    facts.contact === '' ? '' : say('noticeContact', { shop: facts.shopName, contact: facts.contact });
  const paragraphs = ((): readonly string[] => {
    switch (notice) {
      case 'prompted':
        return [say('noticePrompted', values)];
      case 'declined':
        return [say('noticeDeclined', { ...values, cause: declinedText(say, order) }), again];
      case 'expired':
        return [say('noticeExpired', values), again];
      case 'payment-unknown':
        return [say('noticePaymentUnknown', values), contact];
      case 'review':
        return [say('noticeReview', values), contact];
      case 'paid':
        return [say('noticePaid', values)];
      case 'sent':
        return [say('noticeSent', values)];
      case 'delivered':
        return [say('noticeDelivered', values)];
      case 'held':
        return [say('noticeHeld', values)];
      case 'delivery-problem':
        return [say('noticeDeliveryProblem', values), contact];
      case 'late-paid':
        return [say('noticeLatePaid', values)];
      case 'late-paid-resolved':
        return [say('noticeLatePaidResolved', values), contact];
      case 'paid-twice':
        return [say('noticePaidTwice', { ...values, ...secondValues(say, order.second) }), contact];
      case 'paid-once':
        return [say('noticePaidOnce', values), undeliveredText(say, order), contact];
      case 'refunded':
        return [say('noticeRefunded', { ...values, ...backValues(order.refund) }), contact];
      case 'second-refunded':
        return [say('noticeSecondRefunded', { ...values, ...backValues(order.second?.refund) }), contact];
      case 'cancelled':
        return [say('noticeCancelled', { ...values, status: cancelledText(say, order) }), contact];
    }
  })();
  const mark = facts.mode === 'test' ? say('testMark') : '';
  return joined([mark, ...paragraphs]);
}

function secondValues(say: Say, second: CustomerOrder['second']) {
  if (!second) throw new Error('A second payment is told of that the order does not have');
  const { amountKes, receipt } = second;
  return {
    second: formatKes(amountKes),
    receipt: receipt === undefined ? '' : say('orderReceipt', { receipt }),
  };
}

/** What went back, and with which M-Pesa code. Nothing is said of a refund that is not on record. */
function backValues(refund: CustomerOrder['refund']) {
  if (!refund) throw new Error('A refund is told of that the order does not have');
  return { back: formatKes(refund.amountKes), code: refund.receipt };
}

/** What the customer still waits for, or is owed; empty once the airtime is out. */
function undeliveredText(say: Say, order: CustomerOrder): string {
  const isOut = order.deliveryState === 'sent' || order.deliveryState === 'delivered';
  return isOut ? '' : statusText(say, order);
}

function cancelledText(say: Say, order: CustomerOrder): string {
  return statusText(say, { ...order, deliveryState: 'cancelled' });
}
