import { startOfDay } from '../../../shared/nairobi.ts';
import type { Order } from '../../../shared/order.ts';
import type { Takings } from '../../../web/models/bots.ts';

/** What one order adds to the sales of the day on which it was paid. */
export interface Sale {
  readonly clientId: string;
  readonly live: boolean;
  /** Midnight in Nairobi of the day on which it was paid. */
  readonly dayStart: number;
  readonly sumKes: number;
  readonly discountKes: number;
}

/** Undefined: the order was not paid, or its money was given back. */
export function saleOf(order: Order): Sale | undefined {
  const { state, paidAt } = order.payment;
  if (state !== 'paid' || paidAt === undefined) return undefined;
  return {
    clientId: order.clientId,
    live: order.mode === 'live',
    dayStart: startOfDay(paidAt),
    sumKes: order.payableKes,
    discountKes: order.amountKes - order.payableKes,
  };
}

export const emptyTakings: Takings = { sumKes: 0, sales: 0, discountKes: 0 };

export function addSale(takings: Takings, sale: Sale): Takings {
  return {
    sumKes: takings.sumKes + sale.sumKes,
    sales: takings.sales + 1,
    discountKes: takings.discountKes + sale.discountKes,
  };
}

function withoutSale(takings: Takings, sale: Sale): Takings {
  return {
    sumKes: takings.sumKes - sale.sumKes,
    sales: takings.sales - 1,
    discountKes: takings.discountKes - sale.discountKes,
  };
}

interface DayTakings {
  readonly live: Takings;
  readonly simulated: Takings;
}
const nothing: DayTakings = { live: emptyTakings, simulated: emptyTakings };
/** Under which everybody's sum is kept. */
export const EVERYBODY = '';

/**
 * Today's sales by Nairobi's clock, kept up to date change by change: a glance costs nothing, however many orders there are.
 * All orders are looked through once at the start and once after each midnight.
 */
export class TodaysTakings {
  readonly #orders: () => Iterable<Order>;
  readonly #sales = new Map<string, Sale>();
  readonly #sums = new Map<string, DayTakings>();
  #dayStart = Number.NEGATIVE_INFINITY;

  constructor(orders: () => Iterable<Order>) {
    this.#orders = orders;
  }

  /** Takes note of an order as it is now; telling the same twice changes nothing. */
  note(orderNo: string, order: Order | undefined): void {
    const before = this.#sales.get(orderNo);
    if (before) this.#sum(before, withoutSale);
    const sale = order && saleOf(order);
    if (sale?.dayStart === this.#dayStart) {
      this.#sales.set(orderNo, sale);
      this.#sum(sale, addSale);
    } else {
      this.#sales.delete(orderNo);
    }
  }

  /** @param clientId only this client's; without it, everybody's */
  read(now: number, clientId: string = EVERYBODY): DayTakings {
    this.#turnDay(now);
    return this.#sums.get(clientId) ?? nothing;
  }

  #sum(sale: Sale, change: (takings: Takings, sale: Sale) => Takings): void {
    const kind = sale.live ? 'live' : 'simulated';
    for (const key of [EVERYBODY, sale.clientId]) {
      const sums = this.#sums.get(key) ?? nothing;
      this.#sums.set(key, { ...sums, [kind]: change(sums[kind], sale) });
    }
  }

  #turnDay(now: number): void {
    const dayStart = startOfDay(now);
    if (dayStart === this.#dayStart) return;
    this.#dayStart = dayStart;
    this.#sales.clear();
    this.#sums.clear();
    for (const order of this.#orders()) this.note(order.orderNo, order);
  }
}
