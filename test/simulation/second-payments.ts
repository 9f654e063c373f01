import type { Order } from '../../shared/order.ts';
import type { Notice } from '../../worker/conversation/notices.ts';
import type { MoneyWorld } from './money-world.ts';

/** Judges what is on record of payments that came in besides one that staff had confirmed. */

/** Of an order that staff confirmed with another code than its prompt's: that the prompt was paid besides is seen, and settled as it was. */
export function secondProblems({ orderNo, payment, attention }: Order, world: MoneyWorld): string[] {
  const prompt = world.promptOf(orderNo);
  const { second } = payment;
  if (prompt?.paidAt === undefined)
    return second ? ['nobody paid its prompt, but a second payment is on record'] : [];
  if (!second)
    return [`its prompt was paid as well (${prompt.id}, ${prompt.receipt}), and nobody has seen it`];
  const twice = world.wasPaidTwice(orderNo);
  const hasCode = prompt.echo !== 'no-receipt' && prompt.echo !== 'used-receipt';
  const waits = attention.some(({ kind }) => kind === 'paid-twice');
  return [
    ...(hasCode && second.receipt !== prompt.receipt
      ? [`its second payment has the code ${second.receipt}`]
      : []),
    ...(twice && second.isSame ? ['was paid twice, but was called paid once'] : []),
    ...(!twice && second.refund ? ['was paid once, but a second payment was given back'] : []),
    // While both are there, what goes back is the second one.
    ...(waits && payment.refund && payment.refund.at >= second.at
      ? ['the order was called refunded in place of its second payment']
      : []),
    ...(second.refund && payment.refund?.receipt === second.refund.receipt
      ? ['one refund was recorded for both of its payments']
      : []),
    ...(waits || second.refund || second.isSame ? [] : ['its second payment waits for nobody']),
  ];
}

/** What is said of a second payment alone. */
export const ofSecond: ReadonlySet<Notice> = new Set<Notice>(['paid-twice', 'paid-once', 'second-refunded']);

/** What a customer heard last of a payment that came in besides. */
export function wordOfSecond({ payment: { second } }: Order): Notice | undefined {
  if (second?.refund) return 'second-refunded';
  if (second?.receipt === undefined) return undefined;
  return second.isSame ? 'paid-once' : 'paid-twice';
}
