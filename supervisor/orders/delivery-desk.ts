import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { type EarlyCallback, earlyCallbackKey } from '../../shared/delivery-callback.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { TaskQueue } from '../../shared/task-queue.ts';
import type { Gateways, StatumAccess } from '../gateways/gateways.ts';
import type { AirtimeAnswer, DeliveryCallback } from '../gateways/types.ts';
import type { OrderReader, Stores, Transaction } from '../stores/types.ts';
import type { FloatKeeper } from './float.ts';
import { sameMoney } from './limits.ts';
import type { OrderEvent } from './machine.ts';
import type { OrderBook } from './order-book.ts';
import { Timetable } from './timetable.ts';

const CONCURRENT_CALLS = 16;
/**
 * Statum rejects similar requests within five minutes of each other; equal phone and amount are kept further apart than that
 * (docs/gateways.md, fact 7). The margin covers clocks and slow calls.
 */
export const SPACING_MS = 5 * MINUTE_MS + 10 * SECOND_MS;
/** How many held deliveries go back into the queue at once when the cause of thousands is gone. */
const CONCURRENT_RETRIES = 16;
/** How soon a held delivery is tried again, by cause. The wait grows with each attempt up to ten times this. */
const RETRY_MS = { float: 15 * SECOND_MS, credentials: 60 * SECOND_MS, gateway: 15 * SECOND_MS } as const;
const LONGEST_HOLD_MS = 10 * RETRY_MS.credentials;
/** Callbacks that no order knows are kept this long, and at most so many. */
const EARLY_CALLBACK_MS = 1 * DAY_MS;
const MAX_EARLY_CALLBACKS = 10_000;

/**
 * Delivers paid orders: at most one POST that Statum may have taken. A delivery is claimed by a compare-and-swap on the durable
 * state before the call, so neither a second process nor a second event can send it again.
 */
export class DeliveryDesk {
  readonly #options: DeliveryDeskOptions;
  readonly #calls = new TaskQueue(CONCURRENT_CALLS);
  readonly #retries = new TaskQueue(CONCURRENT_RETRIES);
  readonly #holds: Timetable;
  /** Orders that this process has let wait for the spacing. */
  readonly #spaced = new Set<string>();

  constructor(options: DeliveryDeskOptions) {
    this.#options = options;
    this.#holds = new Timetable(options.clock, (orderNo) => this.#retry(orderNo));
  }

  /** Callbacks that an earlier process kept, and whose order learnt its request id just before that process died. */
  async recoverCallbacks(): Promise<void> {
    for (const { setId, requestId } of [...this.#options.stores.callbacks.values()]) {
      const order = this.#options.stores.orders.byDeliveryRequestId(requestId);
      if (order?.delivery.credentials?.setId === setId) await this.#takeEarly(order.orderNo);
    }
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
      const now = this.#options.clock.now();
      // No wait is longer; a time further away was written before the clock was set back.
      this.#holds.set(order.orderNo, Math.min(order.delivery.notBefore ?? now, now + LONGEST_HOLD_MS));
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
    const { requestId, delivered, description } = callback;
    await this.#options.book.recordFound((tx) => {
      // The answer that tells the order its request id may be on its way, and so may staff who send the airtime again.
      const order = tx.orders.byDeliveryRequestId(requestId);
      // Another set's URL cannot speak for an order, so it is told nothing of one.
      if (order) {
        return order.delivery.credentials?.setId === setId
          ? { orderNo: order.orderNo, event: callbackEvent(callback) }
          : undefined;
      }
      const superseded = tx.callbacks.get(earlyCallbackKey({ setId, requestId }))?.supersededFor;
      if (superseded !== undefined) {
        return delivered
          ? { orderNo: superseded, event: { type: 'superseded-delivered', requestId } }
          : undefined;
      }
      const now = this.#options.clock.now();
      makeRoom(tx, setId, now);
      tx.callbacks.put({ setId, requestId, delivered, description, receivedAt: now });
      return undefined;
    });
  }

  /** Applies the callback that came before its order knew the request id, if there is one. */
  async #takeEarly(orderNo: string): Promise<void> {
    await this.#options.book.record(orderNo, ({ delivery }, tx) => {
      const { requestId, credentials } = delivery;
      if (requestId === undefined || !credentials) return undefined;
      const key = earlyCallbackKey({ setId: credentials.setId, requestId });
      const early = tx.callbacks.get(key);
      if (!early) return undefined;
      tx.callbacks.delete(key);
      return callbackEvent(early);
    });
  }

  async close(): Promise<void> {
    this.#holds.close();
    await Promise.all([this.#calls.idle(), this.#retries.idle()]);
  }

  #claim(order: Order, orders: OrderReader, gateway: StatumAccess | undefined): OrderEvent {
    const now = this.#options.clock.now();
    if (!gateway) {
      return hold('credentials', 'The airtime keys are not set', now + RETRY_MS.credentials);
    }
    const blockedUntil = spacedUntil(order, orders, now, this.#spaced.has(order.orderNo));
    if (blockedUntil > now) {
      return hold('spacing', 'The same airtime went to this number less than 5 minutes ago', blockedUntil);
    }
    this.#spaced.delete(order.orderNo);
    return { type: 'delivery-claimed', credentials: gateway.ref };
  }

  async #learn(order: Order, answer: AirtimeAnswer): Promise<void> {
    const { orderNo } = order;
    switch (answer.outcome) {
      case 'accepted': {
        const { requestId } = answer;
        await this.#options.book.record(orderNo, (_order, tx) => {
          const other = tx.orders.byDeliveryRequestId(requestId);
          // An answer that was given before says nothing of this request.
          return other && other.orderNo !== orderNo
            ? {
                type: 'airtime-unknown',
                reason: `Statum answered with the request id of order ${other.orderNo}`,
              }
            : { type: 'airtime-accepted', requestId };
        });
        await this.#takeEarly(orderNo);
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

  /** A hold's time is over: back into the queue (whose change sets off the delivery), unless its cause is still there. */
  async #retry(orderNo: string): Promise<void> {
    const order = this.#options.stores.orders.get(orderNo);
    if (order?.delivery.state !== 'held' || this.#options.stopping()) return;
    if (order.delivery.holdCause === 'spacing') this.#spaced.add(orderNo);
    if (!(await this.#causeIsGone(order))) {
      this.#holds.set(
        orderNo,
        this.#options.clock.now() + RETRY_MS[order.delivery.holdCause === 'float' ? 'float' : 'credentials'],
      );
      return;
    }
    await this.#retries.run(orderNo, () => this.#record(orderNo, { type: 'delivery-released' }));
  }

  async #causeIsGone(order: Order): Promise<boolean> {
    if (!this.#options.gateways.statumFor(order)) return false;
    return order.delivery.holdCause !== 'float' || (await this.#options.float.nowCovers(order));
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

/**
 * When the last POST for this phone and amount that Statum may have taken is far enough away.
 * @param hasWaited the order has waited for it already: a POST that still lies in the future was made before the clock was set back.
 */
function spacedUntil(order: Order, orders: OrderReader, now: number, hasWaited: boolean): number {
  let until = now;
  for (const other of orders.byRecipient(order.recipientPhone, 200)) {
    const { submittedAt } = other.delivery;
    if (submittedAt === undefined || other.amountKes !== order.amountKes || !sameMoney(other, order))
      continue;
    if (submittedAt > now && hasWaited) continue;
    until = Math.max(until, Math.min(submittedAt, now) + SPACING_MS);
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

function callbackEvent({
  delivered,
  description,
}: Pick<DeliveryCallback, 'delivered' | 'description'>): OrderEvent {
  return { type: 'delivery-callback', delivered, description };
}

/** Makes room for one more early callback, whatever is too old in any case. */
function makeRoom(tx: Transaction, setId: string, now: number): void {
  let first: EarlyCallback | undefined;
  for (const callback of [...tx.callbacks.values()]) {
    if (now - callback.receivedAt >= EARLY_CALLBACK_MS) tx.callbacks.delete(earlyCallbackKey(callback));
    else if (!first || leavesBefore(callback, first, setId)) first = callback;
  }
  if (first && tx.callbacks.size >= MAX_EARLY_CALLBACKS) tx.callbacks.delete(earlyCallbackKey(first));
}

/** The oldest leaves first, of the set that wants the room if it has any: a flood to one address must not cost others theirs. */
function leavesBefore(a: EarlyCallback, b: EarlyCallback, setId: string): boolean {
  const rank = ({ setId: of, supersededFor }: EarlyCallback): number =>
    supersededFor !== undefined ? 2 : of === setId ? 0 : 1;
  return rank(a) - rank(b) < 0 || (rank(a) === rank(b) && a.receivedAt < b.receivedAt);
}
