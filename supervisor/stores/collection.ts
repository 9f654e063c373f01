import type { z } from 'zod';
import { deepFreeze, type Table, type TableImage } from './table.ts';
import type { Change, Writer } from './types.ts';

export const collectionNames = [
  'clients',
  'orders',
  'settings',
  'conversations',
  'outbox',
  'credentials',
  'callbacks',
  'bans',
  'texts',
  'alerts',
  'access',
  'restarts',
] as const;
export type CollectionName = (typeof collectionNames)[number];

export interface CollectionOptions<T> {
  readonly name: CollectionName;
  readonly schema: z.ZodType<T>;
  readonly table: Table<T>;
  readonly freeze: boolean;
  keyOf(value: T): string;
  toChange(key: string, before: T | undefined, after: T | undefined): Change;
  /** @throws to refuse a change. */
  check?: ((before: T | undefined, after: T) => void) | undefined;
}

/** One record's way through a transaction: what it was, what it is. */
export interface TrackedChange {
  /** As the journal writes it. */
  operation(): string;
  change(): Change;
  /** Puts the record back to what it was before. */
  revert(): void;
}

/** What a running transaction collects. */
export interface ChangeTracker {
  find(collection: CollectionName, key: string): TrackedChange | undefined;
  add(collection: CollectionName, key: string, change: TrackedChange): void;
}

/** A table, its schema and its rules: what recovery, snapshots and transactions need to know of a collection. */
export class Collection<T> {
  readonly name: CollectionName;
  readonly table: Table<T>;
  readonly #options: CollectionOptions<T>;

  constructor(options: CollectionOptions<T>) {
    this.name = options.name;
    this.table = options.table;
    this.#options = options;
  }

  /** Takes over a record of a snapshot. */
  load(value: unknown, json: Buffer, mark: number | undefined): void {
    const record = this.#trusted(value);
    this.table.load({ key: this.#options.keyOf(record), value: record, json, mark });
  }

  /** Applies a journal operation; null deletes. */
  replay(key: string, value: unknown): void {
    const before = this.table.get(key);
    if (value !== null) this.table.put(key, this.#trusted(value), JSON.stringify(value), before);
    else if (before !== undefined) this.table.delete(key, before);
  }

  /** @returns the record's key. @throws when it does not fit the schema. */
  checkRecord(value: unknown): string {
    return this.#options.keyOf(this.#options.schema.parse(value));
  }

  capture(): TableImage {
    return this.table.capture();
  }

  /** Changes records inside the transaction that `tracker` gives. */
  writer(tracker: () => ChangeTracker): Writer<T> {
    const { table } = this;
    return {
      get: (key) => table.get(key),
      values: () => table.values(),
      get size() {
        return table.size;
      },
      put: (value) => this.#put(tracker(), value),
      delete: (key) => this.#delete(tracker(), key),
    };
  }

  #put(tracker: ChangeTracker, value: T): void {
    const key = this.#options.keyOf(value);
    const before = this.table.get(key);
    if (before === value) return;
    this.#options.check?.(before, value);
    const json = JSON.stringify(value);
    if (this.#options.freeze) deepFreeze(value);
    this.#track(tracker, key, before).update(value, json);
    this.table.put(key, value, json, before);
  }

  #delete(tracker: ChangeTracker, key: string): void {
    const before = this.table.get(key);
    if (before === undefined) return;
    this.#track(tracker, key, before).update(undefined, 'null');
    this.table.delete(key, before);
  }

  #track(tracker: ChangeTracker, key: string, before: T | undefined): RecordChange<T> {
    const known = tracker.find(this.name, key);
    if (known instanceof RecordChange) return known;
    const change = new RecordChange(this.#options, key, before);
    tracker.add(this.name, key, change);
    return change;
  }

  /** The line's checksum has shown that it is what was put; `verify` also checks it against the schema. */
  #trusted(value: unknown): T {
    const record = value as T;
    return this.#options.freeze ? deepFreeze(record) : record;
  }
}

class RecordChange<T> implements TrackedChange {
  readonly #options: CollectionOptions<T>;
  readonly #key: string;
  readonly #before: T | undefined;
  readonly #mark: number;
  #after: T | undefined;
  #json = 'null';

  constructor(options: CollectionOptions<T>, key: string, before: T | undefined) {
    this.#options = options;
    this.#key = key;
    this.#before = before;
    this.#mark = options.table.markOf(key);
  }

  update(after: T | undefined, json: string): void {
    this.#after = after;
    this.#json = json;
  }

  operation(): string {
    return `["${this.#options.name}",${JSON.stringify(this.#key)},${this.#json}]`;
  }

  change(): Change {
    return this.#options.toChange(this.#key, this.#before, this.#after);
  }

  revert(): void {
    const { table } = this.#options;
    const current = table.get(this.#key);
    if (this.#before !== undefined) {
      table.put(this.#key, this.#before, JSON.stringify(this.#before), current);
      table.setMark(this.#key, this.#mark);
    } else if (current !== undefined) table.delete(this.#key, current);
  }
}
