import { DAY_MS } from '../../shared/clock.ts';
import { startOfDay } from '../../shared/nairobi.ts';
import type { Order } from '../../shared/order.ts';
import type { Stores } from '../stores/types.ts';

const PAGE = 200;

/**
 * The airtime of each client's orders of today (Nairobi's day) that were paid or still may be: what a daily limit counts. Kept
 * change by change; only the first look at a day goes through its orders.
 */
export class DaySales {
  readonly #stores: Stores;
  /** What each of today's orders counts. */
  readonly #counted = new Map<string, { readonly clientId: string; readonly amountKes: number }>();
  readonly #sums = new Map<string, number>();
  #dayStart: number | undefined;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** @returns how to stop following. */
  start(now: number): () => void {
    this.#turnDay(now);
    return this.#stores.onCommit((changes) => {
      for (const change of changes)
        if (change.collection === 'orders' && change.after) this.count(change.after);
    });
  }

  /** In shillings of airtime. */
  soldKes(clientId: string, now: number): number {
    this.#turnDay(now);
    return this.#sums.get(clientId) ?? 0;
  }

  /** Counts an order as it is now; a new one at once, before its transaction is durable, so that two cannot share one rest. */
  count(order: Order): void {
    const { orderNo, clientId, createdAt, amountKes } = order;
    this.forget(order);
    const dayStart = this.#dayStart;
    const isToday = dayStart !== undefined && createdAt >= dayStart && createdAt < dayStart + DAY_MS;
    if (!isToday || !countsForLimits(order)) return;
    this.#counted.set(orderNo, { clientId, amountKes });
    this.#sums.set(clientId, (this.#sums.get(clientId) ?? 0) + amountKes);
  }

  /** Takes a {@link count} back: the order was not written. */
  forget({ orderNo }: Pick<Order, 'orderNo'>): void {
    const counted = this.#counted.get(orderNo);
    if (!counted) return;
    this.#counted.delete(orderNo);
    this.#sums.set(counted.clientId, (this.#sums.get(counted.clientId) ?? 0) - counted.amountKes);
  }

  /** Also back to an earlier day: the machine's clock may have been ahead. */
  #turnDay(now: number): void {
    const dayStart = startOfDay(now);
    if (dayStart === this.#dayStart) return;
    this.#dayStart = dayStart;
    this.#counted.clear();
    this.#sums.clear();
    const filter = { from: dayStart, to: dayStart + DAY_MS };
    let cursor: string | undefined;
    do {
      const page = this.#stores.orders.page(filter, {
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      for (const order of page.items) this.count(order);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}

/** Money came in for it or still may: not declined, expired or given back. */
export function countsForLimits({ payment, delivery }: Order): boolean {
  if (payment.state === 'paid' || payment.state === 'review') return true;
  const mayComeIn = ['requesting', 'prompted', 'unknown'].includes(payment.state);
  return mayComeIn && delivery.state !== 'cancelled';
}
