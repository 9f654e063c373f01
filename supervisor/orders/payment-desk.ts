import { type Clock, MINUTE_MS } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { TaskQueue } from '../../shared/task-queue.ts';
import type { Gateways } from '../gateways/gateways.ts';
import type { PaymentStatusAnswer } from '../gateways/types.ts';
import type { Stores } from '../stores/types.ts';
import { Backoff } from './backoff.ts';
import type { OrderEvent } from './machine.ts';
import type { OrderBook } from './order-book.ts';
import { isTold } from './payment-events.ts';
import { receiptHolder } from './receipts.ts';
import { nextPaymentStep, PROMPT_EXPIRY_MS, type Unanswered } from './schedule.ts';
import { Timetable } from './timetable.ts';

/** How many STK pushes run at once; customers wait for them, so no question about an older payment is ever ahead of them. */
const CONCURRENT_PUSHES = 16;
/** A prompt that would come later than this after the customer's yes is not sent: it would come out of the blue. */
const STALE_REQUEST_MS = 3 * MINUTE_MS;
/** How many questions about young prompts run at once: somebody may be holding the phone. */
const CONCURRENT_YOUNG_ASKS = 12;
/** How many about older ones. Ten thousand of them take their time, and nobody else's. */
const CONCURRENT_OLD_ASKS = 4;
/**
 * How many expired prompts and ended watches are written down at once. Thousands of prompts may have gone out in the same minute; nobody
 * who writes to a bot just then waits behind more than these.
 */
const CONCURRENT_ENDS = 16;
/** After so many questions that a silent gateway is spared, the line is held up for one turn of the event loop. */
const LEAVE_AT_ONCE = 20;
/** After a restart, and after a gateway's silence, the due questions are spread over this long for each hundred of them. */
const SPREAD_MS_PER_HUNDRED = 2_000;
/** How often is asked about a prompt that, by the present clock, has not been sent yet. */
const SET_BACK_ASK_MS = 5_000;
/** Who is just paying is asked for within this. */
const YOUNG_SPREAD_MS = 2_000;
/** Daraja shows at most this much of the description. */
const DESCRIPTION = 'Airtime';

/**
 * Gets orders paid: sends the STK push of a fresh order, then asks the gateway along the schedule until the payment is settled.
 * Every call's intent is durable before the call (the order itself is the push's), every answer before anyone is told.
 */
export class PaymentDesk {
  readonly #options: PaymentDeskOptions;
  /** One step of an order at a time. */
  readonly #orders = new TaskQueue();
  readonly #pushes = new TaskQueue(CONCURRENT_PUSHES);
  readonly #youngAsks = new TaskQueue(CONCURRENT_YOUNG_ASKS);
  readonly #oldAsks = new TaskQueue(CONCURRENT_OLD_ASKS);
  readonly #ends = new TaskQueue(CONCURRENT_ENDS);
  readonly #backoff = new Backoff();
  readonly #timetable: Timetable;
  /** When this process last asked about an order. */
  readonly #lastAskAt = new Map<string, number>();
  /** Orders whose last question brought no word on the payment. */
  readonly #unanswered = new Map<string, Unanswered>();
  #leftInLine = 0;
  #closing = false;

  constructor(options: PaymentDeskOptions) {
    this.#options = options;
    this.#timetable = new Timetable(options.clock, (orderNo) => this.#step(orderNo));
  }

  /** Takes up an order that the process found at its start. */
  async recover(order: Order): Promise<void> {
    if (order.payment.state === 'requesting') {
      const reason = 'The platform stopped while the prompt was being requested';
      await this.#options.book.record(order.orderNo, { type: 'stk-unknown', reason });
      return;
    }
    const next = nextPaymentStep(order, undefined);
    if (!next) return;
    // What fell due while nobody was there is asked soon, but not all in the same second.
    const now = this.#options.clock.now();
    const soonest =
      order.payment.state === 'prompted' ? now + this.#options.random() * YOUNG_SPREAD_MS : this.#spread(now);
    this.#timetable.set(order.orderNo, Math.max(dueAt(order, next.at, now), soonest));
  }

  /** Sends the prompt of an order that has just been written down as `requesting`. */
  request(order: Order): Promise<void> {
    return this.#orders.run(order.orderNo, async () => {
      const answer = await this.#pushes.run(order.orderNo, () => this.#push(order));
      await this.#options.book.record(order.orderNo, (_order, tx) => {
        if (answer.type !== 'stk-accepted') return answer;
        const other = tx.orders.byCheckoutRequestId(answer.checkoutRequestId);
        if (!other) return answer;
        // Asked about with this id, the gateway would tell of the other order's payment.
        return { type: 'stk-unknown', reason: `Shadow Pay answered with the id of order ${other.orderNo}` };
      });
    });
  }

  /**
   * Asks the gateway now, whatever the schedule says.
   * @returns what it said, or undefined when there is nothing to ask about.
   */
  check(orderNo: string): Promise<PaymentStatusAnswer | undefined> {
    return this.#orders.run(orderNo, () => this.#ask(orderNo));
  }

  /** Resolves when no call is under way any more; nothing new is scheduled afterwards. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#timetable.close();
    await this.#orders.idle();
  }

  async #push(order: Order): Promise<OrderEvent> {
    const { gateways, clock, stillOwner } = this.#options;
    const gateway = gateways.shadowPayOf(order.payment.credentials);
    if (!gateway) return notAsked('The payment keys are not set any more');
    if (this.#closing) return notAsked('The platform is stopping');
    if (clock.now() - order.payment.requestedAt > STALE_REQUEST_MS)
      return notAsked('Too many prompts were waiting to be sent');
    stillOwner();
    const answer = await gateway.stkPush({
      phone: order.payerPhone,
      amountKes: order.payableKes,
      reference: order.orderNo,
      description: DESCRIPTION,
    });
    switch (answer.outcome) {
      case 'accepted':
        return { type: 'stk-accepted', checkoutRequestId: answer.checkoutRequestId };
      case 'refused':
        return { type: 'stk-refused', cause: answer.cause, reason: answer.reason };
      case 'unknown':
        return { type: 'stk-unknown', reason: answer.reason };
    }
  }

  async #step(orderNo: string): Promise<void> {
    const order = this.#options.stores.orders.get(orderNo);
    if (!order) return;
    const now = this.#options.clock.now();
    const resumesAt = this.#backoff.until(order.payment.credentials.setId, now);
    const next = nextPaymentStep(
      order,
      this.#lastAskAt.get(orderNo),
      resumesAt,
      this.#unanswered.get(orderNo),
    );
    if (!next) return;
    if (next.step === 'ask' && resumesAt > now) {
      this.#timetable.set(orderNo, Math.min(this.#spread(next.at), expiryOf(order, now)));
      return;
    }
    const lane = order.payment.state === 'prompted' ? this.#youngAsks : this.#oldAsks;
    await this.#orders.run(orderNo, async () => {
      if (next.step === 'ask') return lane.run(orderNo, () => this.#askUnlessSilent(orderNo));
      const type = next.step === 'expire' ? 'prompt-expired' : 'watch-ended';
      await this.#ends.run(orderNo, () => this.#options.book.record(orderNo, { type }));
    });
  }

  /** The gateway may have fallen silent while this question stood in line; then what else the order waits for must not wait with it. */
  async #askUnlessSilent(orderNo: string): Promise<void> {
    const setId = this.#options.stores.orders.get(orderNo)?.payment.credentials.setId;
    const now = this.#options.clock.now();
    if (setId === undefined || this.#backoff.until(setId, now) <= now) {
      await this.#ask(orderNo);
      return;
    }
    this.plan(orderNo);
    // Thousands may stand in line when a gateway falls silent; everybody else has a turn while they leave it.
    this.#leftInLine += 1;
    if (this.#leftInLine % LEAVE_AT_ONCE === 0)
      await new Promise<void>((resolve) => this.#options.clock.schedule(0, resolve));
  }

  async #ask(orderNo: string): Promise<PaymentStatusAnswer | undefined> {
    const { stores, gateways, clock, logger } = this.#options;
    const order = stores.orders.get(orderNo);
    const id = order?.payment.checkoutRequestId;
    if (!order || id === undefined || isTold(order.payment)) return undefined;
    const gateway = gateways.shadowPayOf(order.payment.credentials);
    const answer: PaymentStatusAnswer = gateway
      ? await gateway.status(id)
      : { outcome: 'unavailable', reason: 'The keys that this order was charged with are not set any more' };
    this.#lastAskAt.set(orderNo, clock.now());
    const { setId } = order.payment.credentials;
    if (answer.outcome === 'unavailable') {
      this.#unanswered.set(orderNo, 'silence');
      this.#backoff.unavailable(setId, clock.now(), answer.retryAfterMs);
      logger.warn({ orderNo, reason: answer.reason }, 'payment could not be asked about');
    } else {
      if (answer.outcome === 'pending') this.#unanswered.set(orderNo, 'nothing');
      else this.#unanswered.delete(orderNo);
      this.#backoff.answered(setId);
    }
    await this.#learn(orderNo, answer);
    return answer;
  }

  async #learn(orderNo: string, answer: PaymentStatusAnswer): Promise<void> {
    const { book } = this.#options;
    if (answer.outcome === 'failed') {
      await book.record(orderNo, { type: 'payment-failed', cause: answer.cause, reason: answer.reason });
    } else if (answer.outcome === 'paid') {
      const { outcome: _paid, ...seen } = answer;
      await book.record(orderNo, (order, tx) => {
        // Looked up inside the transaction: two orders must not both claim one receipt.
        const receiptOf = receiptHolder(tx.orders, seen.receipt, order);
        return { type: 'payment-seen', ...seen, ...(receiptOf !== undefined && { receiptOf }) };
      });
    }
    // Also when nothing was written: the next question depends on when this one was asked.
    this.plan(orderNo);
  }

  /** A moment from `at` on, later the more orders are waiting. */
  #spread(at: number): number {
    const hundreds = Math.ceil((this.#timetable.size + 1) / 100);
    return at + this.#options.random() * hundreds * SPREAD_MS_PER_HUNDRED;
  }

  /** Puts the order's next step into the timetable; called after every durable change of it. */
  plan(orderNo: string): void {
    const order = this.#options.stores.orders.get(orderNo);
    const unanswered = this.#unanswered.get(orderNo);
    const next = order && nextPaymentStep(order, this.#lastAskAt.get(orderNo), 0, unanswered);
    if (next) {
      this.#timetable.set(orderNo, dueAt(order, next.at, this.#options.clock.now()));
    } else {
      this.#timetable.delete(orderNo);
      this.#lastAskAt.delete(orderNo);
      this.#unanswered.delete(orderNo);
    }
  }
}

/** No prompt was asked for, so there is certainly none. */
function notAsked(reason: string): OrderEvent {
  return { type: 'stk-refused', cause: 'gateway', by: 'system', reason };
}

/** The clock may have been set back since: by what is stored, the next question would be as far away as the correction was large. */
function dueAt({ payment }: Order, plannedAt: number, now: number): number {
  return (payment.promptedAt ?? 0) > now ? Math.min(plannedAt, now + SET_BACK_ASK_MS) : plannedAt;
}

/** When the customer is to be told that time ran out, if that is still to come; no spreading of questions may hold it up. */
function expiryOf({ payment }: Order, now: number): number {
  const at = (payment.promptedAt ?? 0) + PROMPT_EXPIRY_MS;
  return payment.state === 'prompted' && at > now ? at : Number.POSITIVE_INFINITY;
}

export interface PaymentDeskOptions {
  readonly stores: Stores;
  readonly book: OrderBook;
  readonly gateways: Gateways;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1; spreads the questions after a restart. */
  readonly random: () => number;
  /** Throws when this process does not own the data folder any more: then no money may move. */
  readonly stillOwner: () => void;
}
