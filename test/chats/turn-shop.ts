import assert from 'node:assert/strict';
import type { Client } from '../../shared/client.ts';
import type { InboundContent, Quote } from '../../shared/conversation.ts';
import type { TurnBegin, TurnBeginReply, TurnCommit, TurnCommitReply } from '../../shared/ipc.ts';
import type { Order } from '../../shared/order.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import type { TurnService } from '../../supervisor/chats/types.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { createOrderBook, type OrderBook } from '../../supervisor/orders/order-book.ts';
import { conversationKey, type Stores } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { CHAT, quote } from '../orders/fixtures.ts';
import { ScriptedGateways } from '../orders/scripted-gateways.ts';

export const CLIENT = aClient('cl_1');

/** The supervisor's side of turns over real stores. No desk: an order stays as its turn has left it. */
export class TurnShop {
  readonly clock: FakeClock;
  readonly stores: Stores;
  readonly float: FloatKeeper;
  /** The platform is stopping. */
  stopping = false;
  #turns: TurnService;
  readonly #sales: DaySales;
  readonly #book: OrderBook;
  readonly #gateways = new ScriptedGateways().gateways;
  readonly #folder: ReturnType<typeof temporaryFolder>;
  #messages = 0;

  private constructor(folder: ReturnType<typeof temporaryFolder>, clock: FakeClock, stores: Stores) {
    this.#folder = folder;
    this.clock = clock;
    this.stores = stores;
    this.float = new FloatKeeper({ stores, gateways: this.#gateways, clock });
    this.#sales = new DaySales(stores);
    this.#sales.start(clock.now());
    this.#book = createOrderBook({ stores, clock });
    this.#turns = this.#service(false);
  }

  static async open(): Promise<TurnShop> {
    const folder = temporaryFolder('turns');
    const clock = new FakeClock();
    const stores = await openTestStores(folder.path, { clock });
    await stores.transact((tx) => tx.clients.put(CLIENT));
    return new TurnShop(folder, clock, stores);
  }

  async close(): Promise<void> {
    await this.stores.close();
    this.#folder.remove();
  }

  /** Moves to a machine whose disk does not last. */
  moveToEphemeralDisk(): void {
    this.#turns = this.#service(true);
  }

  changeClient(change: Partial<Client>): Promise<void> {
    return this.stores.transact((tx) => tx.clients.put({ ...CLIENT, ...change }));
  }

  begin(said: string | InboundContent, change: Partial<TurnBegin> = {}, clientId = 'cl_1') {
    const content = typeof said === 'string' ? ({ kind: 'text', text: said } as const) : said;
    const sentAt = this.clock.now();
    return this.#turns.begin(clientId, { chatId: CHAT, messageId: 'look', sentAt, content, ...change });
  }

  /** The facts that a turn begun so may use. */
  async context(...begun: Parameters<TurnShop['begin']>) {
    const reply: TurnBeginReply = await this.begin(...begun);
    assert.ok(reply.status === 'open');
    return reply.context;
  }

  commit(change: Partial<TurnCommit> = {}, clientId = 'cl_1'): Promise<TurnCommitReply> {
    this.#messages += 1;
    return this.#turns.commit(clientId, {
      chatId: CHAT,
      messageId: `m${this.#messages}`,
      sentAt: this.clock.now(),
      expectedVersion: this.version(change.chatId, clientId),
      state: { v: 1 },
      replies: ['ok'],
      effects: [],
      ...change,
    });
  }

  /** Says yes to a confirm. */
  buy(
    wish: Partial<Quote> = {},
    turn: Partial<TurnCommit> = {},
    clientId = 'cl_1',
  ): Promise<TurnCommitReply> {
    const fresh = { confirmId: `cf_${this.#messages}`, shownAt: this.clock.now() };
    return this.commit(
      { effects: [{ type: 'create-order', quote: quote({ ...fresh, ...wish }) }], ...turn },
      clientId,
    );
  }

  version(chatId = CHAT, clientId = 'cl_1'): number {
    return this.stores.conversations.get(conversationKey(clientId, chatId))?.version ?? 0;
  }

  /** The only order. */
  get order(): Order {
    const [order, ...more] = this.stores.orders.values();
    assert.ok(order && more.length === 0);
    return order;
  }

  /** Every open prompt is cancelled on its phone. */
  async cancelPrompts(): Promise<void> {
    for (const { orderNo, payment } of [...this.stores.orders.values()]) {
      if (payment.state !== 'requesting') continue;
      await this.#book.record(orderNo, { type: 'stk-accepted', checkoutRequestId: `ws_${orderNo}` });
      await this.#book.record(orderNo, { type: 'payment-failed', cause: 'cancelled', reason: 'cancelled' });
    }
  }

  /** The only order is paid. */
  async pay(): Promise<void> {
    const { orderNo } = this.order;
    await this.#book.record(orderNo, { type: 'stk-accepted', checkoutRequestId: 'ws_1' });
    await this.#book.record(orderNo, { type: 'payment-seen', receipt: 'SG722NMVXQ' });
  }

  /** Why it is refused; nothing at all may be written. */
  async refusalOf(reply: Promise<TurnCommitReply>): Promise<string> {
    const written = () => [this.stores.orders.size, this.stores.outbox.size, this.version()];
    const before = written();
    const answer = await reply;
    assert.ok(answer.status === 'refused');
    assert.deepEqual(written(), before);
    return answer.refusal.reason;
  }

  #service(ephemeralDisk: boolean): TurnService {
    const { stores, float, clock } = this;
    return createTurns({
      stores,
      gateways: this.#gateways,
      float,
      sales: this.#sales,
      clock,
      ephemeralDisk,
      stopping: () => this.stopping,
    });
  }
}
