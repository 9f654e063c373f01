import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CollectionName } from './collection.ts';
import { type Disk, syncDirectory } from './disk.ts';
import { isOutOfSpace, SyncFailedError } from './errors.ts';
import { listSegments } from './folder.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { segmentName } from './journal-format.ts';
import type { Recovered } from './recovery.ts';
import type { SnapshotNotes } from './snapshot-format.ts';
import { installSnapshot, type SnapshotSource, temporaryPath, writeSnapshot } from './snapshot-writer.ts';
import type { State } from './state.ts';

/** Log entries wait in memory until the journal has grown by so much. */
const LOG_FLUSH_BYTES = 4 << 20;

export interface MaintenanceParts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disk: Disk;
  readonly state: State;
  readonly recovered: Recovered;
  readonly snapshotMinBytes: number;
}

export interface MaintenanceView {
  /** The latest transaction in memory. */
  appliedSeq(): number;
  /** True: the disk has no room for a snapshot. */
  isLow(): boolean;
  /** The medium cannot be trusted any more. */
  fail(error: Error): void;
}

type JournalView = Pick<Journal<JournalEntry>, 'rotate' | 'durableSeq' | 'writtenBytes' | 'firstSeq'>;

/**
 * Snapshots and log flushes, one at a time, beside the running store. A snapshot is due when the journal has grown by half of what
 * the last one took: so the cost of snapshots per change stays the same however many records there are.
 */
export class Maintenance {
  readonly #parts: MaintenanceParts;
  readonly #journal: JournalView;
  readonly #view: MaintenanceView;
  readonly #seqs: Map<CollectionName, number>;
  #running: Promise<void> | undefined;
  #snapshotBytes: number;
  #lastSnapshotAt: number | undefined;
  /** Bytes of journal behind the last snapshot, and the journal's counter to which that number belongs. */
  #journalBytes: number;
  #countedAt: number;
  #flushedAt: number;
  /** After a failure the next attempt waits until the journal has grown further. */
  #notBefore = 0;
  /** The files are being closed: nothing new is begun. */
  #finishing = false;

  constructor(parts: MaintenanceParts, journal: JournalView, view: MaintenanceView) {
    this.#parts = parts;
    this.#journal = journal;
    this.#view = view;
    this.#seqs = new Map(parts.recovered.snapshotSeqs);
    this.#snapshotBytes = parts.recovered.snapshotBytes;
    this.#lastSnapshotAt = parts.recovered.snapshotAt;
    this.#journalBytes = parts.recovered.journalBytes;
    this.#countedAt = journal.writtenBytes;
    this.#flushedAt = journal.writtenBytes;
  }

  get lastSnapshotAt(): number | undefined {
    return this.#lastSnapshotAt;
  }

  /** What a start would have to replay. */
  get journalBytes(): number {
    return this.#journalBytes + this.#journal.writtenBytes - this.#countedAt;
  }

  /** Starts what is due. Cheap: called after each batch. */
  consider(): void {
    if (this.#running || this.#journal.writtenBytes < this.#notBefore || this.#view.isLow()) return;
    if (this.journalBytes >= Math.max(this.#parts.snapshotMinBytes, this.#snapshotBytes / 2))
      this.#start(() => this.#snapshot());
    else if (this.#journal.writtenBytes - this.#flushedAt >= LOG_FLUSH_BYTES)
      this.#start(() => this.#flushLogs());
  }

  /** Waits for what is running. @param save also write what the next start would have to replay. */
  async finish(save: boolean): Promise<void> {
    this.#finishing = true;
    await this.#running;
    if (!save || this.#view.isLow()) return;
    this.#start(() => (this.journalBytes > 0 ? this.#snapshot() : this.#flushLogs()));
    await this.#running;
  }

  /**
   * Lets the logs' files be written over, with everything durable in them and nothing else going on.
   * @throws AppError `storage-full`
   */
  async rewriteLogs<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running) await this.#running;
    if (this.#finishing) throw new AppError('unavailable', 'The system is shutting down; nothing was erased');
    const rewriting = this.#flushLogs().then(work);
    this.#running = rewriting
      .then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof SyncFailedError) this.#view.fail(error);
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    try {
      return await rewriting;
    } catch (error) {
      if (isOutOfSpace(error))
        throw new AppError(
          'storage-full',
          'The disk is full; nothing was erased. Free some space and try again',
          {
            cause: error,
          },
        );
      throw error;
    }
  }

  /**
   * Writes everything anew, twice: beside each snapshot the one before it is kept, with the journal that leads on from there.
   * @returns false when there is no room for it
   */
  async forgetPast(): Promise<boolean> {
    return (await this.#snapshotNow()) && (await this.#snapshotNow());
  }

  async #snapshotNow(): Promise<boolean> {
    while (this.#running) await this.#running;
    if (this.#finishing || this.#view.isLow()) return false;
    let written = false;
    this.#start(async () => {
      written = await this.#snapshot();
    });
    await this.#running;
    return written;
  }

  #start(work: () => Promise<unknown>): void {
    this.#running = work()
      .then(() => undefined)
      .catch((error: unknown) => {
        if (error instanceof SyncFailedError) return this.#view.fail(error);
        // Nothing is lost: the journal has it all. The start after this one takes longer, that is all.
        this.#notBefore = this.#journal.writtenBytes + LOG_FLUSH_BYTES;
        const { logger } = this.#parts;
        if (isOutOfSpace(error))
          logger.warn({ err: error }, 'No room on the disk for a snapshot; the journal goes on');
        else logger.error({ err: error }, `A snapshot could not be written: ${errorText(error)}`);
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #flushLogs(): Promise<void> {
    const flushedAt = this.#journal.writtenBytes;
    await this.#parts.recovered.timelines.flush();
    await this.#parts.recovered.audit.flush();
    this.#flushedAt = flushedAt;
  }

  /** @returns false when there is too little room */
  async #snapshot(): Promise<boolean> {
    const { dataDir, disk, logger } = this.#parts;
    await this.#flushLogs();
    // Once more for what became durable during the first time: a start replays the journal from where the logs stand.
    await this.#flushLogs();
    const room = await disk.freeBytes(dataDir);
    if (room < this.#snapshotBytes + this.journalBytes) {
      this.#notBefore = this.#journal.writtenBytes + LOG_FLUSH_BYTES;
      logger.warn({ freeBytes: room }, 'Too little room on the disk for a snapshot; the journal goes on');
      return false;
    }
    const sources = this.#capture();
    const countedAt = this.#journal.writtenBytes;
    try {
      const seq = this.#view.appliedSeq();
      if (this.#journal.firstSeq <= seq) await this.#journal.rotate(seq);
      await this.#write(sources, countedAt);
      return true;
    } finally {
      for (const { image } of sources) image.release();
    }
  }

  /** An image of everything at one transaction. Synchronous, so that it is exact. */
  #capture(): (SnapshotSource & { collection: CollectionName })[] {
    const { state, clock } = this.#parts;
    const seq = this.#view.appliedSeq();
    const savedAt = clock.now();
    return state.collections.map((collection) => ({
      collection: collection.name,
      seq,
      savedAt,
      notes: this.#notes(collection.name),
      image: collection.capture(),
    }));
  }

  #notes(collection: CollectionName): SnapshotNotes {
    const { recovered, state } = this.#parts;
    if (collection === 'outbox') return { highestSeq: state.outboxIndex.highestSeq };
    if (collection !== 'orders') return {};
    return { timelines: recovered.timelines.position, audit: recovered.audit.position };
  }

  async #write(
    sources: readonly (SnapshotSource & { collection: CollectionName })[],
    countedAt: number,
  ): Promise<void> {
    const { dataDir, disk, logger } = this.#parts;
    const startedAt = performance.now();
    let bytes = 0;
    try {
      for (const source of sources) bytes += await writeSnapshot(disk, dataDir, source);
    } catch (error) {
      for (const { collection } of sources) rmSync(temporaryPath(dataDir, collection), { force: true });
      throw error;
    }
    const previousSeqs = [...this.#seqs.values()];
    for (const source of sources) {
      await installSnapshot(disk, dataDir, source.collection);
      this.#seqs.set(source.collection, source.seq);
    }
    this.#snapshotBytes = bytes;
    this.#lastSnapshotAt = sources[0]?.savedAt;
    this.#journalBytes = 0;
    this.#countedAt = countedAt;
    const { timelines, audit } = this.#parts.recovered;
    await this.#dropSegments(
      Math.min(...previousSeqs, timelines.position.committedSeq, audit.position.committedSeq),
    );
    logger.debug(
      { bytes, seq: sources[0]?.seq, durationMs: Math.round(performance.now() - startedAt) },
      'Wrote a snapshot',
    );
  }

  /** Deletes the segments that neither the previous snapshots nor the logs need. */
  async #dropSegments(upToSeq: number): Promise<void> {
    const { dataDir, disk } = this.#parts;
    const segments = listSegments(dataDir);
    const unneeded = segments.filter((_, index) => (segments[index + 1] ?? Infinity) <= upToSeq + 1);
    for (const firstSeq of unneeded) rmSync(join(dataDir, segmentName(firstSeq)));
    if (unneeded.length > 0) await syncDirectory(disk, dataDir);
  }
}
