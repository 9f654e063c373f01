import { z } from 'zod';
import { type AuditEntry, auditEntrySchema } from '../../shared/audit.ts';
import { AppError } from '../../shared/errors.ts';
import { LogChanges } from './log-changes.ts';
import { damagedEntry, type LogFile } from './log-file.ts';
import { parseLogLine } from './log-lines.ts';
import type { LogReader, RewrittenLog } from './types.ts';

/** An audit entry as its file holds it: with the transaction it belongs to and its place in that. */
export const auditLineSchema = z.object({
  seq: z.number().int(),
  index: z.number().int(),
  entry: auditEntrySchema,
});
type AuditLine = z.infer<typeof auditLineSchema>;

/** What stands in the place of an entry that was forgotten. */
const FORGOTTEN = { gone: true };
const forgottenSchema = z.object({ gone: z.literal(true) });
export const isForgotten = (value: unknown): boolean => forgottenSchema.safeParse(value).success;

const BLOCK_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/** The audit log: like the timelines, in memory until it is flushed to its file, then read from there, backwards. */
export class AuditLog implements LogReader<AuditEntry>, RewrittenLog<AuditEntry> {
  readonly #file: LogFile;
  /** Oldest first; durable up to `#durableSeq`. */
  #waiting: AuditLine[] = [];
  #durableSeq: number;

  constructor(file: LogFile) {
    this.#file = file;
    this.#durableSeq = file.committedSeq;
  }

  /** How far the file is known to be complete. */
  get position(): { length: number; committedSeq: number } {
    return { length: this.#file.length, committedSeq: this.#file.committedSeq };
  }

  append(seq: number, index: number, entry: AuditEntry): void {
    this.#waiting.push({ seq, index, entry });
  }

  durable(seq: number): void {
    this.#durableSeq = seq;
  }

  revoke(fromSeq: number): void {
    this.#waiting = this.#waiting.filter(({ seq }) => seq < fromSeq);
  }

  async flush(): Promise<void> {
    const committedSeq = this.#durableSeq;
    if (committedSeq === this.#file.committedSeq) return;
    const lines = this.#waiting.filter(({ seq }) => seq <= committedSeq).map((line) => JSON.stringify(line));
    await this.#file.append(
      lines.map((line) => () => line),
      committedSeq,
    );
    this.#waiting = this.#waiting.filter(({ seq }) => seq > committedSeq);
  }

  /** Only what is in the file: flush first, and never beside a flush. */
  async rewrite(change: (entry: AuditEntry) => AuditEntry | undefined): Promise<number> {
    let count = 0;
    const changes = new LogChanges(this.#file);
    for await (const { value, offset, jsonBytes } of this.#file.entries()) {
      const line = auditLineSchema.safeParse(value);
      if (!line.success) continue;
      const entry = change(line.data.entry);
      if (entry === line.data.entry) continue;
      count += 1;
      const json = JSON.stringify(entry === undefined ? FORGOTTEN : { ...line.data, entry });
      changes.add({ offset, jsonBytes, json });
      await changes.writeBatch();
    }
    await changes.writeAll();
    return count;
  }

  page(options: Parameters<LogReader<AuditEntry>['page']>[0]): ReturnType<LogReader<AuditEntry>['page']> {
    return this.#file.reading(() => this.#page(options));
  }

  async #page(options: {
    cursor?: string;
    limit: number;
  }): Promise<{ items: readonly AuditEntry[]; nextCursor?: string }> {
    const limit = Math.max(1, Math.floor(options.limit));
    const before = options.cursor === undefined ? undefined : decodeCursor(options.cursor);
    const fileLength = this.#file.length;
    const inMemory = this.#waiting.filter((line) => before === undefined || isBefore(line, before));
    const lines = inMemory.reverse().slice(0, limit + 1);
    if (lines.length <= limit) {
      const from = Math.min(before?.offset ?? fileLength, fileLength);
      // Also older than what came from memory: a flush may just have moved that to the file.
      const newest = lines.at(-1) ?? before;
      for await (const line of this.#backwards(from)) {
        if (newest !== undefined && !isBefore(line, newest)) continue;
        lines.push(line);
        if (lines.length > limit) break;
      }
    }
    const items = lines.slice(0, limit);
    const last = items.at(-1);
    const entries = items.map(({ entry }) => entry);
    if (!last || lines.length <= limit) return { items: entries };
    return { items: entries, nextCursor: encodeCursor(last, offsetOf(last)) };
  }

  /** Committed entries that end at or before `end`, newest first. `end` is a hint: it may lie anywhere in a line. */
  async *#backwards(end: number): AsyncGenerator<AuditLine> {
    let carry = Buffer.alloc(0);
    let position = end;
    let atLineEnd = false;
    while (position > 0) {
      const start = Math.max(0, position - BLOCK_BYTES);
      const block = Buffer.concat([await this.#file.readRange(start, position), carry]);
      let lineEnd = block.length;
      for (;;) {
        const newline = block.lastIndexOf(NEWLINE, lineEnd - 1);
        if (newline === -1 || lineEnd === 0) break;
        const bytes = block.subarray(newline + 1, lineEnd);
        if (atLineEnd && bytes.length > 0) yield* this.#parse(bytes, start + newline + 1);
        atLineEnd = true;
        lineEnd = newline;
      }
      carry = Buffer.from(block.subarray(0, lineEnd));
      position = start;
    }
    if (carry.length > 0 && atLineEnd) yield* this.#parse(carry, 0);
  }

  *#parse(bytes: Buffer, offset: number): Generator<AuditLine> {
    const value = parseLogLine(bytes);
    if (value === undefined) throw damagedEntry(this.#file.name, offset);
    const line = auditLineSchema.safeParse(value);
    if (!line.success) return;
    offsets.set(line.data, offset);
    yield line.data;
  }
}

/** Where a line that came from the file starts. */
const offsets = new WeakMap<AuditLine, number>();
const offsetOf = (line: AuditLine): number | undefined => offsets.get(line);

interface Place {
  readonly seq: number;
  readonly index: number;
  /** Older entries end at or before this byte; undefined when the entry was still in memory. */
  readonly offset: number | undefined;
}

const isBefore = (line: AuditLine, place: Pick<Place, 'seq' | 'index'>): boolean =>
  line.seq < place.seq || (line.seq === place.seq && line.index < place.index);

function encodeCursor({ seq, index }: AuditLine, offset: number | undefined): string {
  return Buffer.from(`${seq}:${index}:${offset ?? ''}`).toString('base64url');
}

function decodeCursor(cursor: string): Place {
  const match = /^(\d+):(\d+):(\d*)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match)
    throw new AppError('invalid', 'This cursor was not made here; start again without one', {
      field: 'cursor',
    });
  return {
    seq: Number(match[1]),
    index: Number(match[2]),
    offset: match[3] === '' ? undefined : Number(match[3]),
  };
}
