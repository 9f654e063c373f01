import type { AuditEntry } from '../../shared/audit.ts';
import { HOUR_MS } from '../../shared/clock.ts';
import { isSettled, type Order, orderStatus, type TimelineEntry } from '../../shared/order.ts';
import type { Notice } from '../../worker/conversation/notices.ts';
import { adminChats, chatActProblems } from './chat-acts.ts';
import type { ChatMessage } from './chat-network.ts';
import type { MoneyWorld } from './money-world.ts';
import { noticeKind } from './notice-kinds.ts';
import { ofSecond, secondProblems, wordOfSecond } from './second-payments.ts';
import type { Content } from './tables.ts';
import type { Wish } from './wishes.ts';

/** No day's limit on messages holds these up; a process that is down, or a bot that is away, does for a while. */
const ofPaidMoney: ReadonlySet<Notice> = new Set<Notice>([
  'paid',
  'late-paid',
  'late-paid-resolved',
  'review',
  'held',
  'sent',
  'delivered',
  'delivery-problem',
  'refunded',
  'paid-twice',
  'paid-once',
  'second-refunded',
]);
const PAID_NEWS_MS = 4 * HOUR_MS;

export interface Evidence {
  readonly content: Content;
  readonly timelines: ReadonlyMap<string, readonly TimelineEntry[]>;
  readonly audit: readonly AuditEntry[];
  readonly world: MoneyWorld;
  readonly messages: readonly ChatMessage[];
  /** When what was to be said was written down, by the id of its outbox entry. */
  readonly promisedAt: ReadonlyMap<string, number>;
  /** Customers' messages that nobody has handled. */
  readonly unhandled: number;
  /** How many messages customers and admins have written. */
  readonly written: number;
  /** What the text of a message was meant to bring about. */
  readonly wishOf: (text: string) => Wish;
  /** Orders whose own customer has complained. */
  readonly complained: ReadonlySet<string>;
}

/** Compares what is on the disk, and what people were told, with what really happened. @returns one line per difference. */
export function auditSimulation(evidence: Evidence): readonly string[] {
  const { content, timelines, world } = evidence;
  const problems: string[] = [];
  for (const order of content.orders.values()) {
    const timeline = timelines.get(order.orderNo) ?? [];
    const found = [
      ...paymentProblems(order, timeline, world),
      ...deliveryProblems(order, timeline, world),
      ...endProblems(order),
      ...timelineProblems(order, timeline),
    ];
    problems.push(...found.map((problem) => `order ${order.orderNo}: ${problem}`));
  }
  return [
    ...problems,
    ...lostMoney(evidence),
    ...sharedReceipts(content),
    ...messageProblems(evidence),
    ...staffProblems(evidence),
    ...chatActProblems(evidence),
  ];
}

const isPaid = ({ payment }: Order): boolean => payment.state === 'paid' || payment.state === 'refunded';

function paymentProblems(order: Order, timeline: readonly TimelineEntry[], world: MoneyWorld): string[] {
  const { payment } = order;
  const prompt = world.promptOf(order.orderNo);
  const byHand = world.byHand.get(order.orderNo);
  // A code that was misread gives way to the prompt's own once a person has found that it is one payment.
  const isSetRight = payment.second?.isSame === true && payment.receipt === prompt?.receipt;
  if (byHand !== undefined && (byHand.receipt === payment.receipt || isSetRight))
    return secondProblems(order, world);
  if (payment.second !== undefined && prompt?.echo !== 'no-receipt' && prompt?.echo !== 'used-receipt')
    return ['was paid once, but a second payment is on record'];
  const paid = prompt?.paidAt !== undefined;
  if (!paid) return isPaid(order) ? [`says ${payment.state}, but nobody paid`] : [];
  if (isPaid(order)) {
    const trusted = timeline.some(({ event, by }) => /^paid(-late)?$/.test(event) && by === 'shadow-pay');
    if (trusted && (prompt.echo === 'wrong-amount' || prompt.echo === 'wrong-phone'))
      return [`was taken for paid although the gateway told a ${prompt.echo}`];
    const { receipt } = payment;
    // Money may be given back without anybody having found out its code.
    const excused =
      prompt.echo === 'used-receipt' ||
      (receipt === undefined && (prompt.echo === 'no-receipt' || payment.state === 'refunded'));
    return receipt === prompt.receipt || excused
      ? []
      : [`carries receipt ${receipt} of a payment with ${prompt.receipt}`];
  }
  if (payment.state === 'review' && orderStatus(order) === 'attention') return [];
  // Without an id nobody can ask; staff have looked before they closed it.
  const unheard = payment.checkoutRequestId === undefined;
  if (payment.state === 'unknown' && unheard) return [];
  const asked = timeline.map(({ event, at }) => `${event} ${at}`).join(', ');
  return [`was paid (${prompt.id}, told from ${prompt.visibleAt}), but says ${payment.state}: ${asked}`];
}

function deliveryProblems(order: Order, timeline: readonly TimelineEntry[], world: MoneyWorld): string[] {
  const { orderNo, delivery } = order;
  const topUps = world.topUpsOf(orderNo);
  const marked = timeline.some(({ event }) => event === 'marked-delivered');
  const resends = timeline.filter(({ event }) => event === 'resend').length;
  const problems: string[] = [];
  if (topUps.length > 1 + resends) problems.push(`${topUps.length} top-ups after ${resends} resends`);
  const own = topUps.find(({ requestId }) => requestId === delivery.requestId);
  const says = delivery.state === 'sent' || delivery.state === 'delivered';
  if (says && !own && !marked) problems.push(`says ${delivery.state}, but no top-up of its own fits it`);
  if (delivery.state === 'delivered' && !marked && own && !own.called.has('delivered'))
    problems.push('says delivered, but Statum never did');
  const refused =
    topUps.some(({ called }) => called.has('not delivered')) ||
    world.posts.some((post) => post.orderNo === orderNo && !post.possiblyAccepted);
  if (timeline.some(({ event }) => event === 'rejected') && !refused)
    problems.push('was called rejected, but Statum never said so');
  if (own && !order.resolution && own.acknowledged.size === 1) {
    const expected = own.acknowledged.has('delivered') ? 'delivered' : 'rejected';
    // A contradicting word may have been written down although its caller heard nothing.
    if (delivery.state !== expected && own.called.size === 1)
      problems.push(`Statum's word "${expected}" was taken, but it says ${delivery.state}`);
  }
  if (topUps.length > 0 && (delivery.state === 'none' || delivery.state === 'queued'))
    problems.push(`airtime went out, but it says ${delivery.state}`);
  return problems;
}

/** Every order reaches an end or waits for a person who is told why. */
function endProblems(order: Order): string[] {
  const status = orderStatus(order);
  if (status === 'open') {
    return [`is still open (${order.payment.state}, ${order.delivery.state})`];
  }
  if (status === 'attention') {
    const reasons = [order.payment.reason, order.delivery.reason, ...order.attention.map(({ note }) => note)];
    const resolved = order.resolution !== undefined;
    return reasons.some((reason) => reason !== undefined && reason !== '') || resolved
      ? []
      : ['waits for a person without a reason'];
  }
  return isSettled(order) ? [] : [`is ${status}, but not settled (${order.payment.state})`];
}

/** The timeline alone explains every shilling and every top-up. */
function timelineProblems(order: Order, timeline: readonly TimelineEntry[]): string[] {
  const { payment, delivery } = order;
  const count = (...events: string[]): number =>
    timeline.filter(({ event }) => events.includes(event)).length;
  const note = (...events: string[]): string =>
    timeline.find(({ event }) => events.includes(event))?.note ?? '';
  const wrong = (what: string, is: number, should: number): string[] =>
    is === should ? [] : [`its timeline has ${is} "${what}" instead of ${should}`];
  const says = (what: string, ...events: string[]): boolean =>
    timeline.some(({ event, note: said }) => events.includes(event) && said?.includes(what));
  const ordered = timeline.every((entry, index) => index === 0 || entry.at >= (timeline[index - 1]?.at ?? 0));
  return [
    ...wrong('created', count('created'), 1),
    ...wrong('paid', count('paid', 'paid-late'), payment.paidAt === undefined ? 0 : 1),
    ...wrong('submitting', count('submitting'), delivery.attempts),
    ...wrong('refunded', count('refunded'), payment.refund ? 1 : 0),
    ...wrong(
      'cancelled',
      count('cancelled'),
      order.resolution === 'cancelled' || (order.resolution !== undefined && count('cancelled') === 1)
        ? 1
        : 0,
    ),
    ...wrong('second-refunded', count('second-refunded'), payment.second?.refund ? 1 : 0),
    ...(payment.receipt !== undefined && !says(payment.receipt, 'paid', 'paid-late', 'review', 'paid-once')
      ? ['its timeline does not name the receipt']
      : []),
    ...(payment.refund && !note('refunded').includes(String(payment.refund.amountKes))
      ? ['its timeline does not name the refund']
      : []),
    ...(ordered ? [] : ['its timeline runs backwards']),
  ];
}

function lostMoney({ content, world }: Evidence): string[] {
  const pushes = new Map<string, number>();
  for (const { reference } of world.prompts) pushes.set(reference, (pushes.get(reference) ?? 0) + 1);
  return [...pushes].flatMap(([reference, count]) => [
    ...(content.orders.has(reference) ? [] : [`a prompt for ${reference} belongs to no order`]),
    ...(count > 1 ? [`order ${reference} had ${count} prompts`] : []),
  ]);
}

function sharedReceipts({ orders }: Content): string[] {
  const holders = new Map<string, string>();
  return [...orders.values()].flatMap(({ orderNo, mode, payment }) =>
    [...new Set([payment.receipt, payment.second?.receipt])].flatMap((receipt) => {
      if (receipt === undefined) return [];
      // A code typed for a simulated order stands in no real payment's way.
      const key = `${mode === 'live'} ${receipt}`;
      const holder = holders.get(key);
      holders.set(key, orderNo);
      return holder === undefined ? [] : [`orders ${holder} and ${orderNo} share receipt ${receipt}`];
    }),
  );
}

/** What customers were told: all of it, once, in order, in their own chat, and true. */
function messageProblems(evidence: Evidence): string[] {
  const { content, world, messages, promisedAt, unhandled, written, timelines } = evidence;
  const problems: string[] = [];
  if (content.outbox.size > 0) problems.push(`${content.outbox.size} messages were never sent`);
  if (unhandled > 0) problems.push(`${unhandled} customers' messages were never handled`);
  const answers = messages.filter(({ text }) => /^(TAKEN|REFUSED|DONE) /.test(text)).length;
  if (answers !== written) problems.push(`${written} messages of customers got ${answers} answers`);
  const seen = new Set<string>();
  const told = new Map<string, Notice[]>();
  const taken = new Map<string, number>();
  const byNumber = new Map([...content.orders.values()].map((order) => [order.orderNo, order]));
  for (const { outboxId, text, clientId, chatId, at } of messages) {
    if (seen.has(outboxId)) problems.push(`said twice: ${text}`);
    seen.add(outboxId);
    const confirmId = /^TAKEN (\S+)/.exec(text)?.[1];
    if (confirmId !== undefined) taken.set(confirmId, (taken.get(confirmId) ?? 0) + 1);
    if (confirmId !== undefined || /^(REFUSED|DONE) /.test(text)) continue;
    // What M-Pesa said to an admin who had it asked.
    if (adminChats.has(chatId)) continue;
    const orderNo = /\*Order (\w+)\*/.exec(text)?.[1] ?? '';
    const order = byNumber.get(orderNo);
    const kind = noticeKind(text);
    if (!order || !kind) {
      problems.push(`nobody knows what this tells: ${text}`);
      continue;
    }
    if (order.chatId !== chatId || order.clientId !== clientId)
      problems.push(
        `order ${orderNo}: its customer's chat is ${order.chatId}, but ${chatId} was told ${kind}`,
      );
    const lateMs = at - (promisedAt.get(outboxId) ?? Number.NEGATIVE_INFINITY);
    if (ofPaidMoney.has(kind) && lateMs > PAID_NEWS_MS)
      problems.push(
        `order ${orderNo}: who has paid heard "${kind}" ${Math.round(lateMs / HOUR_MS)} hours late`,
      );
    told.set(orderNo, [...(told.get(orderNo) ?? []), kind]);
  }
  const byConfirm = new Set([...byNumber.values()].map(({ confirmId }) => confirmId));
  for (const confirmId of taken.keys()) {
    if (!byConfirm.has(confirmId)) problems.push(`${confirmId} was acknowledged, but there is no such order`);
  }
  for (const order of byNumber.values()) {
    const allKinds = told.get(order.orderNo) ?? [];
    const kinds = allKinds.filter((kind) => !ofSecond.has(kind));
    const about = (problem: string): void => void problems.push(`order ${order.orderNo}: ${problem}`);
    if (!taken.has(order.confirmId)) about('its customer was never told that it was taken');
    for (const kind of new Set(allKinds)) {
      if (!isTrue(kind, order, world, timelines.get(order.orderNo) ?? []))
        about(`its customer was told "${kind}", which is not so`);
    }
    const lastOfSecond = allKinds.findLast((kind) => ofSecond.has(kind));
    if (lastOfSecond !== wordOfSecond(order))
      about(`its customer was told "${lastOfSecond}" last of a second payment, not "${wordOfSecond(order)}"`);
    const last = kinds.at(-1);
    if (!last || !lastWords(order).includes(last))
      about(
        `the last word to its customer is "${last}" (${kinds.join(', ')}), but it is ${order.payment.state}, ${order.delivery.state}, ${order.resolution ?? 'not resolved'}`,
      );
  }
  return problems;
}

/** Whether it was ever so; the last word is judged apart. */
function isTrue(kind: Notice, order: Order, world: MoneyWorld, timeline: readonly TimelineEntry[]): boolean {
  const { orderNo } = order;
  const prompt = world.promptOf(orderNo);
  const topUps = world.topUpsOf(orderNo);
  const marked = timeline.some(({ event }) => event === 'marked-delivered');
  switch (kind) {
    case 'prompted':
      return prompt !== undefined;
    case 'declined':
      return (
        prompt?.saidFailed === true ||
        world.refusedPushes.has(orderNo) ||
        // The keys were taken away before the prompt went out.
        (prompt === undefined && timeline.some(({ event }) => event === 'prompt-refused'))
      );
    case 'paid':
    case 'late-paid':
    case 'late-paid-resolved':
      return prompt?.paidAt !== undefined || world.byHand.get(orderNo)?.isOther === true;
    case 'paid-twice':
      // A gateway that tells another payment's code says with it that there are two; what the customer hears is "perhaps".
      return prompt?.paidAt !== undefined && (world.byHand.has(orderNo) || prompt.echo === 'used-receipt');
    case 'paid-once':
      return !world.wasPaidTwice(orderNo);
    case 'second-refunded':
      return world.wasPaidTwice(orderNo) && order.payment.second?.refund !== undefined;
    case 'sent':
      return topUps.length > 0;
    case 'delivered':
      return marked || topUps.some(({ called }) => called.has('delivered'));
    case 'refunded':
      return order.payment.refund !== undefined;
    case 'cancelled':
      return timeline.some(({ event }) => event === 'cancelled');
    case 'held':
    case 'delivery-problem':
      return order.payment.paidAt !== undefined;
    case 'review':
      return prompt?.paidAt !== undefined;
    case 'expired':
    case 'payment-unknown':
      return true;
  }
}

/** With which notices a customer may be left, by what the order has come to. */
function lastWords({ payment, delivery, resolution }: Order): readonly Notice[] {
  if (payment.state === 'refunded') return ['refunded'];
  if (resolution === 'cancelled') {
    // Who paid before it was cancelled has been told of both.
    if (payment.state === 'paid') return ['late-paid-resolved', 'cancelled'];
    return ['cancelled', 'declined', 'expired', 'payment-unknown', 'review'];
  }
  if (resolution === 'marked-delivered') return ['delivered', 'sent'];
  switch (delivery.state) {
    case 'sent':
      return ['sent'];
    case 'delivered':
      return ['delivered', 'sent'];
    case 'rejected':
    case 'unknown':
      return ['delivery-problem'];
    case 'held':
      return ['held', 'delivery-problem', 'paid', 'late-paid'];
    default:
      break;
  }
  switch (payment.state) {
    case 'declined':
      return ['declined', 'expired'];
    case 'expired':
      return ['expired'];
    case 'unknown':
      return ['payment-unknown'];
    case 'review':
      return ['review'];
    default:
      return [];
  }
}

/** Who changed what, and why, stands in the audit. */
function staffProblems({ timelines, audit }: Evidence): string[] {
  const staffEvents = [
    'resend',
    'marked-delivered',
    'refunded',
    'second-refunded',
    'cancelled',
    'stays-cancelled',
  ];
  const done = [...timelines.values()].flat().filter(({ event }) => staffEvents.includes(event)).length;
  const audited = audit.filter(({ action }) =>
    ['order.resend', 'order.mark-delivered', 'order.mark-refunded', 'order.cancel'].includes(action),
  );
  return [
    ...(done === audited.length ? [] : [`${done} staff actions, ${audited.length} in the audit`]),
    ...audited.flatMap(({ note, subject }) => (note ? [] : [`an action on ${subject} has no reason`])),
  ];
}
