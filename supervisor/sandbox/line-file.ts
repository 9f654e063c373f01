import {
  closeSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { errorText } from '../../shared/errors.ts';

/** A file of the simulated world cannot be read; the text names file, line and way out. */
export class CorruptFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CorruptFileError';
  }
}

interface Header {
  readonly format: string;
  readonly version: number;
}

/**
 * An append-only file of JSON lines whose first line names its format and version. An append has reached the kernel when it
 * returns, so a SIGKILL at any moment loses nothing that was answered; a line cut short by one is cut off at the next opening.
 * (A power cut may take the last lines with it: no real money hangs on this file.)
 */
export class LineFile {
  readonly #path: string;
  readonly #header: string;
  #descriptor: number;
  #sizeBytes: number;
  /** True from before a write until it is complete: what lies beyond `#sizeBytes` is not a line. */
  #torn = false;

  private constructor(path: string, header: string, descriptor: number, sizeBytes: number) {
    this.#path = path;
    this.#header = header;
    this.#descriptor = descriptor;
    this.#sizeBytes = sizeBytes;
  }

  /**
   * Opens or creates the file and hands every stored record to `take`, in order.
   * @throws {CorruptFileError} for another format or version, or a complete line that is not JSON or that `take` refuses.
   */
  static open(path: string, header: Header, take: (record: unknown) => void): LineFile {
    const headerLine = `${JSON.stringify(header)}\n`;
    const descriptor = openSync(path, 'a+', 0o600);
    try {
      fchmodSync(descriptor, 0o600);
      const content = readFileSync(descriptor);
      const completeBytes = content.lastIndexOf(0x0a) + 1;
      if (completeBytes < content.length) ftruncateSync(descriptor, completeBytes);
      const file = new LineFile(path, headerLine, descriptor, completeBytes);
      if (completeBytes === 0) file.#write(headerLine);
      else readLines(path, headerLine, content.subarray(0, completeBytes), take);
      return file;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** @throws what the file system throws; the record is then not in the file, not even in part. */
  append(record: object): void {
    this.#write(`${JSON.stringify(record)}\n`);
  }

  /** Replaces the whole content at once: after a crash either the old or the new one is there. */
  replace(records: Iterable<object>): void {
    const temporary = `${this.#path}.new`;
    const descriptor = openSync(temporary, 'w', 0o600);
    let sizeBytes = writeAll(descriptor, this.#header);
    let batch = '';
    for (const record of records) {
      batch += `${JSON.stringify(record)}\n`;
      if (batch.length < 65_536) continue;
      sizeBytes += writeAll(descriptor, batch);
      batch = '';
    }
    sizeBytes += writeAll(descriptor, batch);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(temporary, this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.#path, 'a');
    this.#sizeBytes = sizeBytes;
    this.#torn = false;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(text: string): void {
    if (this.#torn) ftruncateSync(this.#descriptor, this.#sizeBytes);
    this.#torn = true;
    this.#sizeBytes += writeAll(this.#descriptor, text);
    this.#torn = false;
  }
}

function writeAll(descriptor: number, text: string): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  return bytes.length;
}

function readLines(path: string, header: string, content: Buffer, take: (record: unknown) => void): void {
  let start = 0;
  for (let lineNo = 1; start < content.length; lineNo += 1) {
    const end = content.indexOf(0x0a, start);
    const line = content.toString('utf8', start, end);
    start = end + 1;
    if (lineNo === 1) {
      if (`${line}\n` === header) continue;
      throw new CorruptFileError(
        `${path} is of another format or version (${line.slice(0, 80)}); move it away to begin anew, or run the version that wrote it`,
      );
    }
    try {
      take(JSON.parse(line));
    } catch (error) {
      throw new CorruptFileError(
        `${path} line ${lineNo} cannot be read (${errorText(error)}); restore the file from a backup, or move it away to begin with an empty world`,
        { cause: error },
      );
    }
  }
}
