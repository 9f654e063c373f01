import type { AccessRecord } from '../../../shared/access.ts';
import type { Alert } from '../../../shared/alert.ts';
import type { AuditEntry } from '../../../shared/audit.ts';
import { type Ban, banKey } from '../../../shared/ban.ts';
import type { Client } from '../../../shared/client.ts';
import type { CredentialSet } from '../../../shared/credentials.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  type Order,
  type OrderStatus,
  orderStatus,
  orderStatuses,
  type TimelineEntry,
} from '../../../shared/order.ts';
import type { RestartHistory } from '../../../shared/restart.ts';
import type { OwnTexts } from '../../../shared/texts.ts';
import type {
  OrderFilter,
  Reader,
  StoredSettings,
  Stores,
  Transaction,
  Writer,
} from '../../../supervisor/stores/types.ts';

/** Stores in memory, as far as HTTP needs them. What would be on disk counts as such once `durable()` has resolved. */
export class FakeStores {
  readonly clients = new Map<string, Client>();
  readonly orders = new Map<string, Order>();
  readonly settings = new Map<string, StoredSettings>();
  readonly credentials = new Map<string, CredentialSet>();
  readonly bans = new Map<string, Ban>();
  readonly texts = new Map<string, OwnTexts>();
  readonly alerts = new Map<string, Alert>();
  readonly access = new Map<string, AccessRecord>();
  readonly restarts = new Map<string, RestartHistory>();
  readonly audit: AuditEntry[] = [];
  readonly timelines = new Map<string, TimelineEntry[]>();
  writable = true;
  low = false;
  durableCalls = 0;
  /** Replaced by tests that want the disk slow or broken. */
  durable: () => Promise<void> = async () => undefined;

  asStores(): Stores {
    const orders = this.#orderReader();
    const unused = (): never => {
      throw new Error('not part of this fake');
    };
    return {
      clients: reader(this.clients),
      orders,
      settings: reader(this.settings),
      conversations: reader(new Map()),
      outbox: { ...reader(new Map()), byClient: () => [], nextSeq: () => 1 },
      credentials: reader(this.credentials),
      callbacks: reader(new Map()),
      bans: reader(this.bans),
      texts: reader(this.texts),
      alerts: reader(this.alerts),
      access: reader(this.access),
      restarts: reader(this.restarts),
      audit: {
        page: async ({ limit, cursor }) => {
          const newestFirst = this.audit.toReversed();
          const start = Number(cursor ?? 0);
          const items = newestFirst.slice(start, start + limit);
          const end = start + items.length;
          return { items, ...(end < newestFirst.length ? { nextCursor: String(end) } : {}) };
        },
        rewrite: async (change) => {
          const kept = this.audit.flatMap((entry) => change(entry) ?? []);
          const changed = this.audit.filter((entry) => !kept.includes(entry)).length;
          this.audit.splice(0, Number.POSITIVE_INFINITY, ...kept);
          return changed;
        },
      },
      timelines: {
        read: async (orderNo) => this.timelines.get(orderNo) ?? [],
        rewrite: async (groups, change) => {
          const known = groups.filter((group) => this.timelines.has(group));
          for (const group of known) {
            const entries = this.timelines.get(group) ?? [];
            this.timelines.set(
              group,
              entries.map((entry) => change(entry, group)),
            );
          }
          return known.length;
        },
      },
      transact: async (work) => {
        if (!this.writable) throw new AppError('unavailable', 'Nothing can be written');
        const settings = new Map(this.settings);
        const credentials = new Map(this.credentials);
        const audit: AuditEntry[] = [];
        const tx: Transaction = {
          clients: writer(this.clients, (client) => client.id),
          orders: { ...orders, put: unused, delete: unused },
          settings: writer(settings, (record) => record.id),
          conversations: writer(new Map(), unused),
          outbox: { ...writer(new Map(), unused), byClient: () => [], nextSeq: () => 1 },
          credentials: writer(credentials, (set) => set.setId),
          callbacks: writer(new Map(), unused),
          bans: writer(this.bans, (ban) => banKey(ban.person, ban.clientId)),
          texts: writer(this.texts, (texts) => texts.id),
          alerts: writer(this.alerts, (alert) => alert.id),
          access: writer(this.access, (record) => record.id),
          restarts: writer(this.restarts, ({ clientId }) => clientId),
          audit: { append: (entry) => audit.push(entry) },
          timelines: { append: unused },
        };
        const result = work(tx);
        for (const [key, record] of settings) this.settings.set(key, record);
        for (const [key, record] of credentials) this.credentials.set(key, record);
        this.audit.push(...audit);
        return result;
      },
      stillOwner: () => true,
      durable: () => {
        this.durableCalls += 1;
        return this.durable();
      },
      onCommit: () => () => undefined,
      forgetPast: async () => true,
      status: () => ({ writable: this.writable, low: this.low, journalBytes: 0, lastSnapshotAt: undefined }),
      close: async () => undefined,
    };
  }

  #orderReader(): Stores['orders'] {
    const matches = (filter: OrderFilter) => (order: Order) =>
      (filter.status === undefined || orderStatus(order) === filter.status) &&
      (filter.clientId === undefined || order.clientId === filter.clientId) &&
      (filter.from === undefined || order.createdAt >= filter.from) &&
      (filter.to === undefined || order.createdAt < filter.to) &&
      (filter.q === undefined || order.orderNo === filter.q || order.payerPhone.endsWith(filter.q));
    return {
      ...reader(this.orders),
      byConfirmId: () => undefined,
      byReceipt: () => [],
      byRefundReceipt: () => [],
      byCheckoutRequestId: () => undefined,
      byDeliveryRequestId: () => undefined,
      byChat: () => [],
      byPayer: () => [],
      byRecipient: () => [],
      unsettled: () => [][Symbol.iterator](),
      countByStatus: (clientId) => {
        const counts = Object.fromEntries(orderStatuses.map((status) => [status, 0])) as Record<
          OrderStatus,
          number
        >;
        for (const order of this.orders.values()) {
          if (clientId === undefined || order.clientId === clientId) counts[orderStatus(order)] += 1;
        }
        return counts;
      },
      page: (filter, { cursor, limit }) => {
        if (cursor !== undefined && !/^\d+$/.test(cursor)) {
          throw new AppError('invalid', 'This cursor was not made here', { field: 'cursor' });
        }
        const found = [...this.orders.values()]
          .filter(matches(filter))
          .sort((one, other) => other.createdAt - one.createdAt);
        const start = Number(cursor ?? 0);
        const items = found.slice(start, start + limit);
        const end = start + items.length;
        return { items, ...(end < found.length ? { nextCursor: String(end) } : {}) };
      },
    };
  }
}

function reader<T>(map: Map<string, T>): Reader<T> {
  return {
    get: (key) => map.get(key),
    values: () => map.values(),
    get size() {
      return map.size;
    },
  };
}

function writer<T>(map: Map<string, T>, keyOf: (value: T) => string): Writer<T> {
  return { ...reader(map), put: (value) => map.set(keyOf(value), value), delete: (key) => map.delete(key) };
}
