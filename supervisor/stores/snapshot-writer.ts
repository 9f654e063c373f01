import { constants, copyFileSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from './crc32.ts';
import { type Disk, REPLACE_FLAGS, syncDirectory, writeFully } from './disk.ts';
import { systemCode } from './errors.ts';
import { checksum, writeChecksum } from './lines.ts';
import {
  FOOTER_END,
  FOOTER_START,
  FORMAT_VERSION,
  HEADER_END,
  HEADER_START,
  previousFile,
  type SnapshotHeader,
  type SnapshotNotes,
  snapshotFile,
} from './snapshot-format.ts';
import type { ImageRecord, TableImage } from './table.ts';

export interface SnapshotSource {
  readonly collection: string;
  readonly seq: number;
  readonly savedAt: number;
  readonly notes: SnapshotNotes;
  readonly image: TableImage;
}

/** How long one slice of the work may keep others waiting, in milliseconds. */
const SLICE_MS = 2;
const WRITE_BYTES = 1 << 18;

/** Writes a snapshot beside the present one, durable but not yet in its place. @returns its length in bytes. */
export async function writeSnapshot(disk: Disk, dataDir: string, source: SnapshotSource): Promise<number> {
  const path = temporaryPath(dataDir, source.collection);
  const fd = await disk.open(path, REPLACE_FLAGS);
  try {
    const output = new Output(disk, fd);
    await writeAll(output, source);
    await output.flush();
    await disk.sync(fd);
    return output.length;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    await disk.close(fd);
  }
}

async function writeAll(
  output: Output,
  { collection, seq, savedAt, notes, image }: SnapshotSource,
): Promise<void> {
  const header: SnapshotHeader = {
    format: FORMAT_VERSION,
    collection,
    seq,
    savedAt,
    count: image.count,
    notes,
  };
  const headerJson = JSON.stringify(header);
  output.text(`${HEADER_START}${checksum(headerJson)}",${headerJson}${HEADER_END}\n`);
  let count = 0;
  let lines = 0;
  let sliceEnd = performance.now() + SLICE_MS;
  for (const record of image.records()) {
    count += 1;
    lines = output.record(record, count === image.count, lines);
    if (output.pending >= WRITE_BYTES) await output.flush();
    // The clock costs more than a record: look at it now and then.
    if (count % 64 === 0 && performance.now() > sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  const footerJson = JSON.stringify({ count, lines: lines.toString(16).padStart(8, '0') });
  output.text(`${FOOTER_START}${checksum(footerJson)}",${footerJson}${FOOTER_END}\n`);
}

/** Puts a written snapshot in its place; the present one becomes the previous one. At every moment one of them is there. */
export async function installSnapshot(disk: Disk, dataDir: string, collection: string): Promise<void> {
  const current = join(dataDir, snapshotFile(collection));
  const previous = join(dataDir, previousFile(collection));
  const previousTemporary = `${previous}.tmp`;
  rmSync(previousTemporary, { force: true });
  try {
    linkSync(current, previousTemporary);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EMLINK' || code === 'ENOSYS')
      copyFileSync(current, previousTemporary, constants.COPYFILE_FICLONE);
    else if (code !== 'ENOENT') throw error;
  }
  renameIfThere(previousTemporary, previous);
  renameSync(temporaryPath(dataDir, collection), current);
  await syncDirectory(disk, dataDir);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

export const temporaryPath = (dataDir: string, collection: string): string =>
  join(dataDir, `${snapshotFile(collection)}.tmp`);

/** Collects lines and writes them in large pieces. */
class Output {
  readonly #disk: Disk;
  readonly #fd: number;
  #buffer = Buffer.allocUnsafe(WRITE_BYTES * 2);
  #pending = 0;
  #written = 0;

  constructor(disk: Disk, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
  }

  get pending(): number {
    return this.#pending;
  }

  get length(): number {
    return this.#written + this.#pending;
  }

  text(text: string): void {
    this.#need(text.length * 3);
    this.#pending += this.#buffer.write(text, this.#pending, 'utf8');
  }

  /** @returns the running checksum over the lines' checksums. */
  record({ json, mark }: ImageRecord, isLast: boolean, lines: number): number {
    this.#need(json.length + 64);
    const buffer = this.#buffer;
    const start = this.#pending;
    const bodyStart = start + BODY_OFFSET;
    let end = bodyStart + json.copy(buffer, bodyStart);
    if (mark !== undefined) end += buffer.write(`,${mark}`, end, 'latin1');
    buffer.write('["', start, 'latin1');
    writeChecksum(buffer, start + 2, crc32(buffer.subarray(bodyStart, end)));
    buffer.write('",', bodyStart - 2, 'latin1');
    const nextLines = crc32(buffer.subarray(start + 2, start + 10), lines);
    this.#pending = end + buffer.write(isLast ? ']\n' : '],\n', end, 'latin1');
    return nextLines;
  }

  async flush(): Promise<void> {
    const length = this.#pending;
    await writeFully(this.#disk, this.#fd, this.#buffer, length, this.#written);
    this.#written += length;
    this.#pending = 0;
  }

  #need(bytes: number): void {
    if (this.#buffer.length - this.#pending >= bytes) return;
    this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2 + bytes);
  }
}

/** Length of `["xxxxxxxx",`. */
const BODY_OFFSET = 12;
