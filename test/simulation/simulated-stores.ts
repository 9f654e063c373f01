import type { AuditEntry } from '../../shared/audit.ts';
import type { Order, TimelineEntry } from '../../shared/order.ts';
import type { Change, Stores, Transaction } from '../../supervisor/stores/types.ts';
import { never, type ProcessLife } from './process-life.ts';
import { type Content, emptyContent, Tables } from './tables.ts';

interface Logged {
  readonly timeline: ReadonlyArray<readonly [orderNo: string, entry: TimelineEntry]>;
  readonly audit: readonly AuditEntry[];
}

/** The disk: what a process that starts finds. It knows durable transactions only, whole and in order. */
export class Medium {
  readonly content: Content = emptyContent();
  readonly timelines = new Map<string, TimelineEntry[]>();
  readonly audit: AuditEntry[] = [];
  readonly #submitting = new Set<string>();

  /** Orders whose airtime is claimed, and of which nothing is known yet. */
  submitting(): readonly Order[] {
    return [...this.#submitting].flatMap((orderNo) => this.content.orders.get(orderNo) ?? []);
  }

  write(changes: readonly Change[], { timeline, audit }: Logged): void {
    for (const change of changes) this.#apply(change);
    for (const [orderNo, entry] of timeline) {
      const entries = this.timelines.get(orderNo);
      if (entries) entries.push(entry);
      else this.timelines.set(orderNo, [entry]);
    }
    this.audit.push(...audit);
  }

  #apply(change: Change): void {
    const put = <T>(map: Map<string, T>, after: T | undefined): void => {
      if (after === undefined) map.delete(change.key);
      else map.set(change.key, after);
    };
    if (change.collection === 'outbox')
      this.content.highestSeq = Math.max(this.content.highestSeq, change.after?.seq ?? 0);
    switch (change.collection) {
      case 'clients':
        put(this.content.clients, change.after);
        break;
      case 'orders':
        put(this.content.orders, change.after);
        if (change.after?.delivery.state === 'submitting') this.#submitting.add(change.key);
        else this.#submitting.delete(change.key);
        break;
      case 'settings':
        put(this.content.settings, change.after);
        break;
      case 'conversations':
        put(this.content.conversations, change.after);
        break;
      case 'credentials':
        put(this.content.credentials, change.after);
        break;
      case 'callbacks':
        put(this.content.callbacks, change.after);
        break;
      case 'bans':
        put(this.content.bans, change.after);
        break;
      case 'texts':
        put(this.content.texts, change.after);
        break;
      case 'alerts':
        put(this.content.alerts, change.after);
        break;
      case 'access':
        put(this.content.access, change.after);
        break;
      case 'restarts':
        put(this.content.restarts, change.after);
        break;
      case 'outbox':
        put(this.content.outbox, change.after);
        break;
    }
  }
}

interface Pending extends Logged {
  readonly changes: readonly Change[];
  readonly place: string;
  readonly seq: number;
  settle(): void;
}

/**
 * The stores of one simulated process over a {@link Medium}, with the contract's durability and nothing else: applied to memory at
 * once, durable later in batches, promises and listeners after that; a death loses what is not durable and may fall between
 * any two transactions of a batch.
 */
export class SimulatedStores implements Stores {
  readonly #medium: Medium;
  readonly #life: ProcessLife;
  readonly #tables: Tables;
  readonly #options: SimulatedStoresOptions;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  #pending: Pending[] = [];
  #writing = false;
  #closed = false;
  #waiting: Array<{ readonly seq: number; settle(): void }> = [];
  #appliedSeq = 0;
  #durableSeq = 0;

  constructor(medium: Medium, life: ProcessLife, options: SimulatedStoresOptions) {
    this.#medium = medium;
    this.#life = life;
    this.#options = options;
    this.#tables = new Tables(medium.content);
  }

  get clients() {
    return this.#tables.clients;
  }

  get orders() {
    return this.#tables.orders;
  }

  get settings() {
    return this.#tables.settings;
  }

  get conversations() {
    return this.#tables.conversations;
  }

  get outbox() {
    return this.#tables.outbox;
  }

  get credentials() {
    return this.#tables.credentials;
  }

  get callbacks() {
    return this.#tables.callbacks;
  }

  get bans() {
    return this.#tables.bans;
  }

  get texts() {
    return this.#tables.texts;
  }

  get alerts() {
    return this.#tables.alerts;
  }

  get access() {
    return this.#tables.access;
  }

  get restarts() {
    return this.#tables.restarts;
  }

  readonly audit: Stores['audit'] = {
    page: async ({ limit }) => ({ items: [...this.#medium.audit].reverse().slice(0, limit) }),
    rewrite: nobodyErases,
  };

  readonly timelines: Stores['timelines'] = {
    read: async (orderNo) => this.#medium.timelines.get(orderNo) ?? [],
    rewrite: nobodyErases,
  };

  readonly forgetPast: Stores['forgetPast'] = nobodyErases;

  transact<T>(work: (tx: Transaction) => T): Promise<T> {
    if (!this.#life.alive) return never();
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('The stores are closed');
      const audit: AuditEntry[] = [];
      const timeline: Array<[string, TimelineEntry]> = [];
      const { result, changes } = this.#tables.run(work, {
        audit: { append: (entry) => audit.push(entry) },
        timelines: { append: (orderNo, entry) => timeline.push([orderNo, entry]) },
      });
      const settle = (): void => resolve(result);
      if (changes.length === 0 && audit.length === 0 && timeline.length === 0) {
        this.#whenDurable(settle);
        return;
      }
      if (timeline.some(([orderNo]) => !this.orders.get(orderNo)))
        reject(new Error('A timeline entry needs its order'));
      this.#options.onApplied?.(changes, this);
      const place = placeOf(changes);
      if (this.#life.diesAt(`${place}: not yet durable`)) return;
      this.#appliedSeq += 1;
      this.#pending.push({ changes, audit, timeline, place, seq: this.#appliedSeq, settle });
      this.#writeSoon();
    });
  }

  durable(): Promise<void> {
    if (!this.#life.alive) return never();
    return new Promise((resolve) => this.#whenDurable(resolve));
  }

  #whenDurable(settle: () => void): void {
    // It may have read what is not durable yet.
    if (this.#durableSeq >= this.#appliedSeq) settle();
    else this.#waiting.push({ seq: this.#appliedSeq, settle });
  }

  onCommit(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status() {
    return {
      writable: this.#life.alive,
      low: this.#options.low?.() ?? false,
      journalBytes: 0,
      lastSnapshotAt: undefined,
    };
  }

  stillOwner(): boolean {
    return this.#life.alive;
  }

  async close(): Promise<void> {
    await this.durable();
    this.#closed = true;
  }

  #writeSoon(): void {
    if (this.#writing) return;
    this.#writing = true;
    const batch = this.#pending;
    this.#pending = [];
    this.#life.after(this.#options.writeMs(), () => this.#written(batch));
  }

  #written(batch: readonly Pending[]): void {
    for (const entry of batch) {
      // A torn batch keeps its beginning.
      if (this.#life.diesAt(`${entry.place}: half a batch written`)) return;
      this.#medium.write(entry.changes, entry);
      this.#options.onDurable?.(entry.changes, entry.audit);
    }
    for (const { place, changes, seq, settle } of batch) {
      if (this.#life.diesAt(`${place}: durable, nobody told`)) return;
      this.#durableSeq = seq;
      settle();
      if (changes.length > 0) for (const listener of this.#listeners) listener(changes);
    }
    this.#writing = false;
    if (this.#pending.length > 0) this.#writeSoon();
    const ready = this.#waiting.filter(({ seq }) => seq <= this.#durableSeq);
    this.#waiting = this.#waiting.filter(({ seq }) => seq > this.#durableSeq);
    for (const { settle } of ready) settle();
  }
}

export interface SimulatedStoresOptions {
  /** How long the next batch takes to become durable, milliseconds. */
  readonly writeMs: () => number;
  readonly low?: () => boolean;
  /** A transaction has been applied to memory. */
  readonly onApplied?: (changes: readonly Change[], stores: Stores) => void;
  /** A transaction stands on the medium. */
  readonly onDurable?: (changes: readonly Change[], audit: readonly AuditEntry[]) => void;
}

/** Which step of an order's life a transaction is: the places at which a process can die are counted by it. */
function placeOf(changes: readonly Change[]): string {
  const parts = changes.map((change) => {
    if (change.collection !== 'orders') {
      return `${change.collection}${change.after ? '' : ' deleted'}`;
    }
    const { before, after } = change;
    const payment = `${before?.payment.state ?? ''}→${after?.payment.state}`;
    const delivery = `${before?.delivery.state ?? ''}→${after?.delivery.state}`;
    return `order ${payment}, ${delivery}`;
  });
  return [...new Set(parts)].sort().join(' + ');
}

async function nobodyErases(): Promise<never> {
  throw new Error('Nobody is erased in the simulation');
}
