import type { AdminAction } from '../../shared/admin.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import {
  mayBePaidTwice,
  type Order,
  type OrderActionRequest,
  orderStatus,
  owedKes,
} from '../../shared/order.ts';
import type { ChatNetwork, Inbound } from './chat-network.ts';
import { somebody } from './customers.ts';
import type { Engine } from './engine.ts';
import type { MoneyWorld } from './money-world.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { adminPhones, OWNER, type Wishes } from './wishes.ts';

/** How long after an order staff look at it at the soonest, so that a prompt of which nobody knew is certainly over. */
const PATIENCE_MS = 15 * MINUTE_MS;

/**
 * The people at the desk, and those who act from their own WhatsApp. They look into M-Pesa and Statum's own pages before they act, so what they say is true; but they act at any
 * moment, twice, late, and on orders that need nothing.
 */
export class Staff {
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #world: MoneyWorld;
  readonly #process: () => SimulatedProcess | undefined;
  readonly #trace: (what: string, orderNo: string) => void;
  /** Actions that were carried out. */
  done = 0;
  refused = 0;
  #codes = 0;
  readonly #chats: ChatNetwork;
  readonly #wishes: Wishes;
  /** How many messages they have written to the bots. */
  written = 0;

  constructor(parts: {
    engine: Engine;
    random: Random;
    world: MoneyWorld;
    process: () => SimulatedProcess | undefined;
    chats: ChatNetwork;
    wishes: Wishes;
    trace: (what: string, orderNo: string) => void;
  }) {
    this.#engine = parts.engine;
    this.#random = parts.random;
    this.#world = parts.world;
    this.#process = parts.process;
    this.#chats = parts.chats;
    this.#wishes = parts.wishes;
    this.#trace = parts.trace;
  }

  /** Somebody comes by every few minutes until then and settles some of what needs a person. */
  attend(until: number): void {
    if (this.#engine.now >= until) return;
    this.#engine.after(this.#random.int(5, 60) * MINUTE_MS, () => {
      const process = this.#process();
      if (process) {
        for (const order of process.stores.orders.unsettled()) {
          const due = this.#engine.now - order.createdAt > PATIENCE_MS;
          if (due && orderStatus(order) === 'attention' && this.#random.chance(0.25)) this.#settle(order);
        }
      }
      this.attend(until);
    });
  }

  /** The owner keeps somebody from buying for a while, now and then. */
  ban(until: number, clientIds: readonly string[]): void {
    const random = this.#random;
    this.#engine.after(random.int(10, 60) * MINUTE_MS, () => {
      if (this.#engine.now >= until) return;
      const clientId = random.pick(clientIds);
      const person = somebody(random);
      this.#write(clientId, OWNER, { do: 'ban', person });
      this.#engine.after(random.int(30, 120) * MINUTE_MS, () =>
        this.#write(clientId, OWNER, { do: 'unban', person }),
      );
      this.ban(until, clientIds);
    });
  }

  /** An admin's yes to a confirm screen in the chat. */
  #write(clientId: string, phone: string, action: AdminAction): void {
    this.written += 1;
    const message: Inbound = {
      id: `s_${this.written}`,
      clientId,
      chatId: `${phone}@c.us`,
      customerPhone: phone,
      text: `wish_${this.written}`,
      sentAt: this.#engine.now,
    };
    this.#wishes.add(message.text, { kind: 'admin', action });
    this.#chats.inbox.set(message.id, message);
    if (this.#random.chance(0.1)) this.#process()?.offerTwice(message);
    else this.#process()?.offer(message);
  }

  /** Somebody presses some button of this order at some moment. */
  meddle(orderNo: string): void {
    const hours = this.#random.chance(0.2) ? 6 * HOUR_MS : 0;
    this.#engine.after(this.#random.int(0, 8 * MINUTE_MS) + this.#random.int(0, hours), () => {
      const order = this.#process()?.stores.orders.get(orderNo);
      if (!order) return;
      const action = this.#random.pick([
        'check-payment',
        'resend',
        'mark-delivered',
        'mark-refunded',
        'mark-refunded',
        'cancel',
        'cancel',
        'confirm-payment',
      ] as const);
      // Nobody says of airtime that it has arrived without having looked.
      if (action === 'mark-delivered' && !this.#sentFor(order)) return;
      if (action === 'mark-refunded' && this.#isLie(order)) return;
      if (action === 'confirm-payment') this.#act(order, this.#confirmation(order, true));
      else this.#act(order, this.#request(order, action));
      if (this.#random.chance(0.3)) this.#act(order, this.#request(order, action));
      if (action === 'mark-refunded') this.#perhapsAgain(order);
    });
  }

  /**
   * Somebody calls after the prompt has failed: he has paid at the till, or M-Pesa's message has come in after all. Staff find the payment in the
   * statement and confirm it, though not always with the code as it stands there.
   */
  findPayment(orderNo: string): void {
    this.#engine.after(this.#random.int(1, 30) * MINUTE_MS, () => {
      const order = this.#process()?.stores.orders.get(orderNo);
      if (order?.payment.state !== 'expired' && order?.payment.state !== 'declined') return;
      if (order.resolution || this.#world.byHand.has(orderNo)) return;
      const ofPrompt = this.#world.receiptOf(orderNo);
      const found = this.#random.weighted({
        till: 4,
        prompt: ofPrompt === undefined ? 0 : 4,
        misread: ofPrompt === undefined ? 0 : 2,
      });
      const receipt =
        found === 'till' || ofPrompt === undefined
          ? this.#world.payAtTill(orderNo)
          : found === 'misread'
            ? this.#world.misread(orderNo)
            : ofPrompt;
      this.#act(order, { action: 'confirm-payment', reason: 'seen in the statement', receipt });
    });
  }

  #settle(order: Order): void {
    const { payment, delivery } = order;
    if (mayBePaidTwice(order)) {
      if (this.#world.wasPaidTwice(order.orderNo)) {
        this.#act(order, this.#request(order, 'mark-refunded'));
        this.#perhapsAgain(order);
      } else {
        const codes = [payment.receipt, payment.second?.receipt].filter((code) => code !== undefined);
        if (codes.length > 0)
          this.#act(order, {
            action: 'confirm-payment',
            reason: 'it is one',
            receipt: this.#random.pick(codes),
          });
      }
      return;
    }
    if (order.resolution === 'cancelled' && payment.state !== 'paid') {
      this.#act(order, this.#request(order, 'cancel'));
      return;
    }
    if (payment.state === 'unknown' || payment.state === 'review') {
      if (this.#world.receiptOf(order.orderNo) !== undefined)
        this.#act(order, this.#confirmation(order, false));
      else if (payment.state === 'unknown') this.#act(order, this.#request(order, 'cancel'));
      return;
    }
    if (payment.state !== 'paid') return;
    if (order.resolution || delivery.state === 'cancelled') {
      const arrived = order.resolution === 'marked-delivered' || this.#sentFor(order);
      this.#act(order, this.#request(order, arrived ? 'mark-delivered' : 'mark-refunded'));
      return;
    }
    if (this.#sentFor(order)) this.#act(order, this.#request(order, 'mark-delivered'));
    else this.#act(order, this.#request(order, this.#random.pick(['resend', 'resend', 'mark-refunded'])));
  }

  #request(order: Order, action: OrderActionRequest['action']): OrderActionRequest {
    const reason = 'looked into it';
    if (action !== 'mark-refunded') return { action, reason };
    this.#codes += 1;
    return { action, reason, receipt: this.#lastCode(), amountKes: owedKes(order) };
  }

  /** A refund is recorded again as it was, by a second click or a second person. */
  #perhapsAgain(order: Order): void {
    if (!this.#random.chance(0.5)) return;
    const request = { action: 'mark-refunded', reason: 'looked into it', receipt: this.#lastCode() } as const;
    const again = { ...request, amountKes: owedKes(order) };
    this.#act(order, again);
    this.#engine.after(this.#random.int(1, 60) * MINUTE_MS, () => {
      const now = this.#process()?.stores.orders.get(order.orderNo);
      if (now && !this.#isLie(now)) this.#act(now, again);
    });
  }

  /** Nobody says of a second payment that it has gone back when there never was one. */
  #isLie(order: Order): boolean {
    return mayBePaidTwice(order) && !this.#world.wasPaidTwice(order.orderNo);
  }

  #lastCode(): string {
    return `RF${String(this.#codes).padStart(8, '0')}`;
  }

  /** @param careless gives another payment's code. */
  #confirmation(order: Order, careless: boolean): OrderActionRequest {
    const other = this.#process()?.stores.orders;
    const used = [...(other?.values() ?? [])].find(
      ({ orderNo, payment }) => payment.receipt !== undefined && orderNo !== order.orderNo,
    );
    const receipt = careless ? used?.payment.receipt : this.#world.receiptOf(order.orderNo);
    return {
      action: 'confirm-payment',
      reason: 'seen in the statement',
      ...(receipt !== undefined && { receipt }),
    };
  }

  #sentFor({ orderNo }: Order): boolean {
    return this.#world.topUpsOf(orderNo).some(({ called }) => !called.has('not delivered'));
  }

  #act(order: Order, request: OrderActionRequest): void {
    const process = this.#process();
    if (!process) return;
    this.#trace(`staff: ${request.action} ${request.receipt ?? ''}`, order.orderNo);
    if (this.#random.chance(0.3)) {
      const { orderNo } = order;
      this.#write(order.clientId, this.#random.pick(adminPhones), { do: 'order', orderNo, request });
      return;
    }
    process.desk.act(order.orderNo, request, 'Asha').then(
      () => {
        this.done += 1;
      },
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        this.refused += 1;
        this.#trace(`staff: refused, ${error.message}`, order.orderNo);
      },
    );
  }
}
