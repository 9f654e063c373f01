import type { Reader } from './types.ts';

/**
 * A collection in memory. Every value comes with its JSON, made once for journal, memory and snapshot alike.
 * Tables know nothing of durability; the store applies changes and takes them back.
 */
export interface Table<T> extends Reader<T> {
  /** @param before what `get` gives for this key right now. */
  put(key: string, value: T, json: string, before: T | undefined): void;
  delete(key: string, before: T): void;
  /** The number kept beside a record, -1 for none. Tables that keep none always say -1. */
  markOf(key: string): number;
  /** Keeps a number beside a record, as long as the record is there. */
  setMark(key: string, mark: number): void;
  /** Takes over a record of a snapshot. Keys are distinct. */
  load(record: SnapshotRecord<T>): void;
  /** An exact image of this moment. The table may change while it is read; `release` ends it. */
  capture(): TableImage;
}

export interface SnapshotRecord<T> {
  readonly key: string;
  readonly value: T;
  /** The record's JSON. Valid only during the call. */
  readonly json: Buffer;
  /** The number that stood beside it. */
  readonly mark: number | undefined;
}

export interface TableImage {
  readonly count: number;
  /** Calls with each record's JSON and the number to keep beside it. */
  records(): Iterable<ImageRecord>;
  release(): void;
}

export interface ImageRecord {
  /** Valid only until the next one is asked for. */
  readonly json: Buffer;
  readonly mark: number | undefined;
}

/** Makes a value and everything in it immutable, so that a caller's mistake throws instead of changing the store. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
