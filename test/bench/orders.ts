import type { Order, TimelineEntry } from '../../shared/order.ts';
import type { OrderFilter, Stores } from '../../supervisor/stores/types.ts';

const pad = (n: number, length: number): string => String(n).padStart(length, '0');

/** A finished order, with everything that a real one has at its end. */
export function benchOrder(n: number): Order {
  const customer = `2547${pad(n % 20_000, 8)}`;
  const at = 1_750_000_000_000 + n * 1_000;
  return {
    orderNo: `B${pad(n, 7)}`,
    clientId: `cl_${pad(n % 10, 16)}`,
    mode: 'live',
    chatId: `${customer}@c.us`,
    confirmId: `cf_${pad(n, 16)}`,
    customerPhone: customer,
    payerPhone: customer,
    recipientPhone: n % 5 === 0 ? `2541${pad(n % 50_000, 8)}` : customer,
    amountKes: 100,
    payableKes: 96,
    discountPercent: 4,
    payment: {
      state: 'paid',
      credentials: { setId: 'platform-shadow-pay', version: 3 },
      requestedAt: at,
      promptedAt: at + 900,
      checkoutRequestId: `ws_CO_${pad(n, 24)}`,
      paidAt: at + 15_000,
      receipt: `S${pad(n, 9)}`,
    },
    delivery: {
      state: 'delivered',
      attempts: 1,
      credentials: { setId: 'platform-statum', version: 2 },
      requestId: `rq_${pad(n, 28)}`,
      submittedAt: at + 15_100,
      deliveredAt: at + 19_000,
    },
    attention: [],
    createdAt: at,
    updatedAt: at + 19_000,
  };
}

const EVENTS = [
  ['created', 'customer'],
  ['prompt.requested', 'system'],
  ['prompt.sent', 'shadow-pay'],
  ['payment.checked', 'system'],
  ['paid', 'shadow-pay'],
  ['delivery.submitted', 'system'],
  ['delivery.accepted', 'statum'],
  ['delivered', 'statum'],
] as const;

export function benchTimeline(n: number): TimelineEntry[] {
  const at = 1_750_000_000_000 + n * 1_000;
  return EVENTS.map(([event, by], index) => ({ at: at + index * 2_000, event, by }));
}

/** What people ask for in the order list. */
export const benchFilters = (): Readonly<Record<string, OrderFilter>> => ({
  list: {},
  status: { status: 'delivered' },
  client: { clientId: benchOrder(3).clientId },
  'client+status': { clientId: benchOrder(3).clientId, status: 'failed' },
  time: { from: benchOrder(1_000).createdAt, to: benchOrder(50_000).createdAt },
  'last four digits': { q: '0123' },
  phone: { q: benchOrder(777).payerPhone },
  receipt: { q: benchOrder(999).payment.receipt ?? '' },
});

/** Fills an empty store with orders that have eight timeline entries each (or none). */
export async function seedOrders(stores: Stores, count: number, withTimelines: boolean): Promise<void> {
  const perTransaction = 500;
  for (let from = 0; from < count; from += perTransaction) {
    const to = Math.min(from + perTransaction, count);
    const saving = stores.transact((tx) => {
      for (let n = from; n < to; n += 1) {
        tx.orders.put(benchOrder(n));
        if (!withTimelines) continue;
        for (const entry of benchTimeline(n)) tx.timelines.append(benchOrder(n).orderNo, entry);
      }
    });
    if (from % (perTransaction * 8) === 0) await saving;
  }
  await stores.durable();
}

/** Prints rows under their headings, numbers to the right. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   ');
  console.log(line(headings));
  console.log(widths.map((width) => '-'.repeat(width)).join('   '));
  for (const row of rows) console.log(line(row));
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
