import { z } from 'zod';
import { type TimelineEntry, timelineEntrySchema } from '../../shared/order.ts';
import { LogChanges } from './log-changes.ts';
import type { LogEntry, LogFile } from './log-file.ts';
import type { GroupedLogReader, RewrittenGroups } from './types.ts';

/** One order's entries of one flush, and where its earlier ones stand (-1: nowhere). */
export const timelineChunkSchema = z.object({
  order: z.string(),
  prev: z.number().int(),
  entries: z.array(timelineEntrySchema),
});

type TimelineChunk = z.infer<typeof timelineChunkSchema>;

/** Where the latest chunk of each order stands; kept beside the order. */
export interface ChunkPlaces {
  markOf(orderNo: string): number;
  setMark(orderNo: string, offset: number): void;
}

interface Waiting {
  readonly seq: number;
  readonly orderNo: string;
  readonly entry: TimelineEntry;
}

/**
 * The orders' timelines. Entries pass through three stages: `fresh` (applied, not yet durable), `waiting` (durable in the
 * journal, not yet in the file), the file. Only the first two are in memory.
 */
export class Timelines implements GroupedLogReader<TimelineEntry>, RewrittenGroups<TimelineEntry> {
  readonly #file: LogFile;
  readonly #places: ChunkPlaces;
  #fresh: Waiting[] = [];
  #waiting = new Map<string, TimelineEntry[]>();
  #flushing = new Map<string, TimelineEntry[]>();
  #durableSeq: number;

  constructor(file: LogFile, places: ChunkPlaces) {
    this.#file = file;
    this.#places = places;
    this.#durableSeq = file.committedSeq;
  }

  /** How far the file is known to be complete. */
  get position(): { length: number; committedSeq: number } {
    return { length: this.#file.length, committedSeq: this.#file.committedSeq };
  }

  append(seq: number, orderNo: string, entry: TimelineEntry): void {
    this.#fresh.push({ seq, orderNo, entry });
  }

  /** Everything up to this transaction is durable. */
  durable(seq: number): void {
    this.#durableSeq = seq;
    let count = 0;
    for (const { seq: entrySeq, orderNo, entry } of this.#fresh) {
      if (entrySeq > seq) break;
      count += 1;
      const entries = this.#waiting.get(orderNo);
      if (entries) entries.push(entry);
      else this.#waiting.set(orderNo, [entry]);
    }
    if (count > 0) this.#fresh.splice(0, count);
  }

  /** Takes back what was applied from this transaction on. */
  revoke(fromSeq: number): void {
    this.#fresh = this.#fresh.filter(({ seq }) => seq < fromSeq);
  }

  /** Writes what is durable to the file. */
  async flush(): Promise<void> {
    const committedSeq = this.#durableSeq;
    if (committedSeq === this.#file.committedSeq) return;
    const flushing = this.#waiting;
    const offsets = new Map<string, number>();
    this.#flushing = flushing;
    this.#waiting = new Map();
    try {
      await this.#file.append(this.#chunks(flushing, offsets), committedSeq);
    } catch (error) {
      // Nothing was appended: the entries wait on, before those that came meanwhile.
      for (const [orderNo, later] of this.#waiting)
        flushing.set(orderNo, [...(flushing.get(orderNo) ?? []), ...later]);
      this.#waiting = flushing;
      this.#flushing = new Map();
      throw error;
    }
    for (const [orderNo, offset] of offsets) this.#places.setMark(orderNo, offset);
    this.#flushing = new Map();
  }

  read(orderNo: string): Promise<readonly TimelineEntry[]> {
    return this.#file.reading(async () => {
      const inMemory = [
        ...(this.#flushing.get(orderNo) ?? []),
        ...(this.#waiting.get(orderNo) ?? []),
        ...this.#fresh.filter((entry) => entry.orderNo === orderNo).map(({ entry }) => entry),
      ];
      const chunks: TimelineEntry[][] = [];
      for await (const { chunk } of this.#chunksOf(orderNo)) chunks.push(chunk.entries);
      return [...chunks.reverse().flat(), ...inMemory];
    });
  }

  /** Only what is in the file: flush first, and never beside a flush. */
  async rewrite(
    orderNos: readonly string[],
    change: (entry: TimelineEntry, orderNo: string) => TimelineEntry,
  ): Promise<number> {
    let count = 0;
    const changes = new LogChanges(this.#file);
    for (const orderNo of new Set(orderNos)) {
      for await (const { chunk, offset, jsonBytes } of this.#chunksOf(orderNo)) {
        const entries = chunk.entries.map((entry) => change(entry, orderNo));
        const changed = entries.filter((entry, index) => entry !== chunk.entries[index]).length;
        if (changed === 0) continue;
        count += changed;
        changes.add({ offset, jsonBytes, json: JSON.stringify({ ...chunk, entries }) });
      }
      await changes.writeBatch();
    }
    await changes.writeAll();
    return count;
  }

  /** From the latest to the first. */
  async *#chunksOf(
    orderNo: string,
  ): AsyncGenerator<Pick<LogEntry, 'offset' | 'jsonBytes'> & { chunk: TimelineChunk }> {
    let offset = this.#places.markOf(orderNo);
    while (offset >= 0) {
      const { value, jsonBytes } = await this.#file.entryAt(offset);
      const chunk = timelineChunkSchema.parse(value);
      yield { chunk, offset, jsonBytes };
      offset = chunk.prev;
    }
  }

  *#chunks(
    flushing: ReadonlyMap<string, TimelineEntry[]>,
    offsets: Map<string, number>,
  ): Iterable<(offset: number) => string> {
    for (const [order, entries] of flushing) {
      yield (offset) => {
        offsets.set(order, offset);
        return JSON.stringify({ order, prev: this.#places.markOf(order), entries });
      };
    }
  }
}
