import { DAY_MS } from '../../../shared/clock.ts';
import { startOfDay } from '../../../shared/nairobi.ts';
import type { Order } from '../../../shared/order.ts';
import type { SalesDay } from '../../../web/models/overview.ts';
import { addSale, EVERYBODY, emptyTakings, type Sale, saleOf } from './takings.ts';

/** Today and the 29 days before it. */
export const HISTORY_DAYS = 30;
/** Looking through all orders again takes at most one part in so many of the time. */
const RESCAN_PAUSE_FACTOR = 50;

type DaysOfClient = Map<number, SalesDay>;

/**
 * Sales of the days before today, per client. All orders are looked through once a day; after that a glance costs nothing until an
 * order of an earlier day changes its sum (a refund, for one).
 */
export class SalesHistory {
  readonly #orders: () => Iterable<Order>;
  readonly #elapsedMs: () => number;
  readonly #clients = new Map<string, DaysOfClient>();
  #today = Number.NEGATIVE_INFINITY;
  #stale = true;
  #scannedAt = Number.NEGATIVE_INFINITY;
  #scanMs = 0;

  /** @param elapsedMs a clock that only measures durations */
  constructor(orders: () => Iterable<Order>, elapsedMs: () => number = () => performance.now()) {
    this.#orders = orders;
    this.#elapsedMs = elapsedMs;
  }

  /** Takes note of a change; most are of today's orders and alter nothing here. */
  note(before: Order | undefined, after: Order | undefined): void {
    if (this.#past(before) !== this.#past(after)) this.#stale = true;
  }

  /** The days before today, oldest first. @param clientId only this client's; without it, everybody's */
  read(now: number, clientId: string = EVERYBODY): readonly SalesDay[] {
    this.#refresh(now);
    const days = this.#clients.get(clientId);
    return Array.from({ length: HISTORY_DAYS - 1 }, (_, index) => {
      const dayStart = this.#today - (HISTORY_DAYS - 1 - index) * DAY_MS;
      return days?.get(dayStart) ?? emptyDay(dayStart);
    });
  }

  /** What an order adds to a day before today, as one comparable text. */
  #past(order: Order | undefined): string {
    const sale = order && saleOf(order);
    return sale && sale.dayStart < this.#today ? JSON.stringify(sale) : '';
  }

  #refresh(now: number): void {
    const today = startOfDay(now);
    const at = this.#elapsedMs();
    const rested = at - this.#scannedAt >= this.#scanMs * RESCAN_PAUSE_FACTOR;
    if (today === this.#today && !(this.#stale && rested)) return;
    this.#today = today;
    this.#stale = false;
    this.#clients.clear();
    for (const order of this.#orders()) {
      const sale = saleOf(order);
      if (sale && sale.dayStart < today && sale.dayStart > today - HISTORY_DAYS * DAY_MS) this.#add(sale);
    }
    this.#scannedAt = this.#elapsedMs();
    this.#scanMs = this.#scannedAt - at;
  }

  #add(sale: Sale): void {
    const kind = sale.live ? 'live' : 'simulated';
    for (const key of [EVERYBODY, sale.clientId]) {
      const days = this.#clients.get(key) ?? new Map<number, SalesDay>();
      const day = days.get(sale.dayStart) ?? emptyDay(sale.dayStart);
      days.set(sale.dayStart, { ...day, [kind]: addSale(day[kind], sale) });
      this.#clients.set(key, days);
    }
  }
}

function emptyDay(dayStart: number): SalesDay {
  return { dayStart, live: emptyTakings, simulated: emptyTakings };
}
