import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CREATE_FLAGS, type Disk, JOURNAL_FLAGS, syncDirectory, writeFully } from './disk.ts';
import { isOutOfSpace } from './errors.ts';
import { segmentName, writeLine } from './journal-format.ts';
import { assertInPlace } from './segment-rescue.ts';

/** A transaction on its way to the medium. */
export interface JournalEntry {
  readonly seq: number;
  /** The line's JSON from `"at":` on. */
  readonly body: string;
}

export interface JournalEvents<E extends JournalEntry> {
  /** Right before a write. What it throws is fatal: the folder is somebody else's by now. */
  beforeWrite(): void;
  /** These are on the medium, in order; it took so long, in milliseconds. */
  durable(entries: readonly E[], durationMs: number): void;
  /** The disk is full. @returns true when room was made and the write is to be tried again. */
  full(): boolean;
  /** The disk is full and nothing could be done: none of these was written, newest last. */
  refused(entries: readonly E[], error: Error): void;
  /** A write or sync failed: what is on the medium is not known any more. Never retried. */
  fatal(error: Error): void;
}

export interface JournalPosition {
  /** The segment that is written on. */
  readonly firstSeq: number;
  readonly length: number;
  readonly lastSeq: number;
}

const BATCH_BYTES = 1 << 20;

interface Rotation {
  readonly afterSeq: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * The one writer of the journal. All that waits is written with one call and one sync (group commit): while a batch is on its
 * way, the next one gathers.
 */
export class Journal<E extends JournalEntry> {
  readonly #dataDir: string;
  readonly #disk: Disk;
  readonly #events: JournalEvents<E>;
  #fd: number;
  #firstSeq: number;
  #length: number;
  #writtenBytes = 0;
  #durableSeq: number;
  #queue: E[] = [];
  #inFlight: readonly E[] = [];
  #rotation: Rotation | undefined;
  #running: Promise<void> | undefined;
  #scheduled = false;
  #failed: Error | undefined;
  #buffer = Buffer.allocUnsafe(1 << 16);

  private constructor(
    dataDir: string,
    disk: Disk,
    events: JournalEvents<E>,
    fd: number,
    at: JournalPosition,
  ) {
    this.#dataDir = dataDir;
    this.#disk = disk;
    this.#events = events;
    this.#fd = fd;
    this.#firstSeq = at.firstSeq;
    this.#length = at.length;
    this.#durableSeq = at.lastSeq;
  }

  /** Goes on with the segment where recovery left off. The segment must exist. */
  static async open<E extends JournalEntry>(
    dataDir: string,
    disk: Disk,
    at: JournalPosition,
    events: JournalEvents<E>,
  ): Promise<Journal<E>> {
    const fd = await disk.open(join(dataDir, segmentName(at.firstSeq)), JOURNAL_FLAGS);
    return new Journal(dataDir, disk, events, fd, at);
  }

  /** The last transaction that is on the medium. */
  get durableSeq(): number {
    return this.#durableSeq;
  }

  /** The first transaction of the segment that is written on. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** Bytes written since this journal was opened: only ever grows. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /**
   * That the segment still lies where the next start looks for it.
   * @throws {import('./errors.ts').JournalMissingError} after writing it down again
   */
  assertInPlace(): void {
    assertInPlace(this.#dataDir, segmentName(this.#firstSeq), this.#fd, this.#length);
  }

  enqueue(entry: E): void {
    this.#queue.push(entry);
    this.#wake();
  }

  /** Starts a new segment behind transaction `afterSeq`, which must be the latest one enqueued. */
  rotate(afterSeq: number): Promise<void> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#rotation = { afterSeq, resolve, reject };
      this.#wake();
    });
  }

  /** Stops after what is on its way. Nothing may be enqueued afterwards. */
  async close(): Promise<void> {
    while (this.#scheduled || this.#running) {
      if (this.#running) await this.#running;
      else await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#disk.close(this.#fd);
  }

  /** Stops writing for good. @returns what was never acknowledged and now never will be. */
  fail(error: Error): readonly E[] {
    this.#failed ??= error;
    this.#rotation?.reject(error);
    this.#rotation = undefined;
    const abandoned = [...this.#inFlight, ...this.#queue];
    this.#inFlight = [];
    this.#queue = [];
    return abandoned;
  }

  #wake(): void {
    if (this.#running || this.#scheduled || this.#failed) return;
    this.#scheduled = true;
    // Not at once: everybody who was woken by the last batch gets to add his next transaction to this one.
    setImmediate(() => {
      this.#scheduled = false;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#queue.length > 0 || this.#rotation) this.#wake();
      });
    });
  }

  async #run(): Promise<void> {
    try {
      while (!this.#failed) {
        const rotation = this.#rotation;
        if (rotation && this.#durableSeq >= rotation.afterSeq) {
          this.#rotation = undefined;
          await this.#startSegment(rotation);
        } else if (this.#queue.length > 0) {
          if (!(await this.#writeBatch())) return;
        } else return;
        await nextTurn();
      }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#failed ??= error;
      this.#events.fatal(error);
    }
  }

  /** @returns false when the disk refused. */
  async #writeBatch(): Promise<boolean> {
    this.#events.beforeWrite();
    const { count, bytes } = this.#encode();
    this.#inFlight = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    const startedAt = performance.now();
    if (!(await this.#write(bytes))) return false;
    if (this.#failed) return false;
    this.#length += bytes;
    this.#writtenBytes += bytes;
    const written = this.#inFlight;
    this.#inFlight = [];
    this.#durableSeq = written.at(-1)?.seq ?? this.#durableSeq;
    this.#events.durable(written, performance.now() - startedAt);
    return true;
  }

  /** Lines of as many waiting transactions as one write should carry. */
  #encode(): { count: number; bytes: number } {
    const limit = this.#rotation?.afterSeq ?? Number.POSITIVE_INFINITY;
    let count = 0;
    let bytes = 0;
    for (const entry of this.#queue) {
      if (bytes >= BATCH_BYTES || entry.seq > limit) break;
      const json = `{"seq":${entry.seq},"synced":${this.#durableSeq},${entry.body}`;
      bytes = this.#append(json, bytes);
      count += 1;
    }
    return { count, bytes };
  }

  #append(json: string, offset: number): number {
    for (;;) {
      const end = writeLine(this.#buffer, offset, json);
      if (end !== -1) return end;
      this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2);
    }
  }

  async #write(bytes: number): Promise<boolean> {
    for (;;) {
      try {
        await writeFully(this.#disk, this.#fd, this.#buffer, bytes, this.#length);
        return true;
      } catch (error) {
        if (!isOutOfSpace(error) || !(error instanceof Error)) throw error;
        await this.#disk.truncate(this.#fd, this.#length);
        if (this.#events.full()) continue;
        this.#refuse(error);
        return false;
      }
    }
  }

  #refuse(error: Error): void {
    const refused = [...this.#inFlight, ...this.#queue];
    this.#inFlight = [];
    this.#queue = [];
    this.#rotation?.reject(error);
    this.#rotation = undefined;
    this.#events.refused(refused, error);
  }

  async #startSegment(rotation: Rotation): Promise<void> {
    const disk = this.#disk;
    const path = join(this.#dataDir, segmentName(rotation.afterSeq + 1));
    let fd: number | undefined;
    try {
      // Created before the old one's end mark: a mark without a successor means that a file was lost.
      const created = await disk.open(path, CREATE_FLAGS);
      await disk.sync(created);
      await disk.close(created);
      await syncDirectory(disk, this.#dataDir);
      fd = await disk.open(path, JOURNAL_FLAGS);
      const bytes = this.#append(`{"end":${rotation.afterSeq}}`, 0);
      await writeFully(disk, this.#fd, this.#buffer, bytes, this.#length);
    } catch (error) {
      if (!isOutOfSpace(error) || !(error instanceof Error)) throw error;
      if (fd !== undefined) await disk.close(fd);
      await disk.truncate(this.#fd, this.#length);
      rmSync(path, { force: true });
      rotation.reject(error);
      return;
    }
    await disk.close(this.#fd);
    this.#fd = fd;
    this.#firstSeq = rotation.afterSeq + 1;
    this.#length = 0;
    rotation.resolve();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
