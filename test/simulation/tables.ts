import type { AccessRecord } from '../../shared/access.ts';
import type { Alert } from '../../shared/alert.ts';
import { type Ban, banKey } from '../../shared/ban.ts';
import type { Client } from '../../shared/client.ts';
import type { Conversation, OutboxEntry } from '../../shared/conversation.ts';
import type { CredentialSet } from '../../shared/credentials.ts';
import { type EarlyCallback, earlyCallbackKey } from '../../shared/delivery-callback.ts';
import type { Order } from '../../shared/order.ts';
import type { RestartHistory } from '../../shared/restart.ts';
import type { OwnTexts } from '../../shared/texts.ts';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import {
  type Change,
  conversationKey,
  type OrderReader,
  type OutboxReader,
  type Reader,
  type StoredSettings,
  type Transaction,
  type Writer,
} from '../../supervisor/stores/types.ts';
import { OrderIndex, reader } from './order-index.ts';

/** One record's way through a transaction. */
interface Step {
  revert(): void;
  change(): Change;
}

/** A collection in memory whose writes are noted, so that they can be taken back or put on a medium. */
class Table<T> {
  readonly map: Map<string, T>;
  readonly #steps: Map<string, Step>;
  readonly #keyOf: (value: T) => string;
  readonly #toChange: (key: string, before: T | undefined, after: T | undefined) => Change;
  readonly #name: string;
  readonly #onPut: (before: T | undefined, after: T | undefined) => void;

  constructor(
    steps: Map<string, Step>,
    options: {
      keyOf: (value: T) => string;
      toChange: (key: string, before: T | undefined, after: T | undefined) => Change;
      onPut?: (before: T | undefined, after: T | undefined) => void;
    },
    content: ReadonlyMap<string, T>,
  ) {
    this.map = new Map(content);
    this.#steps = steps;
    this.#keyOf = options.keyOf;
    this.#toChange = options.toChange;
    this.#name = options.toChange('', undefined, undefined).collection;
    this.#onPut = options.onPut ?? (() => undefined);
    for (const value of content.values()) this.#onPut(undefined, value);
  }

  set(key: string, after: T | undefined): void {
    const before = this.map.get(key);
    const id = `${this.#name}/${key}`;
    if (!this.#steps.has(id)) {
      this.#steps.set(id, {
        revert: () => this.#write(key, before),
        change: () => this.#toChange(key, before, this.map.get(key)),
      });
    }
    this.#write(key, after);
  }

  #write(key: string, after: T | undefined): void {
    const before = this.map.get(key);
    if (after === undefined) this.map.delete(key);
    else this.map.set(key, after);
    this.#onPut(before, after);
  }

  writer(open: () => void, check: (before: T | undefined, after: T | undefined) => void): Writer<T> {
    const { map } = this;
    return {
      get: (key) => map.get(key),
      values: () => map.values(),
      get size() {
        return map.size;
      },
      put: (value) => {
        open();
        const key = this.#keyOf(value);
        check(map.get(key), value);
        this.set(key, value);
      },
      delete: (key) => {
        open();
        this.set(key, undefined);
      },
    };
  }
}

/** What the medium holds, and what a process that starts reads from it. */
export interface Content {
  readonly clients: Map<string, Client>;
  readonly orders: Map<string, Order>;
  readonly settings: Map<string, StoredSettings>;
  readonly conversations: Map<string, Conversation>;
  readonly outbox: Map<string, OutboxEntry>;
  readonly credentials: Map<string, CredentialSet>;
  readonly callbacks: Map<string, EarlyCallback>;
  readonly bans: Map<string, Ban>;
  readonly texts: Map<string, OwnTexts>;
  readonly alerts: Map<string, Alert>;
  readonly access: Map<string, AccessRecord>;
  readonly restarts: Map<string, RestartHistory>;
  highestSeq: number;
}

export function emptyContent(): Content {
  return {
    clients: new Map(),
    orders: new Map(),
    settings: new Map(),
    conversations: new Map(),
    outbox: new Map(),
    credentials: new Map(),
    callbacks: new Map(),
    bans: new Map(),
    texts: new Map(),
    alerts: new Map(),
    access: new Map(),
    restarts: new Map(),
    highestSeq: 0,
  };
}

const noCheck = (): void => undefined;

/** The collections of one process: applied changes, whether durable or not. */
export class Tables {
  readonly #steps = new Map<string, Step>();
  readonly #clients: Table<Client>;
  readonly #orders: Table<Order>;
  readonly #settings: Table<StoredSettings>;
  readonly #conversations: Table<Conversation>;
  readonly #outbox: Table<OutboxEntry>;
  readonly #credentials: Table<CredentialSet>;
  readonly #callbacks: Table<EarlyCallback>;
  readonly #bans: Table<Ban>;
  readonly #texts: Table<OwnTexts>;
  readonly #alerts: Table<Alert>;
  readonly #access: Table<AccessRecord>;
  readonly #restarts: Table<RestartHistory>;
  readonly #index = new OrderIndex();
  readonly clients: Reader<Client>;
  readonly settings: Reader<StoredSettings>;
  readonly conversations: Reader<Conversation>;
  readonly credentials: Reader<CredentialSet>;
  readonly callbacks: Reader<EarlyCallback>;
  readonly bans: Reader<Ban>;
  readonly texts: Reader<OwnTexts>;
  readonly alerts: Reader<Alert>;
  readonly access: Reader<AccessRecord>;
  readonly restarts: Reader<RestartHistory>;
  readonly orders: OrderReader;
  readonly outbox: OutboxReader;
  readonly #transaction: Transaction;
  #logs: Pick<Transaction, 'audit' | 'timelines'> | undefined;
  #highestSeq: number;

  constructor(content: Content) {
    const steps = this.#steps;
    this.#highestSeq = content.highestSeq;
    this.#clients = new Table(
      steps,
      {
        keyOf: ({ id }) => id,
        toChange: (key, before, after) => ({ collection: 'clients', key, before, after }),
      },
      content.clients,
    );
    this.#orders = new Table(
      steps,
      {
        keyOf: ({ orderNo }) => orderNo,
        toChange: (key, before, after) => ({ collection: 'orders', key, before, after }),
        onPut: (before, after) => this.#index.note(before, after),
      },
      content.orders,
    );
    this.#settings = new Table(
      steps,
      {
        keyOf: ({ id }) => id,
        toChange: (key, before, after) => ({ collection: 'settings', key, before, after }),
      },
      content.settings,
    );
    this.#conversations = new Table(
      steps,
      {
        keyOf: ({ clientId, chatId }) => conversationKey(clientId, chatId),
        toChange: (key, before, after) => ({ collection: 'conversations', key, before, after }),
      },
      content.conversations,
    );
    this.#credentials = new Table(
      steps,
      {
        keyOf: ({ setId }) => setId,
        toChange: (key, before, after) => ({ collection: 'credentials', key, before, after }),
      },
      content.credentials,
    );
    this.#callbacks = new Table(
      steps,
      {
        keyOf: earlyCallbackKey,
        toChange: (key, before, after) => ({ collection: 'callbacks', key, before, after }),
      },
      content.callbacks,
    );
    this.#bans = new Table(
      steps,
      {
        keyOf: (ban) => banKey(ban.person, ban.clientId),
        toChange: (key, before, after) => ({ collection: 'bans', key, before, after }),
      },
      content.bans,
    );
    this.#texts = new Table(
      steps,
      {
        keyOf: ({ id }) => id,
        toChange: (key, before, after) => ({ collection: 'texts', key, before, after }),
      },
      content.texts,
    );
    this.#alerts = new Table(
      steps,
      {
        keyOf: ({ id }) => id,
        toChange: (key, before, after) => ({ collection: 'alerts', key, before, after }),
      },
      content.alerts,
    );
    this.#access = new Table(
      steps,
      {
        keyOf: ({ id }) => id,
        toChange: (key, before, after) => ({ collection: 'access', key, before, after }),
      },
      content.access,
    );
    this.#restarts = new Table(
      steps,
      {
        keyOf: ({ clientId }) => clientId,
        toChange: (key, before, after) => ({ collection: 'restarts', key, before, after }),
      },
      content.restarts,
    );
    this.#outbox = new Table(
      steps,
      {
        keyOf: ({ id }) => id,
        toChange: (key, before, after) => ({ collection: 'outbox', key, before, after }),
        onPut: (_before, after) => {
          this.#highestSeq = Math.max(this.#highestSeq, after?.seq ?? 0);
        },
      },
      content.outbox,
    );
    this.clients = reader(this.#clients.map);
    this.settings = reader(this.#settings.map);
    this.conversations = reader(this.#conversations.map);
    this.credentials = reader(this.#credentials.map);
    this.callbacks = reader(this.#callbacks.map);
    this.bans = reader(this.#bans.map);
    this.texts = reader(this.#texts.map);
    this.alerts = reader(this.#alerts.map);
    this.access = reader(this.#access.map);
    this.restarts = reader(this.#restarts.map);
    this.orders = this.#index.reader(this.#orders.map);
    const outbox = this.#outbox.map;
    this.outbox = {
      ...reader(outbox),
      // A spread copies the size of the moment.
      get size() {
        return outbox.size;
      },
      byClient: (clientId) =>
        [...this.#outbox.map.values()]
          .filter((entry) => entry.clientId === clientId)
          .sort((a, b) => a.seq - b.seq),
      nextSeq: () => this.#highestSeq + 1,
    };
    this.#transaction = this.#makeTransaction();
  }

  /** Runs the work. @throws what it throws, with everything as it was before. */
  run<T>(
    work: (tx: Transaction) => T,
    logs: Pick<Transaction, 'audit' | 'timelines'>,
  ): { readonly result: T; readonly changes: readonly Change[] } {
    if (this.#logs) throw new Error('A transaction must not be started inside another one');
    this.#logs = logs;
    try {
      const result = work(this.#transaction);
      return { result, changes: Array.from(this.#steps.values(), (step) => step.change()) };
    } catch (error) {
      for (const step of [...this.#steps.values()].reverse()) step.revert();
      throw error;
    } finally {
      this.#steps.clear();
      this.#logs = undefined;
    }
  }

  #open(): Pick<Transaction, 'audit' | 'timelines'> {
    if (!this.#logs) throw new Error('This transaction is over');
    return this.#logs;
  }

  #makeTransaction(): Transaction {
    const open = (): void => void this.#open();
    const orders = this.#orders.map;
    const outbox = this.#outbox.map;
    return {
      audit: { append: (entry) => this.#open().audit.append(entry) },
      timelines: { append: (orderNo, entry) => this.#open().timelines.append(orderNo, entry) },
      clients: this.#clients.writer(open, noCheck),
      settings: this.#settings.writer(open, noCheck),
      conversations: this.#conversations.writer(open, noCheck),
      credentials: this.#credentials.writer(open, noCheck),
      callbacks: this.#callbacks.writer(open, noCheck),
      bans: this.#bans.writer(open, noCheck),
      texts: this.#texts.writer(open, noCheck),
      alerts: this.#alerts.writer(open, noCheck),
      access: this.#access.writer(open, noCheck),
      restarts: this.#restarts.writer(open, noCheck),
      orders: {
        ...this.orders,
        ...this.#orders.writer(open, checkOrderChange),
        get size() {
          return orders.size;
        },
      },
      outbox: {
        ...this.outbox,
        ...this.#outbox.writer(open, noCheck),
        get size() {
          return outbox.size;
        },
      },
    };
  }
}
