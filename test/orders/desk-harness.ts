import assert from 'node:assert/strict';
import { AppError } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import type { TurnService } from '../../supervisor/chats/types.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { OrderDesk } from '../../supervisor/orders/desk.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { createOrder } from '../../supervisor/orders/machine.ts';
import { createOrderBook, writeOutcome } from '../../supervisor/orders/order-book.ts';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { CHAT, quote } from './fixtures.ts';
import { ScriptedGateways } from './scripted-gateways.ts';

const FIRST = 'TESTAAA2';

/** The real order desk on real stores, with gateways that answer what a test says and a clock that a test owns. */
export class DeskHarness {
  readonly folder = temporaryFolder('desk');
  readonly clock = new FakeClock();
  readonly world = new ScriptedGateways();
  /** How many of the next transactions a full disk refuses. */
  refusals = 0;
  #running: { readonly stores: Stores; readonly desk: OrderDesk } | undefined;

  static async start(): Promise<DeskHarness> {
    const harness = new DeskHarness();
    await harness.#open();
    await harness.stores.transact((tx) => tx.clients.put(aClient('cl_1')));
    return harness;
  }

  get stores(): Stores {
    assert.ok(this.#running);
    return this.#running.stores;
  }

  get desk(): OrderDesk {
    assert.ok(this.#running);
    return this.#running.desk;
  }

  /** The turns of this process, and the float that they reserve. */
  turns(): { turns: TurnService; float: FloatKeeper } {
    const { stores, clock } = this;
    const { gateways } = this.world;
    const float = new FloatKeeper({ stores, gateways, clock });
    const sales = new DaySales(stores);
    sales.start(clock.now());
    const never = { ephemeralDisk: false, stopping: () => false };
    return { float, turns: createTurns({ stores, gateways, float, sales, clock, ...never }) };
  }

  /** The process ends and the next one takes over. */
  async reopen(): Promise<void> {
    await this.#close();
    await this.#open();
  }

  async end(): Promise<void> {
    await this.#close();
    this.folder.remove();
  }

  /** Writes a fresh order, as a committed turn does. */
  async place(
    orderNo = FIRST,
    overrides: Parameters<typeof quote>[0] = {},
    mode: Order['mode'] = 'sandbox',
  ): Promise<void> {
    await this.stores.transact((tx) => {
      const facts = { orderNo, clientId: 'cl_1', mode, chatId: CHAT };
      const credentials = { setId: 'simulated', version: 1 };
      const confirmed = quote({ confirmId: `cf_${orderNo}`, ...overrides });
      writeOutcome(tx, createOrder({ ...facts, quote: confirmed, credentials }, this.clock.now()));
    });
  }

  order(orderNo = FIRST): Order {
    const found = this.stores.orders.get(orderNo);
    assert.ok(found);
    return found;
  }

  /** Resolves when the order satisfies the condition; woken by the store's commits. */
  async until(condition: (order: Order) => boolean, orderNo = FIRST): Promise<Order> {
    for (;;) {
      const now = this.stores.orders.get(orderNo);
      if (now && condition(now)) {
        // Memory is ahead of the disk, and the desk plans its next step on durable changes.
        await this.stores.durable();
        await new Promise((resolve) => setImmediate(resolve));
        return now;
      }
      await new Promise<void>((resolve) => {
        const stop = this.stores.onCommit(() => {
          stop();
          resolve();
        });
      });
    }
  }

  /** Lets time pass until the gateway has been asked so often. */
  async asked(count: number): Promise<void> {
    while (this.world.asked.length < count) {
      this.clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What the chats are still to be told, oldest first. */
  says(): string[] {
    return [...this.stores.outbox.values()].sort((a, b) => a.seq - b.seq).map(({ text }) => text);
  }

  async #open(): Promise<void> {
    const { clock, world } = this;
    const stores = this.#onAFullDisk(await openTestStores(this.folder.path, { clock, checkOrderChange }));
    const desk = new OrderDesk({
      stores,
      float: new FloatKeeper({ stores, gateways: world.gateways, clock }),
      book: createOrderBook({ stores, clock }),
      gateways: world.gateways,
      clock,
      logger: silentLogger,
      random: () => 0,
      stillOwner: () => undefined,
      stopping: () => false,
    });
    this.#running = { stores, desk };
    await desk.start();
  }

  async #close(): Promise<void> {
    await this.desk.close();
    await this.stores.close();
  }

  #onAFullDisk(real: Stores): Stores {
    return new Proxy(real, {
      get: (target, name: keyof Stores) => {
        const value = target[name];
        if (name !== 'transact') return typeof value === 'function' ? value.bind(target) : value;
        return (work: Parameters<Stores['transact']>[0]) => {
          if (this.refusals === 0) return target.transact(work);
          this.refusals -= 1;
          return Promise.reject(new AppError('storage-full', 'The disk is full'));
        };
      },
    });
  }
}
