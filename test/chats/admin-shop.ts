import type { AuditEntry } from '../../shared/audit.ts';
import type { InboundContent } from '../../shared/conversation.ts';
import { silentLogger } from '../../shared/logger.ts';
import { payableFor } from '../../shared/money.ts';
import type { Order } from '../../shared/order.ts';
import { type AdminDesk, createAdminDesk } from '../../supervisor/chats/admin/desk.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import type { TurnService } from '../../supervisor/chats/types.ts';
import type { PaymentStatusAnswer } from '../../supervisor/gateways/types.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { applyEvent, createOrder, type OrderEvent } from '../../supervisor/orders/machine.ts';
import { writeOutcome } from '../../supervisor/orders/order-book.ts';
import type { Outcome } from '../../supervisor/orders/outcome.ts';
import { applyStaffAction } from '../../supervisor/orders/staff-actions.ts';
import { converse } from '../../worker/conversation/admin/machine.ts';
import { Turns } from '../../worker/turns.ts';
import { aClient } from '../helpers/a-client.ts';
import { DeskHarness } from '../orders/desk-harness.ts';
import * as fixtures from '../orders/fixtures.ts';

export const SHOP = 'cl_1';
export const ADMIN = '254700000099';
/** An admin of the whole platform. */
export const PLATFORM_ADMIN = '254700000098';

const EVENTS: Readonly<Record<string, OrderEvent>> = {
  prompted: fixtures.accepted,
  paid: fixtures.seen,
  declined: fixtures.failed,
  expired: fixtures.expired,
  claimed: fixtures.claimed,
  sent: fixtures.sent,
  lost: fixtures.unknownSend,
  rejected: fixtures.rejected,
  delivered: fixtures.delivered,
};

/** A shop with admins: the real turns of worker and supervisor on real stores, without processes between them. */
export class AdminShop {
  readonly harness: DeskHarness;
  readonly restarts: string[] = [];
  readonly #turns: Turns;
  readonly #service: TurnService;
  #messages = 0;

  private constructor(harness: DeskHarness) {
    this.harness = harness;
    const { stores, clock, desk, world } = harness;
    const { gateways } = world;
    const float = new FloatKeeper({ stores, gateways, clock });
    float.learn('simulated', 5_000);
    const sales = new DaySales(stores);
    const admins: AdminDesk = createAdminDesk({
      stores,
      orders: desk,
      platformAdmins: () => [PLATFORM_ADMIN],
      floatOf: (client) => float.of(client),
      hasKeys: () => true,
      ownsAirtime: () => false,
      ephemeralDisk: false,
      workerOf: () => ({
        state: 'ready',
        restarts: 2,
        memoryBytes: 61 * 1024 * 1024,
        readySince: clock.now() - 60_000,
      }),
      restart: async (clientId, by) => this.restarts.push(`${clientId} by ${by}`),
      clock,
      logger: silentLogger,
    });
    admins.start();
    this.#service = createTurns({
      stores,
      gateways,
      float,
      sales,
      admins,
      clock,
      ephemeralDisk: false,
      stopping: () => false,
    });
    this.#turns = new Turns({
      gate: {
        begin: (request) => this.#service.begin(SHOP, request),
        ask: (request) => this.#service.ask(SHOP, request),
        commit: (request) => this.#service.commit(SHOP, request),
      },
      machine: converse,
      logger: silentLogger,
    });
  }

  static async open(): Promise<AdminShop> {
    const harness = await DeskHarness.start();
    await harness.stores.transact((tx) =>
      tx.clients.put(aClient(SHOP, { name: 'Mama Njeri Airtime', adminPhones: [ADMIN] })),
    );
    return new AdminShop(harness);
  }

  get service(): TurnService {
    return this.#service;
  }

  /** M-Pesa's answer to whoever asks from now on. */
  set payments(answer: PaymentStatusAnswer) {
    this.harness.world.onStatus = () => answer;
  }

  /** One message of a person, `agoMs` old, carried through its turn. @param id the same again: the message comes once more */
  async say(phone: string, content: InboundContent, agoMs = 0, id?: string): Promise<void> {
    const { clock } = this.harness;
    this.#messages += 1;
    await this.#turns.handle({
      messageId: id ?? `m${this.#messages}`,
      chatId: `${phone}@c.us`,
      sentAt: clock.now() - agoMs,
      customerPhone: phone,
      content,
    });
    clock.advance(2_000);
  }

  /** Takes what a chat is to be told out of the outbox. */
  async replies(phone: string): Promise<string[]> {
    const { stores } = this.harness;
    const entries = stores.outbox
      .byClient(SHOP)
      .filter(({ chatId, check }) => chatId === `${phone}@c.us` && !check);
    await stores.transact((tx) => {
      for (const { id } of entries) tx.outbox.delete(id);
    });
    return entries.map(({ text }) => text);
  }

  /** The same, when there is something: what M-Pesa answered is told later. */
  async laterReplies(phone: string): Promise<string[]> {
    for (;;) {
      const texts = await this.replies(phone);
      if (texts.length > 0) return texts;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** An order of a customer, as it stands after these events. @param setId whom M-Pesa paid */
  async place(
    orderNo: string,
    events: readonly string[],
    amountKes = 100,
    setId = 'simulated',
  ): Promise<void> {
    const { stores, clock } = this.harness;
    const quote = fixtures.quote({
      amountKes,
      payableKes: payableFor(amountKes, 5),
      confirmId: `cf_${orderNo}`,
      shownAt: clock.now(),
    });
    // In one transaction, so that the desk finds the order as it stands at the end and does nothing by itself.
    await stores.transact((tx) => {
      const facts = { orderNo, clientId: SHOP, mode: 'sandbox', chatId: fixtures.CHAT, quote } as const;
      const credentials = { setId, version: 1 };
      let outcome = createOrder({ ...facts, customerPhone: fixtures.PAYER, credentials }, clock.now());
      writeOutcome(tx, outcome);
      for (const name of events) {
        outcome = happened(outcome.order, name, clock.now());
        writeOutcome(tx, outcome);
      }
      // What the customer was told meanwhile is no part of this.
      for (const entry of tx.outbox.byClient(SHOP)) tx.outbox.delete(entry.id);
    });
    clock.advance(60_000);
  }

  /** Newest last. */
  async audit(): Promise<readonly AuditEntry[]> {
    return (await this.harness.stores.audit.page({ limit: 100 })).items.toReversed();
  }

  async close(): Promise<void> {
    await this.#turns.close();
    await this.harness.end();
  }
}

function happened(order: Order, name: string, at: number): Outcome {
  if (name === 'confirmed') {
    const request = {
      action: 'confirm-payment',
      receipt: `T${order.orderNo}A`,
      reason: 'paid at the till',
    } as const;
    return applyStaffAction(order, request, { by: 'Asha', at });
  }
  const event = EVENTS[name] ?? fail(`There is no event "${name}"`);
  return applyEvent(order, ofOrder(event, order.orderNo), at) ?? fail(`${name} means nothing`);
}

/** Ids and receipts are unique across orders. */
function ofOrder(event: OrderEvent, orderNo: string): OrderEvent {
  switch (event.type) {
    case 'stk-accepted':
      return { ...event, checkoutRequestId: `ws_${orderNo}` };
    case 'payment-seen':
      return { ...event, receipt: `S${orderNo}A` };
    case 'airtime-accepted':
      return { ...event, requestId: `req-${orderNo}` };
    default:
      return event;
  }
}

function fail(text: string): never {
  throw new Error(text);
}
