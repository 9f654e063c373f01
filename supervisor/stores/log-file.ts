import { closeSync, constants, fsyncSync, ftruncateSync, openSync, read, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Disk, writeFully } from './disk.ts';
import { RESTORE_BACKUP_ADVICE, StoreCorruptError, SyncFailedError } from './errors.ts';
import { readLines } from './lines.ts';
import { jsonBytesOf, logLine, parseLogLine } from './log-lines.ts';
import { dropOverwriteNote, noteOverwrites, type Overwrite, paddedJson } from './log-overwrite.ts';

/**
 * An append-only file of checksummed lines `["<crc32>",<json>]`. What was appended together is closed by a commit mark
 * `["<crc32>",{"commit":<seq>}]`: all entries up to that transaction are in the file. Whatever stands behind the last mark was
 * broken off; the journal still has it.
 */
export class LogFile {
  readonly name: string;
  readonly #path: string;
  readonly #disk: Disk;
  readonly #fd: number;
  #length: number;
  #committedSeq: number;
  #readers = 0;
  #lastReaderGone: (() => void) | undefined;
  #overwriting: Promise<void> | undefined;

  private constructor(disk: Disk, fd: number, path: string, { length, committedSeq }: LogEnd) {
    this.#disk = disk;
    this.#fd = fd;
    this.#path = path;
    this.name = basename(path);
    this.#length = length;
    this.#committedSeq = committedSeq;
  }

  static async open(disk: Disk, path: string, end: LogEnd, flags: number): Promise<LogFile> {
    return new LogFile(disk, await disk.open(path, flags), path, end);
  }

  /** Bytes up to and including the last commit mark. */
  get length(): number {
    return this.#length;
  }

  get committedSeq(): number {
    return this.#committedSeq;
  }

  /**
   * Appends chunks and the mark that closes them, and syncs. Nothing counts as appended if it fails.
   * @throws {SyncFailedError} after which the process must end; anything else may be tried again.
   * @param chunks JSON of a chunk by the offset at which it will stand.
   */
  async append(chunks: Iterable<(offset: number) => string>, committedSeq: number): Promise<void> {
    const start = this.#length;
    let offset = start;
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    const flush = async (): Promise<void> => {
      await writeFully(this.#disk, this.#fd, Buffer.concat(pending), pendingBytes, offset - pendingBytes);
      pending = [];
      pendingBytes = 0;
    };
    try {
      for (const chunk of chunks) {
        const line = Buffer.from(logLine(chunk(offset)));
        pending.push(line);
        pendingBytes += line.length;
        offset += line.length;
        if (pendingBytes >= WRITE_BYTES) await flush();
      }
      const mark = Buffer.from(logLine(JSON.stringify({ commit: committedSeq })));
      pending.push(mark);
      pendingBytes += mark.length;
      offset += mark.length;
      await flush();
      await this.#sync();
    } catch (error) {
      if (error instanceof SyncFailedError) throw error;
      await this.#disk.truncate(this.#fd, start);
      throw error;
    }
    this.#length = offset;
    this.#committedSeq = committedSeq;
  }

  /** The entry that starts at `offset`. @throws {StoreCorruptError} */
  async entryAt(offset: number): Promise<LogEntry> {
    let bytes = await this.#readAt(offset, FIRST_READ_BYTES);
    let end = bytes.indexOf(NEWLINE);
    while (end === -1 && offset + bytes.length < this.#length) {
      bytes = await this.#readAt(offset, bytes.length * 8);
      end = bytes.indexOf(NEWLINE);
    }
    const line = bytes.subarray(0, Math.max(end, 0));
    const value = parseLogLine(line);
    if (value === undefined) throw damagedEntry(this.name, offset);
    return { value, offset, jsonBytes: jsonBytesOf(line) };
  }

  /** Reads while no line is written over: a line is never seen half. Not to be nested. */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    while (this.#overwriting) await this.#overwriting;
    this.#readers += 1;
    try {
      return await read();
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#lastReaderGone?.();
    }
  }

  /** Committed entries from the file's beginning on. @throws {StoreCorruptError} */
  async *entries(): AsyncGenerator<LogEntry> {
    const length = this.#length;
    let carry = Buffer.alloc(0);
    let start = 0;
    for (let from = 0; from < length; from += WRITE_BYTES) {
      const block = Buffer.concat([carry, await this.readRange(from, Math.min(from + WRITE_BYTES, length))]);
      let lineStart = 0;
      for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, lineStart)) {
        const bytes = block.subarray(lineStart, end);
        const offset = start + lineStart;
        const value = parseLogLine(bytes);
        if (value === undefined) throw damagedEntry(this.name, offset);
        if (commitOf(value) === undefined) yield { value, offset, jsonBytes: jsonBytesOf(bytes) };
        lineStart = end + 1;
      }
      carry = block.subarray(lineStart);
      start += lineStart;
    }
  }

  /**
   * Writes over entries where they stand; what stood there is gone from the file. One call at a time. Whole after a crash at any moment, at the
   * latest with the next start.
   * @throws Error when one does not fit into its place; {@link SyncFailedError}, after which the process must end
   */
  async overwrite(changes: readonly LogChange[]): Promise<void> {
    if (changes.length === 0) return;
    const overwrites = changes.map(
      ({ offset, jsonBytes, json }): Overwrite => ({ offset, line: logLine(paddedJson(json, jsonBytes)) }),
    );
    await noteOverwrites(this.#disk, this.#path, overwrites);
    const writing = this.#overwriteNow(overwrites);
    this.#overwriting = writing.then(
      () => undefined,
      () => undefined,
    );
    try {
      await writing;
    } finally {
      this.#overwriting = undefined;
    }
    dropOverwriteNote(this.#path);
  }

  async #overwriteNow(overwrites: readonly Overwrite[]): Promise<void> {
    if (this.#readers > 0)
      await new Promise<void>((resolve) => {
        this.#lastReaderGone = resolve;
      });
    this.#lastReaderGone = undefined;
    try {
      for (const { offset, line } of overwrites) {
        const bytes = Buffer.from(line);
        await writeFully(this.#disk, this.#fd, bytes, bytes.length, offset);
      }
    } catch (error) {
      // A line may stand half written now; only a start finishes it.
      throw new SyncFailedError(this.name, error);
    }
    await this.#sync();
  }

  /** Reads bytes of the committed part. */
  readRange(from: number, to: number): Promise<Buffer> {
    return this.#readAt(from, Math.min(to, this.#length) - from);
  }

  close(): Promise<void> {
    return this.#disk.close(this.#fd);
  }

  async #sync(): Promise<void> {
    try {
      await this.#disk.dataSync(this.#fd);
    } catch (error) {
      throw new SyncFailedError(this.name, error);
    }
  }

  #readAt(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.#length - offset));
    const bytes = Buffer.allocUnsafe(wanted);
    return new Promise((resolve, reject) => {
      const next = (done: number): void => {
        read(this.#fd, bytes, done, wanted - done, offset + done, (error, got) => {
          if (error) reject(error);
          else if (got === 0 || done + got === wanted) resolve(bytes.subarray(0, done + got));
          else next(done + got);
        });
      };
      if (wanted === 0) resolve(bytes);
      else next(0);
    });
  }
}

const WRITE_BYTES = 1 << 18;
const FIRST_READ_BYTES = 4096;
const NEWLINE = 0x0a;
/** An entry as it stands in the file. */
export interface LogEntry {
  readonly value: unknown;
  readonly offset: number;
  /** How long its JSON is, with whatever fills it up. */
  readonly jsonBytes: number;
}

/** What shall stand in an entry's place. */
export interface LogChange extends Pick<LogEntry, 'offset' | 'jsonBytes'> {
  readonly json: string;
}

export const damagedEntry = (file: string, byte: number): StoreCorruptError =>
  new StoreCorruptError(
    { file, byte },
    'this entry is damaged (its checksum does not fit)',
    RESTORE_BACKUP_ADVICE,
  );

export interface LogEnd {
  readonly length: number;
  readonly committedSeq: number;
  /** Bytes behind the last commit mark. */
  readonly looseBytes: number;
}

/**
 * Finds the last commit mark at or behind `from` (a length that a snapshot noted, where a mark ended).
 * @param visit is called for each committed entry, with its offset.
 * @throws {StoreCorruptError} when the file is shorter than noted, or damaged before its last mark.
 */
export function readLogEnd(
  path: string,
  from: { length: number; committedSeq: number },
  visit: (value: unknown, offset: number) => void,
): LogEnd {
  const file = basename(path);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size < from.length)
    throw new StoreCorruptError(
      { file },
      size === undefined
        ? 'the file is missing'
        : `the file has ${size} bytes instead of at least ${from.length}`,
      RESTORE_BACKUP_ADVICE,
    );
  let end: { length: number; committedSeq: number } = from;
  let uncommitted: { value: unknown; offset: number }[] = [];
  let damagedAt: number | undefined;
  for (const { start, bytes, terminated } of readLines(path, from.length)) {
    const value = terminated ? parseLogLine(bytes) : undefined;
    if (value === undefined) {
      damagedAt ??= start;
      continue;
    }
    const commit = commitOf(value);
    if (commit === undefined) {
      uncommitted.push({ value, offset: start });
      continue;
    }
    if (damagedAt !== undefined) throw damagedEntry(file, damagedAt);
    for (const entry of uncommitted) visit(entry.value, entry.offset);
    uncommitted = [];
    end = { length: start + bytes.length + 1, committedSeq: commit };
  }
  return { ...end, looseBytes: size - end.length };
}

/** Cuts what a broken-off append left behind. */
export function cutLog(path: string, length: number): void {
  const fd = openSync(path, constants.O_RDWR);
  try {
    ftruncateSync(fd, length);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function commitOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null && 'commit' in value && typeof value.commit === 'number'
    ? value.commit
    : undefined;
}
