import type { AccessRecord } from '../../shared/access.ts';
import type { Alert } from '../../shared/alert.ts';
import type { AuditEntry } from '../../shared/audit.ts';
import type { Client } from '../../shared/client.ts';
import type { CredentialSet } from '../../shared/credentials.ts';
import type { Order, OrderStatus } from '../../shared/order.ts';
import type { RestartHistory } from '../../shared/restart.ts';
import type {
  Change,
  Reader,
  StoredSettings,
  Stores,
  Transaction,
  Writer,
} from '../../supervisor/stores/types.ts';

/**
 * Clients, settings and the audit in memory, for tests of parts that store nothing else. Work is applied at once and durable
 * a moment later, as with the real stores; what a test must not touch throws.
 */
export interface MemoryStores extends Stores {
  readonly audited: readonly AuditEntry[];
  /** What `orders.countByStatus` answers. */
  readonly orderCounts: Record<OrderStatus, number>;
  /** What `orders.unsettled` goes through. */
  readonly unsettledOrders: Order[];
}

export function memoryStores(
  clients: readonly Client[] = [],
  settings: StoredSettings['values'] = {},
): MemoryStores {
  const clientMap = new Map(clients.map((client) => [client.id, client]));
  const settingsMap = new Map<string, StoredSettings>([['platform', { id: 'platform', values: settings }]]);
  const credentialMap = new Map<string, CredentialSet>();
  const accessMap = new Map<string, AccessRecord>();
  const alertMap = new Map<string, Alert>();
  const restartMap = new Map<string, RestartHistory>();
  const audited: AuditEntry[] = [];
  const orderCounts = { open: 0, delivered: 0, failed: 0, attention: 0, refunded: 0 };
  const listeners = new Set<(changes: readonly Change[]) => void>();
  const unsettledOrders: Order[] = [];
  const orders = {
    ...unused(),
    countByStatus: () => orderCounts,
    unsettled: () => unsettledOrders.values(),
  };
  const outbox = { ...unused(), byClient: () => [], nextSeq: () => 1 };

  async function transact<T>(work: (tx: Transaction) => T): Promise<T> {
    const changes: Change[] = [];
    const undo: (() => void)[] = [];
    const entries: AuditEntry[] = [];
    let result: T;
    try {
      result = work({
        clients: writer(clientMap, undo, (key, before, after) =>
          changes.push({ collection: 'clients', key, before, after }),
        ),
        settings: writer(settingsMap, undo, (key, before, after) =>
          changes.push({ collection: 'settings', key, before, after }),
        ),
        credentials: writer(credentialMap, undo, (key, before, after) =>
          changes.push({ collection: 'credentials', key, before, after }),
        ),
        alerts: writer(alertMap, undo, (key, before, after) =>
          changes.push({ collection: 'alerts', key, before, after }),
        ),
        audit: { append: (entry) => entries.push(entry) },
        orders,
        outbox,
        conversations: unused(),
        callbacks: unused(),
        bans: empty(),
        texts: empty(),
        access: writer(accessMap, undo, (key, before, after) =>
          changes.push({ collection: 'access', key, before, after }),
        ),
        restarts: writer(restartMap, undo, (key, before, after) =>
          changes.push({ collection: 'restarts', key, before, after }),
        ),
        timelines: { append: refuse },
      });
    } catch (error) {
      for (const back of undo.reverse()) back();
      throw error;
    }
    audited.push(...entries);
    await new Promise((resolve) => setImmediate(resolve));
    for (const listener of listeners) listener(changes);
    return result;
  }

  return {
    clients: clientMap,
    settings: settingsMap,
    orders,
    outbox,
    conversations: unused(),
    callbacks: unused(),
    bans: empty(),
    texts: empty(),
    access: accessMap,
    restarts: restartMap,
    credentials: credentialMap,
    alerts: alertMap,
    audit: { page: async () => ({ items: [...audited].reverse() }), rewrite: refuse },
    timelines: { read: refuse, rewrite: refuse },
    forgetPast: refuse,
    transact,
    durable: () => new Promise((resolve) => setImmediate(resolve)),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: () => ({ writable: true, low: false, journalBytes: 0, lastSnapshotAt: undefined }),
    stillOwner: () => true,
    close: async () => undefined,
    audited,
    orderCounts,
    unsettledOrders,
  };
}

function refuse(): never {
  throw new Error('This is no part of the stores in memory');
}

/** A collection in which nothing is and nothing is put. */
function empty() {
  const none: never[] = [];
  return { ...unused(), values: () => none.values(), delete: () => undefined };
}

function unused() {
  return {
    get: refuse,
    values: refuse,
    size: 0,
    put: refuse,
    delete: refuse,
    byConfirmId: refuse,
    byReceipt: refuse,
    byRefundReceipt: refuse,
    byCheckoutRequestId: refuse,
    byDeliveryRequestId: refuse,
    byChat: refuse,
    byPayer: refuse,
    byRecipient: refuse,
    unsettled: refuse,
    countByStatus: refuse,
    page: refuse,
  };
}

type Keyed = { readonly id: string } | { readonly setId: string } | { readonly clientId: string };

function keyOf(value: Keyed): string {
  if ('id' in value) return value.id;
  return 'setId' in value ? value.setId : value.clientId;
}

function writer<T extends Keyed>(
  map: Map<string, T>,
  undo: (() => void)[],
  note: (key: string, before: T | undefined, after: T | undefined) => void,
): Writer<T> {
  const set = (key: string, after: T | undefined): void => {
    const before = map.get(key);
    const apply = (value: T | undefined): void => {
      if (value === undefined) map.delete(key);
      else map.set(key, value);
    };
    apply(after);
    undo.push(() => apply(before));
    note(key, before, after);
  };
  const reader: Reader<T> = map;
  return {
    get: (key) => reader.get(key),
    values: () => reader.values(),
    get size() {
      return reader.size;
    },
    put: (value) => set(keyOf(value), value),
    delete: (key) => set(key, undefined),
  };
}
