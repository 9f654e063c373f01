import { DAY_MS } from '../../../shared/clock.ts';
import type { Order } from '../../../shared/order.ts';
import { startOfDay } from '../../../web/nairobi.ts';
import type { Takings } from '../../../web/view-models.ts';

/** What one order adds to a day: its price, if it was paid on that day and not given back. Undefined: nothing. */
export function saleOn(order: Order, dayStart: number): Sale | undefined {
  const { state, paidAt } = order.payment;
  if (state !== 'paid' || paidAt === undefined) return undefined;
  if (paidAt < dayStart || paidAt >= dayStart + DAY_MS) return undefined;
  return { clientId: order.clientId, live: order.mode === 'live', sumKes: order.payableKes };
}

interface Sale {
  readonly clientId: string;
  readonly live: boolean;
  readonly sumKes: number;
}

/**
 * Today's sales by Nairobi's clock, kept up to date change by change: a glance costs nothing, however many orders there are.
 * All orders are looked through once at the start and once after each midnight.
 */
export class TodaysTakings {
  readonly #orders: () => Iterable<Order>;
  readonly #sales = new Map<string, Sale>();
  #dayStart = Number.NEGATIVE_INFINITY;

  constructor(orders: () => Iterable<Order>) {
    this.#orders = orders;
  }

  /** Takes note of an order as it is now; telling the same twice changes nothing. */
  note(orderNo: string, order: Order | undefined): void {
    const sale = order && saleOn(order, this.#dayStart);
    if (sale) this.#sales.set(orderNo, sale);
    else this.#sales.delete(orderNo);
  }

  /** @param clientId only this client's; without it, everybody's */
  read(now: number, clientId?: string): { readonly live: Takings; readonly simulated: Takings } {
    this.#turnDay(now);
    const sums = { live: { sumKes: 0, sales: 0 }, simulated: { sumKes: 0, sales: 0 } };
    for (const sale of this.#sales.values()) {
      if (clientId !== undefined && sale.clientId !== clientId) continue;
      const sum = sale.live ? sums.live : sums.simulated;
      sum.sumKes += sale.sumKes;
      sum.sales += 1;
    }
    return sums;
  }

  #turnDay(now: number): void {
    const dayStart = startOfDay(now);
    if (dayStart === this.#dayStart) return;
    this.#dayStart = dayStart;
    this.#sales.clear();
    for (const order of this.#orders()) this.note(order.orderNo, order);
  }
}
