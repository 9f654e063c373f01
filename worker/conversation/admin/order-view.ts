import type { AnswerOf, StaffOrder } from '../../../shared/admin.ts';
import { eventText } from '../../../shared/event-words.ts';
import { formatKes } from '../../../shared/money.ts';
import { formatClock, formatDay } from '../../../shared/nairobi.ts';
import type { OrderAction, TimelineEntry } from '../../../shared/order.ts';
import { formatPhone } from '../../../shared/phone.ts';
import type { Target, View } from './state.ts';
import {
  ACTION_WORDS,
  DELIVERY_WORDS,
  orderWords,
  PAID_TWICE_WORDS,
  PAYMENT_WORDS,
  personWords,
  STATUS_WORDS,
} from './words.ts';

const MAX_NOTE = 60;
const note = (text: string): string => (text.length <= MAX_NOTE ? text : `${text.slice(0, MAX_NOTE - 1)}…`);

/** All that staff need to decide: who, what, where the money and the airtime are, what happened last. */
export function orderText(order: StaffOrder, { timeline, banned }: AnswerOf<'order'>): string {
  const customer = personWords(order.customerPhone ?? order.chatId);
  const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${note(reason)})`);
  return [
    `📦 *${order.orderNo}* · ${STATUS_WORDS[order.status].toLowerCase()}`,
    `🗓️ ${formatDay(order.createdAt)}, ${formatClock(order.createdAt)}`,
    `📱 ${orderWords(order)}`,
    `💳 ${formatKes(order.payableKes)} from ${formatPhone(order.payerPhone)}`,
    `👤 Customer ${customer}${banned ? ' 🚫 banned' : ''}`,
    `Payment: ${PAYMENT_WORDS[order.paymentState]}${because(order.paymentReason)}`,
    ...(order.receipt === undefined ? [] : [`🧾 M-Pesa code ${order.receipt}`]),
    `Airtime: ${DELIVERY_WORDS[order.deliveryState]}${because(order.deliveryReason)}`,
    ...order.attention.map((text) => `⚠️ ${note(text)}`),
    '',
    ...timeline.map((entry, index) => eventLine(entry, timeline[index - 1]?.at ?? order.createdAt)),
  ].join('\n');
}

/** What gateways said stands above already, as the reason of the present state; what people said stands nowhere else. */
function eventLine({ at, event, by, note: said }: TimelineEntry, before: number): string {
  const day = formatDay(at) === formatDay(before) ? '' : `${formatDay(at)}, `;
  const who = NAMELESS.has(by) ? '' : ` · ${personWords(by)}`;
  const words = said === undefined || MACHINES.has(by) ? '' : `: ${note(said)}`;
  return `_${day}${formatClock(at)}_ ${eventText(event)}${who}${words}`;
}

const MACHINES: ReadonlySet<string> = new Set(['system', 'shadow-pay', 'statum']);
/** The event itself tells who it was. */
const NAMELESS: ReadonlySet<string> = new Set([...MACHINES, 'customer']);

/** What may be done with the order now. The first one is the harmless one where there is one: a number tapped twice does no harm. */
export function orderChoices(
  order: StaffOrder,
  { actions, banned }: AnswerOf<'order'>,
  view: View,
): [string, Target][] {
  const person = order.customerPhone ?? order.chatId;
  const words = order.paidTwice ? { ...ACTION_WORDS, ...PAID_TWICE_WORDS } : ACTION_WORDS;
  const offered = actions.map((action): [string, Target] => [words[action], targetOf(order, action)]);
  const again: [string, Target] = ['Look again', { to: 'view', view }];
  const check = offered.filter(([, target]) => target.to === 'check');
  const acts = offered.filter(([, target]) => target.to !== 'check');
  return [
    ...(check.length > 0 ? check : [again]),
    ...acts,
    banned
      ? ['Unban the customer', { to: 'confirm', action: { do: 'unban', person }, about: personWords(person) }]
      : ['Ban the customer', { to: 'input', input: { ask: 'ban-reason', person } }],
  ];
}

function targetOf(order: StaffOrder, action: OrderAction): Target {
  const { orderNo, owedKes } = order;
  const of = { orderNo, about: orderWords(order) };
  switch (action) {
    case 'check-payment':
      return { to: 'check', orderNo };
    case 'confirm-payment':
      return { to: 'input', input: { ask: order.paidTwice ? 'one-receipt' : 'receipt', ...of } };
    case 'mark-refunded':
      return { to: 'input', input: { ask: 'refund-amount', owedKes, ofSecond: order.paidTwice, ...of } };
    case 'resend':
    case 'mark-delivered':
    case 'cancel':
      return { to: 'input', input: { ask: 'reason', action, ...of } };
  }
}
