import type { AccessRecord } from '../../shared/access.ts';
import type { Alert } from '../../shared/alert.ts';
import type { AuditEntry } from '../../shared/audit.ts';
import type { Ban } from '../../shared/ban.ts';
import type { Client } from '../../shared/client.ts';
import type { Conversation, OutboxEntry } from '../../shared/conversation.ts';
import type { CredentialSet } from '../../shared/credentials.ts';
import type { EarlyCallback } from '../../shared/delivery-callback.ts';
import type { Order, TimelineEntry } from '../../shared/order.ts';
import type { RestartHistory } from '../../shared/restart.ts';
import type { OwnTexts } from '../../shared/texts.ts';
import type { ChangeTracker, CollectionName, TrackedChange } from './collection.ts';
import type { State } from './state.ts';
import type { Change, OrderReader, OutboxReader, StoredSettings, Transaction, Writer } from './types.ts';

export interface TimelineAppend {
  readonly orderNo: string;
  readonly entry: TimelineEntry;
}

/** What one transaction has done so far. */
export class Work implements ChangeTracker {
  readonly #changes = new Map<string, TrackedChange>();
  readonly timeline: TimelineAppend[] = [];
  readonly audit: AuditEntry[] = [];

  find(collection: CollectionName, key: string): TrackedChange | undefined {
    return this.#changes.get(`${collection}/${key}`);
  }

  add(collection: CollectionName, key: string, change: TrackedChange): void {
    this.#changes.set(`${collection}/${key}`, change);
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.timeline.length === 0 && this.audit.length === 0;
  }

  changes(): readonly Change[] {
    return Array.from(this.#changes.values(), (change) => change.change());
  }

  revert(): void {
    for (const change of [...this.#changes.values()].reverse()) change.revert();
  }

  /** The journal line's JSON from `"at":` on. */
  journalBody(at: number): string {
    const operations = Array.from(this.#changes.values(), (change) => change.operation()).join(',');
    const logs = [
      ...this.timeline.map(
        ({ orderNo, entry }) => `["timelines",${JSON.stringify(orderNo)},${JSON.stringify(entry)}]`,
      ),
      ...this.audit.map((entry) => `["audit",${JSON.stringify(entry)}]`),
    ];
    return `"at":${at},"ops":[${operations}]${logs.length === 0 ? '' : `,"logs":[${logs.join(',')}]`}}`;
  }
}

/**
 * The one transaction there can be at a time: work is synchronous, so it changes the tables in place and is taken back when it
 * throws. Readers inside see its changes because there is nothing else to see.
 */
export class TransactionScope implements Transaction {
  readonly #state: State;
  #work: Work | undefined;
  readonly clients: Writer<Client>;
  readonly orders: Writer<Order> & OrderReader;
  readonly settings: Writer<StoredSettings>;
  readonly conversations: Writer<Conversation>;
  readonly outbox: Writer<OutboxEntry> & OutboxReader;
  readonly credentials: Writer<CredentialSet>;
  readonly callbacks: Writer<EarlyCallback>;
  readonly bans: Writer<Ban>;
  readonly texts: Writer<OwnTexts>;
  readonly alerts: Writer<Alert>;
  readonly access: Writer<AccessRecord>;
  readonly restarts: Writer<RestartHistory>;
  readonly audit = { append: (entry: AuditEntry): void => void this.#current().audit.push(entry) };
  readonly timelines = {
    append: (orderNo: string, entry: TimelineEntry): void =>
      void this.#current().timeline.push({ orderNo, entry }),
  };

  constructor(state: State) {
    this.#state = state;
    const tracker = (): Work => this.#current();
    this.clients = state.clients.writer(tracker);
    this.settings = state.settings.writer(tracker);
    this.conversations = state.conversations.writer(tracker);
    this.orders = orderWriter(state.orders.writer(tracker), state.orderReader);
    this.outbox = outboxWriter(state.outbox.writer(tracker), state);
    this.credentials = state.credentials.writer(tracker);
    this.callbacks = state.callbacks.writer(tracker);
    this.bans = state.bans.writer(tracker);
    this.texts = state.texts.writer(tracker);
    this.alerts = state.alerts.writer(tracker);
    this.access = state.access.writer(tracker);
    this.restarts = state.restarts.writer(tracker);
  }

  /** Runs the work. @throws what it throws, with everything as it was before. */
  run<T>(work: (tx: Transaction) => T): { result: T; work: Work } {
    if (this.#work) throw new Error('A transaction must not be started inside another one');
    const current = new Work();
    this.#work = current;
    try {
      const result = work(this);
      if (isThenable(result))
        throw new Error('The work of a transaction must be synchronous; it returned a promise');
      for (const { orderNo } of current.timeline) {
        if (this.#state.orderTable.slotOf(orderNo) === undefined)
          throw new Error(`A timeline entry needs its order, and there is no order ${orderNo}`);
      }
      return { result, work: current };
    } catch (error) {
      current.revert();
      throw error;
    } finally {
      this.#work = undefined;
    }
  }

  #current(): Work {
    if (!this.#work)
      throw new Error('This transaction is over; what it offered can be used only during its work');
    return this.#work;
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function orderWriter(writer: Writer<Order>, reader: OrderReader): Writer<Order> & OrderReader {
  return {
    get: (orderNo) => reader.get(orderNo),
    values: () => reader.values(),
    get size() {
      return reader.size;
    },
    put: (order) => writer.put(order),
    delete: (orderNo) => writer.delete(orderNo),
    byConfirmId: (confirmId) => reader.byConfirmId(confirmId),
    byReceipt: (receipt) => reader.byReceipt(receipt),
    byRefundReceipt: (receipt) => reader.byRefundReceipt(receipt),
    byCheckoutRequestId: (id) => reader.byCheckoutRequestId(id),
    byDeliveryRequestId: (id) => reader.byDeliveryRequestId(id),
    byChat: (clientId, chatId, limit) => reader.byChat(clientId, chatId, limit),
    byPayer: (phone, limit) => reader.byPayer(phone, limit),
    byRecipient: (phone, limit) => reader.byRecipient(phone, limit),
    unsettled: () => reader.unsettled(),
    countByStatus: (clientId) => reader.countByStatus(clientId),
    page: (filter, options) => reader.page(filter, options),
  };
}

function outboxWriter(writer: Writer<OutboxEntry>, state: State): Writer<OutboxEntry> & OutboxReader {
  const reader = outboxReader(state);
  return {
    get: (id) => writer.get(id),
    values: () => writer.values(),
    get size() {
      return writer.size;
    },
    put: (entry) => writer.put(entry),
    delete: (id) => writer.delete(id),
    byClient: (clientId) => reader.byClient(clientId),
    nextSeq: () => reader.nextSeq(),
  };
}

/** The outbox as everybody else reads it. */
export function outboxReader({ outbox, outboxIndex }: State): OutboxReader {
  return {
    get: (id) => outbox.table.get(id),
    values: () => outbox.table.values(),
    get size() {
      return outbox.table.size;
    },
    byClient: (clientId) => outboxIndex.byClient(clientId),
    nextSeq: () => outboxIndex.highestSeq + 1,
  };
}
