import { formatKes } from '../../shared/money.ts';
import { formatClock, formatWeekday } from '../../shared/nairobi.ts';
import type { OrderStatus } from '../../shared/order.ts';

/** One shop's last 24 hours. */
export interface DayFacts {
  readonly shopName: string;
  /** End of the 24 hours. */
  readonly until: number;
  /** Orders placed in them, as they stand now. */
  readonly orders: Readonly<Record<OrderStatus, number>>;
  /** Paid orders, refunded ones included, and what M-Pesa collected for them. */
  readonly sales: number;
  readonly paidKes: number;
  readonly discountKes: number;
  readonly refunds: number;
  readonly refundedKes: number;
  /** Paid, neither delivered nor refunded. */
  readonly outstandingKes: number;
  /** The float that is the shop's own, as far as it is known. */
  readonly float?: { readonly balanceKes: number; readonly low: boolean };
  /** Orders that need attention now, whenever they were placed. */
  readonly attention: number;
  /** Titles of what is open now besides those orders. */
  readonly openAlerts: readonly string[];
  /** How many alerts of the shop came and went in these hours. */
  readonly pastAlerts: number;
  /** Selling is paused now, by a person. */
  readonly paused: boolean;
  readonly simulated: boolean;
}

/** Nobody ordered and nothing is wrong. */
export function isQuiet({ orders, attention, openAlerts, pastAlerts }: DayFacts): boolean {
  const ordered = Object.values(orders).some((count) => count > 0);
  return !ordered && attention === 0 && openAlerts.length === 0 && pastAlerts === 0;
}

/** The summary as a WhatsApp message. Pure. */
export function summaryText(day: DayFacts): string {
  const { orders } = day;
  const placed = Object.values(orders).reduce((sum, count) => sum + count, 0);
  const parts = [
    [orders.delivered, 'delivered'],
    [orders.open, 'in progress'],
    [orders.failed, 'not paid'],
    [orders.attention, 'being looked at'],
    [orders.refunded, 'refunded'],
  ] as const;
  const split = parts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
  const lines = [
    `🧾 Orders: *${placed}*${split === '' ? '' : ` (${split})`}`,
    `💰 Sales: *${day.sales}* for *${formatKes(day.paidKes)}*`,
    ...(day.discountKes > 0 ? [`🏷️ Discount given: ${formatKes(day.discountKes)}`] : []),
    ...(day.refunds > 0 ? [`💸 Refunds: ${day.refunds} for ${formatKes(day.refundedKes)}`] : []),
    ...(day.outstandingKes > 0
      ? [`⏳ Paid, not delivered or not given back yet: ${formatKes(day.outstandingKes)}`]
      : []),
    ...(day.float
      ? [`🔋 Float: ${formatKes(Math.floor(day.float.balanceKes))}${day.float.low ? ' ⚠️ low' : ''}`]
      : []),
  ];
  return [
    `📊 *${day.shopName}: the last 24 hours*\n${formatWeekday(day.until)}, ${formatClock(day.until)}${day.simulated ? ' · simulated money' : ''}`,
    lines.join('\n'),
    troubleText(day),
  ].join('\n\n');
}

function troubleText({ attention, openAlerts, pastAlerts, paused }: DayFacts): string {
  const open = [
    ...(paused ? ['⏸️ Selling is paused: customers hear that the shop is closed'] : []),
    ...(attention > 0
      ? [`🔴 ${attention} ${attention === 1 ? 'order needs' : 'orders need'} attention`]
      : []),
    ...openAlerts.map((title) => `🟠 ${title}`),
  ];
  const past =
    pastAlerts > 0 ? [`☑️ ${pastAlerts} earlier ${pastAlerts === 1 ? 'alert is' : 'alerts are'} over`] : [];
  return open.length === 0 ? ['✅ Nothing is wrong.', ...past].join('\n') : [...open, ...past].join('\n');
}
