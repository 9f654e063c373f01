import { type Clock, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { TaskQueue } from '../../shared/task-queue.ts';
import type { Gateways, StatumAccess } from '../gateways/gateways.ts';
import type { AirtimeAnswer, DeliveryCallback } from '../gateways/types.ts';
import type { OrderReader, Stores } from '../stores/types.ts';
import type { FloatKeeper } from './float.ts';
import { sameMoney } from './limits.ts';
import type { OrderEvent } from './machine.ts';
import type { OrderBook } from './order-book.ts';
import { Timetable } from './timetable.ts';

const CONCURRENT_CALLS = 16;
/**
 * Statum rejects similar requests within five minutes of each other; equal phone and amount are kept further apart than that
 * (facts/gateways, fact 7). The margin covers clocks and slow calls.
 */
export const SPACING_MS = 5 * MINUTE_MS + 10 * SECOND_MS;
/** How soon a held delivery is tried again, by cause. The wait grows with each attempt up to ten times this. */
const RETRY_MS = { float: 15 * SECOND_MS, credentials: 60 * SECOND_MS, gateway: 15 * SECOND_MS } as const;
/** Callbacks that came before the order knew its request id. */
const MAX_EARLY_CALLBACKS = 10_000;

/**
 * Delivers paid orders: at most one POST that Statum may have taken. A delivery is claimed by a compare-and-swap on the durable
 * state before the call, so neither a second process nor a second event can send it again.
 */
export class DeliveryDesk {
  readonly #options: DeliveryDeskOptions;
  readonly #calls = new TaskQueue(CONCURRENT_CALLS);
  readonly #holds: Timetable;
  readonly #early = new Map<string, DeliveryCallback>();

  constructor(options: DeliveryDeskOptions) {
    this.#options = options;
    this.#holds = new Timetable(options.clock, (orderNo) => this.#retry(orderNo));
  }

  /** Takes up an order that the process found at its start. */
  async recover(order: Order): Promise<void> {
    const { state } = order.delivery;
    if (state === 'submitting') {
      const reason = 'The platform stopped while the airtime was being requested';
      await this.#options.book.record(order.orderNo, { type: 'airtime-unknown', reason });
    } else if (state === 'queued') {
      await this.deliver(order.orderNo);
    } else if (state === 'held') {
      this.#holds.set(order.orderNo, order.delivery.notBefore ?? this.#options.clock.now());
    }
  }

  /** Sends a queued order's airtime; anything else is left alone. */
  deliver(orderNo: string): Promise<void> {
    return this.#calls.run(orderNo, async () => {
      if (this.#options.stopping()) return;
      const { book, gateways } = this.#options;
      let gateway: StatumAccess | undefined;
      const claimed = await book.record(orderNo, (order, tx) => {
        if (order.delivery.state !== 'queued') return undefined;
        gateway = gateways.statumFor(order);
        return this.#claim(order, tx.orders, gateway);
      });
      if (claimed?.delivery.state === 'held') this.#holds.set(orderNo, claimed.delivery.notBefore ?? 0);
      if (claimed?.delivery.state !== 'submitting' || !gateway) return;
      this.#options.stillOwner();
      const answer = await gateway.sendAirtime({
        phone: claimed.recipientPhone,
        amountKes: claimed.amountKes,
      });
      await this.#learn(claimed, answer);
    });
  }

  /** Statum's word on a delivery. One that comes before its order knows the request id is kept until it does. */
  async callback(callback: DeliveryCallback, setId: string): Promise<void> {
    const order = this.#options.stores.orders.byDeliveryRequestId(callback.requestId);
    if (order) {
      // Another set's URL cannot speak for this order.
      if (order.delivery.credentials?.setId === setId)
        await this.#record(order.orderNo, callbackEvent(callback));
      return;
    }
    const oldest = this.#early.keys().next();
    if (this.#early.size >= MAX_EARLY_CALLBACKS && !oldest.done) this.#early.delete(oldest.value);
    this.#early.set(earlyKey(setId, callback.requestId), callback);
  }

  async close(): Promise<void> {
    this.#holds.close();
    await this.#calls.idle();
  }

  #claim(order: Order, orders: OrderReader, gateway: StatumAccess | undefined): OrderEvent {
    const now = this.#options.clock.now();
    if (!gateway) {
      return hold('credentials', 'The airtime keys are not set', now + RETRY_MS.credentials);
    }
    const blockedUntil = spacedUntil(order, orders, now);
    if (blockedUntil > now) {
      return hold('spacing', 'The same airtime went to this number less than 5 minutes ago', blockedUntil);
    }
    return { type: 'delivery-claimed', credentials: gateway.ref };
  }

  async #learn(order: Order, answer: AirtimeAnswer): Promise<void> {
    const { orderNo } = order;
    switch (answer.outcome) {
      case 'accepted': {
        await this.#record(orderNo, { type: 'airtime-accepted', requestId: answer.requestId });
        const key = earlyKey(order.delivery.credentials?.setId ?? '', answer.requestId);
        const early = this.#early.get(key);
        this.#early.delete(key);
        if (early) await this.#record(orderNo, callbackEvent(early));
        return;
      }
      case 'held': {
        const waitMs = RETRY_MS[answer.cause] * Math.min(order.delivery.attempts, 10);
        const notBefore = this.#options.clock.now() + waitMs;
        await this.#record(orderNo, hold(answer.cause, answer.reason, notBefore));
        this.#holds.set(orderNo, notBefore);
        return;
      }
      case 'rejected':
        await this.#record(orderNo, { type: 'airtime-rejected', reason: answer.reason });
        return;
      case 'unknown':
        await this.#record(orderNo, { type: 'airtime-unknown', reason: answer.reason });
        return;
    }
  }

  /** A hold's time is over: back into the queue (whose change sets off the delivery), unless the float is still too small. */
  async #retry(orderNo: string): Promise<void> {
    const order = this.#options.stores.orders.get(orderNo);
    if (order?.delivery.state !== 'held' || this.#options.stopping()) return;
    if (order.delivery.holdCause === 'float' && !(await this.#options.float.nowCovers(order))) {
      this.#holds.set(orderNo, this.#options.clock.now() + RETRY_MS.float);
      return;
    }
    await this.#record(orderNo, { type: 'delivery-released' });
  }

  async #record(orderNo: string, event: OrderEvent): Promise<void> {
    await this.#options.book.record(orderNo, event);
  }
}

export interface DeliveryDeskOptions {
  readonly stores: Stores;
  readonly book: OrderBook;
  readonly gateways: Gateways;
  readonly float: FloatKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stillOwner: () => void;
  readonly stopping: () => boolean;
}

/** When the last POST for this phone and amount that Statum may have taken is far enough away. */
function spacedUntil(order: Order, orders: OrderReader, now: number): number {
  let until = now;
  for (const other of orders.byRecipient(order.recipientPhone, 50)) {
    const { submittedAt } = other.delivery;
    if (submittedAt === undefined || other.amountKes !== order.amountKes || !sameMoney(other, order))
      continue;
    until = Math.max(until, submittedAt + SPACING_MS);
  }
  return until;
}

function hold(
  cause: Extract<OrderEvent, { type: 'delivery-held' }>['cause'],
  reason: string,
  notBefore: number,
): OrderEvent {
  return { type: 'delivery-held', cause, reason, notBefore };
}

function callbackEvent({ delivered, description }: DeliveryCallback): OrderEvent {
  return { type: 'delivery-callback', delivered, description };
}

function earlyKey(setId: string, requestId: string): string {
  return `${setId} ${requestId}`;
}
