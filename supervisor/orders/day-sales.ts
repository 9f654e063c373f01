import { startOfDay } from '../../shared/nairobi.ts';
import type { Order } from '../../shared/order.ts';
import type { Stores } from '../stores/types.ts';

const PAGE = 200;

/**
 * The airtime of each client's orders of today (Nairobi's day) that were paid or still may be: what a daily limit counts. Kept
 * change by change; only the first look of a process goes through today's orders.
 */
export class DaySales {
  readonly #stores: Stores;
  readonly #sums = new Map<string, number>();
  #dayStart = Number.NEGATIVE_INFINITY;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** @returns how to stop following. */
  start(now: number): () => void {
    this.#turnDay(now);
    let cursor: string | undefined;
    do {
      const page = this.#stores.orders.page(
        { from: this.#dayStart },
        { limit: PAGE, ...(cursor !== undefined && { cursor }) },
      );
      for (const order of page.items) this.#add(order.clientId, this.#part(order));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return this.#stores.onCommit((changes) => {
      for (const change of changes) {
        if (change.collection !== 'orders' || !change.after) continue;
        const { before, after } = change;
        this.#turnDay(after.updatedAt);
        this.#add(after.clientId, this.#part(after) - (before ? this.#part(before) : 0));
      }
    });
  }

  /** In shillings of airtime. */
  soldKes(clientId: string, now: number): number {
    this.#turnDay(now);
    return this.#sums.get(clientId) ?? 0;
  }

  #part(order: Order): number {
    return order.createdAt >= this.#dayStart && countsForLimits(order) ? order.amountKes : 0;
  }

  #add(clientId: string, amountKes: number): void {
    if (amountKes !== 0) this.#sums.set(clientId, (this.#sums.get(clientId) ?? 0) + amountKes);
  }

  #turnDay(now: number): void {
    const dayStart = startOfDay(now);
    // A late change of yesterday's order does not bring yesterday back.
    if (dayStart <= this.#dayStart) return;
    this.#dayStart = dayStart;
    this.#sums.clear();
  }
}

/** Money came in for it or still may: not declined, expired or given back. */
export function countsForLimits({ payment, delivery }: Order): boolean {
  if (payment.state === 'paid' || payment.state === 'review') return true;
  return (payment.state === 'requesting' || payment.state === 'prompted') && delivery.state !== 'cancelled';
}
