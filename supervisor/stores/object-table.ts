import type { SnapshotRecord, Table, TableImage } from './table.ts';

/** What an index beside a table is told. */
export interface TableObserver<T> {
  changed(before: T | undefined, after: T | undefined): void;
}

/** A collection of few or short-lived records: ready objects in a map. */
export class ObjectTable<T> implements Table<T> {
  readonly #records = new Map<string, T>();
  readonly #observer: TableObserver<T> | undefined;

  constructor(observer?: TableObserver<T>) {
    this.#observer = observer;
  }

  get size(): number {
    return this.#records.size;
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  values(): IterableIterator<T> {
    return [...this.#records.values()].values();
  }

  put(key: string, value: T, _json: string, before: T | undefined): void {
    this.#records.set(key, value);
    this.#observer?.changed(before, value);
  }

  delete(key: string, before: T): void {
    this.#records.delete(key);
    this.#observer?.changed(before, undefined);
  }

  markOf(): number {
    return -1;
  }

  setMark(): void {
    // Nothing asks for one here.
  }

  load({ key, value }: SnapshotRecord<T>): void {
    this.#records.set(key, value);
    this.#observer?.changed(undefined, value);
  }

  capture(): TableImage {
    const values = [...this.#records.values()];
    return {
      count: values.length,
      *records() {
        for (const value of values) yield { json: Buffer.from(JSON.stringify(value)), mark: undefined };
      },
      release: () => undefined,
    };
  }
}
