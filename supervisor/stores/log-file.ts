import { closeSync, constants, fsyncSync, ftruncateSync, openSync, read, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Disk, writeFully } from './disk.ts';
import { RESTORE_BACKUP_ADVICE, StoreCorruptError, SyncFailedError } from './errors.ts';
import { checksum, readLines } from './lines.ts';

/**
 * An append-only file of checksummed lines `["<crc32>",<json>]`. What was appended together is closed by a commit mark
 * `["<crc32>",{"commit":<seq>}]`: all entries up to that transaction are in the file. Whatever stands behind the last mark was
 * broken off; the journal still has it.
 */
export class LogFile {
  readonly name: string;
  readonly #disk: Disk;
  readonly #fd: number;
  #length: number;
  #committedSeq: number;

  private constructor(disk: Disk, fd: number, name: string, { length, committedSeq }: LogEnd) {
    this.#disk = disk;
    this.#fd = fd;
    this.name = name;
    this.#length = length;
    this.#committedSeq = committedSeq;
  }

  static async open(disk: Disk, path: string, end: LogEnd, flags: number): Promise<LogFile> {
    return new LogFile(disk, await disk.open(path, flags), basename(path), end);
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

  /** The JSON of the line that starts at `offset`. @throws {StoreCorruptError} */
  async lineAt(offset: number): Promise<unknown> {
    let bytes = await this.#readAt(offset, FIRST_READ_BYTES);
    let end = bytes.indexOf(NEWLINE);
    while (end === -1 && offset + bytes.length < this.#length) {
      bytes = await this.#readAt(offset, bytes.length * 8);
      end = bytes.indexOf(NEWLINE);
    }
    const value = end === -1 ? undefined : parseLogLine(bytes.subarray(0, end));
    if (value === undefined)
      throw new StoreCorruptError(
        { file: this.name, byte: offset },
        'this entry is damaged (its checksum does not fit)',
        RESTORE_BACKUP_ADVICE,
      );
    return value;
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
/** `["xxxxxxxx",` before the JSON and `]` behind it. */
const JSON_START = 12;

export function logLine(json: string): string {
  return `["${checksum(json)}",${json}]\n`;
}

/** The JSON value of a line without its newline; undefined when the line is damaged. */
export function parseLogLine(bytes: Buffer): unknown {
  if (bytes.length <= JSON_START) return undefined;
  const json = bytes.subarray(JSON_START, bytes.length - 1);
  if (bytes.toString('latin1', 0, JSON_START) !== `["${checksum(json)}",`) return undefined;
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

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
    if (damagedAt !== undefined)
      throw new StoreCorruptError(
        { file, byte: damagedAt },
        'an entry is damaged (its checksum does not fit)',
        RESTORE_BACKUP_ADVICE,
      );
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
