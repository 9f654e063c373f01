import { SECOND_MS } from '../../shared/clock.ts';
import type { Effect } from '../../shared/conversation.ts';
import { silentLogger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { type AdminDesk, createAdminDesk } from '../../supervisor/chats/admin/desk.ts';
import { Outbox } from '../../supervisor/chats/outbox.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import { parseDeliveryCallback } from '../../supervisor/gateways/delivery-callback.ts';
import type { Gateways } from '../../supervisor/gateways/gateways.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { OrderDesk } from '../../supervisor/orders/desk.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { createOrderBook } from '../../supervisor/orders/order-book.ts';
import { writeState } from '../../worker/conversation/state.ts';
import { type Machine, Turns } from '../../worker/turns.ts';
import type { ChatNetwork, Inbound } from './chat-network.ts';
import { never, type ProcessLife } from './process-life.ts';
import type { SimulatedStores } from './simulated-stores.ts';
import { PLATFORM_ADMIN, type Wish } from './wishes.ts';

/** Gateway calls under way get this long at a shutdown; as the composition root has it. */
const CALLS_LIMIT_MS = 10 * SECOND_MS;

export interface ProcessParts {
  readonly life: ProcessLife;
  readonly stores: SimulatedStores;
  readonly gateways: Gateways;
  readonly chats: ChatNetwork;
  readonly random: () => number;
  /** What a message in a chat is meant to bring about. */
  readonly wishOf: (text: string) => Wish;
}

/**
 * One life of the supervisor, put together as the composition root does it, from the real parts: desk, book, turns, outbox, and
 * per client the real carrier of a worker's turns around a machine that knows one screen only.
 */
export class SimulatedProcess {
  readonly life: ProcessLife;
  readonly stores: SimulatedStores;
  readonly desk: OrderDesk;
  readonly #parts: ProcessParts;
  readonly #outbox: Outbox;
  readonly #admins: AdminDesk;
  readonly #float: FloatKeeper;
  readonly #workers = new Map<string, Turns>();
  readonly #service: ReturnType<typeof createTurns>;
  #stopping = false;
  #takesMessages = false;

  constructor(parts: ProcessParts) {
    const { life, stores, gateways, chats } = parts;
    const { clock } = life;
    const stopping = (): boolean => this.#stopping;
    this.#parts = parts;
    this.life = life;
    this.stores = stores;
    this.#float = new FloatKeeper({ stores, gateways, clock });
    this.desk = new OrderDesk({
      stores,
      float: this.#float,
      book: createOrderBook({ stores, clock }),
      gateways,
      clock,
      logger: silentLogger,
      random: parts.random,
      // The dead reach nobody anyway; `call` sees to that.
      stillOwner: () => undefined,
      stopping,
    });
    this.#admins = createAdminDesk({
      stores,
      orders: this.desk,
      platformAdmins: () => [PLATFORM_ADMIN],
      floatOf: () => undefined,
      hasKeys: () => true,
      ownsAirtime: () => false,
      ephemeralDisk: false,
      workerOf: () => ({ state: 'ready', restarts: 0 }),
      restart: async () => undefined,
      clock,
      logger: silentLogger,
    });
    this.#service = createTurns({
      stores,
      gateways,
      float: this.#float,
      sales: new DaySales(stores),
      admins: this.#admins,
      clock,
      ephemeralDisk: false,
      stopping,
    });
    this.#outbox = new Outbox({ stores, sender: chats.senderFor(life), clock, logger: silentLogger });
  }

  async start(): Promise<void> {
    this.#float.start();
    await this.desk.start();
    this.#admins.start();
    this.#outbox.start();
    this.#takesMessages = true;
    for (const message of this.#parts.chats.inbox.values()) this.offer(message);
  }

  /** A customer's message; handled as soon as there is a worker for it. */
  offer(message: Inbound): void {
    if (!this.#takesMessages) return;
    this.#parts.chats.deliver(message, this.life, (inbound) => this.#handle(inbound));
  }

  /** Two generations of a worker meet the same message. */
  offerTwice(message: Inbound): void {
    this.offer(message);
    if (!this.#takesMessages) return;
    const other = this.#worker(message.clientId);
    this.#parts.chats.deliver(message, this.life, (inbound) => this.#handle(inbound, other));
  }

  /** What arrives at the callback URL; resolves when the caller gets his 200. */
  async callback(token: string, body: unknown): Promise<void> {
    const set = this.#parts.gateways.statumSetOfToken(token);
    const callback = parseDeliveryCallback(body);
    if (!set || !callback) throw new Error('An unreadable callback was made up');
    if (!this.life.alive) await never();
    if (callback.balanceKes !== undefined) this.#float.learn(set.setId, callback.balanceKes);
    await this.desk.callback(callback, set.setId);
  }

  /** Sets of which more is reserved than orders that wait for airtime will need, in words. */
  reservedBeyondOrders(): readonly string[] {
    const needed = new Map<string, number>();
    for (const order of this.stores.orders.unsettled()) {
      if (!waitsForAirtime(order)) continue;
      const setId = order.mode === 'live' ? 'environment' : 'simulated';
      needed.set(setId, (needed.get(setId) ?? 0) + order.amountKes);
    }
    return this.#float.list().flatMap(({ source, reservedKes }) => {
      const neededKes = needed.get(source) ?? 0;
      return reservedKes > neededKes ? [`KES ${reservedKes} of ${source} instead of ${neededKes}`] : [];
    });
  }

  /** SIGTERM: as the composition root ends its parts. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#takesMessages = false;
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    this.#outbox.close();
    this.#float.close();
    const limit = new Promise<void>((resolve) => this.life.after(CALLS_LIMIT_MS, resolve));
    await Promise.race([this.desk.close(), limit]);
    await this.stores.close();
  }

  #handle({ id, chatId, text, sentAt, customerPhone, clientId }: Inbound, worker?: Turns): Promise<void> {
    let turns = worker ?? this.#workers.get(clientId);
    if (!turns) {
      turns = this.#worker(clientId);
      this.#workers.set(clientId, turns);
    }
    return turns.handle({ messageId: id, chatId, sentAt, customerPhone, content: { kind: 'text', text } });
  }

  #worker(clientId: string): Turns {
    const alive = (): boolean => this.life.alive;
    return new Turns({
      gate: {
        begin: (request) => (alive() ? this.#service.begin(clientId, request) : never()),
        ask: (request) => (alive() ? this.#service.ask(clientId, request) : never()),
        commit: (request) => (alive() ? this.#service.commit(clientId, request) : never()),
      },
      machine: this.#machine,
      logger: silentLogger,
    });
  }

  /** Every message says "yes" to a confirm screen, of a customer's or an admin's, or complains. */
  readonly #machine: Machine = (before, input, context) => {
    const text = input.kind === 'text' ? input.text : '';
    const wish = this.#parts.wishOf(text);
    if (wish.kind !== 'confirm') {
      const { refusal } = context;
      const effect: Effect =
        wish.kind === 'admin'
          ? { type: 'admin', action: wish.action }
          : { type: 'complain', orderNo: wish.orderNo, receipt: wish.receipt };
      return refusal
        ? { state: before ?? {}, replies: [`REFUSED ${text} ${refusal.reason}`], effects: [] }
        : { state: before ?? {}, replies: [`DONE ${text}`], effects: [effect] };
    }
    const { quote } = wish;
    const state = writeState({ screen: 'waiting', forSelf: false, quote, offeredAt: context.now });
    return context.refusal
      ? { state, replies: [`REFUSED ${quote.confirmId} ${context.refusal.reason}`], effects: [] }
      : { state, replies: [`TAKEN ${quote.confirmId}`], effects: [{ type: 'create-order', quote }] };
  };
}

function waitsForAirtime({ payment, delivery }: Order): boolean {
  if (payment.state === 'paid') return ['queued', 'held', 'submitting'].includes(delivery.state);
  return delivery.state === 'none' && (payment.state === 'requesting' || payment.state === 'prompted');
}
