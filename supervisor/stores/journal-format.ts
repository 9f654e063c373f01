import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { jsonValueSchema } from '../../shared/json.ts';
import { crc32 } from './crc32.ts';
import { CUT_END_ADVICE, RESTORE_BACKUP_ADVICE, StoreCorruptError } from './errors.ts';
import { type Line, readChecksum, readLines, writeChecksum } from './lines.ts';

/**
 * The journal's lines. One line is one transaction:
 *
 *     <crc32 of the JSON, 8 hex> <length of the JSON in bytes> {"seq":…,"synced":…,"at":…,"ops":[…],"logs":[…]}
 *
 * `synced` is the last transaction that was on the medium when this line was written. It tells a torn write from damage: lines
 * written together may reach the medium in any order, so a bad line followed by good ones is torn if none of them knew it to
 * be durable, and damaged if one did. A segment that was continued by another one ends with `{"end":<its last seq>}`.
 */
const operationSchema = z.tuple([z.string(), z.string(), jsonValueSchema]);
const logSchema = z.union([
  z.tuple([z.literal('timelines'), z.string(), jsonValueSchema]),
  z.tuple([z.literal('audit'), jsonValueSchema]),
]);
export const journalRecordSchema = z.object({
  seq: z.number().int(),
  synced: z.number().int(),
  at: z.number(),
  ops: z.array(operationSchema),
  logs: z.array(logSchema).optional(),
});

/** `[collection, key, value or null for a deletion]` */
export type JournalOperation = [collection: string, key: string, value: unknown];
export type JournalLog = ['timelines', orderNo: string, entry: unknown] | ['audit', entry: unknown];

export interface JournalRecord {
  readonly seq: number;
  readonly synced: number;
  readonly at: number;
  readonly ops: readonly JournalOperation[];
  readonly logs?: readonly JournalLog[];
}
interface EndMark {
  readonly end: number;
}

const LENGTH_OFFSET = 9;

/** Appends a line to the buffer at `offset`. @returns the offset behind it, or -1 when it may not fit. */
export function writeLine(into: Buffer, offset: number, json: string): number {
  // A UTF-16 unit takes at most three bytes in UTF-8; the length's digits are bounded by that of the estimate.
  if (into.length - offset < json.length * 3 + 32) return -1;
  const bytes = Buffer.byteLength(json);
  const jsonStart = offset + LENGTH_OFFSET + into.write(`${bytes} `, offset + LENGTH_OFFSET, 'latin1');
  into.write(json, jsonStart, 'utf8');
  const end = jsonStart + bytes;
  writeChecksum(into, offset, crc32(into.subarray(jsonStart, end)));
  into[offset + 8] = SPACE;
  into[end] = NEWLINE;
  return end + 1;
}
const SPACE = 0x20;
const NEWLINE = 0x0a;

/** What stands in a line, undefined when its checksum, length or JSON is not right. */
function parseLine(bytes: Buffer): JournalRecord | EndMark | undefined {
  const jsonStart = bytes.indexOf(SPACE, LENGTH_OFFSET) + 1;
  if (jsonStart <= LENGTH_OFFSET || bytes[8] !== SPACE) return undefined;
  if (declaredLength(bytes) !== bytes.length - jsonStart) return undefined;
  const json = bytes.subarray(jsonStart);
  if (readChecksum(bytes, 0) !== crc32(json)) return undefined;
  try {
    // The checksum has shown that it is what `writeLine` was given; `verify` checks the shape as well.
    return JSON.parse(json.toString('utf8')) as JournalRecord | EndMark;
  } catch {
    // The checksum fits and yet it is no JSON: damaged like any other, which the caller reports with its place.
    return undefined;
  }
}

function declaredLength(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(SPACE, LENGTH_OFFSET);
  const digits = end === -1 ? '' : bytes.toString('latin1', LENGTH_OFFSET, end);
  return /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
}

export interface SegmentEnd {
  /** Last transaction read; one less than the first expected when the segment is empty. */
  readonly lastSeq: number;
  /** Bytes that are good. */
  readonly length: number;
  /** True: another segment follows. */
  readonly closed: boolean;
  /** The last line is whole but lacks its newline. */
  readonly lacksNewline: boolean;
  /** Bytes after `length` that a broken-off write left. */
  readonly tornBytes: number;
}

/**
 * Reads a segment, calling `apply` for each transaction.
 * @param isLast only the last segment may have a torn tail.
 * @throws {StoreCorruptError}
 */
export function readSegment(
  path: string,
  firstSeq: number,
  isLast: boolean,
  apply: (record: JournalRecord) => void,
): SegmentEnd {
  const file = basename(path);
  const size = statSync(path).size;
  let lastSeq = firstSeq - 1;
  let length = 0;
  let line = 0;
  let closed = false;
  let lacksNewline = false;
  const corrupt = (problem: string, advice = RESTORE_BACKUP_ADVICE): StoreCorruptError =>
    new StoreCorruptError({ file, line, byte: length }, problem, advice);
  for (const read of readLines(path)) {
    const { start, bytes, terminated } = read;
    line += 1;
    const record = parseLine(bytes);
    if (record === undefined) {
      if (isLast && isTorn(read, lastSeq + 1, path, size))
        return { lastSeq, length, closed, lacksNewline, tornBytes: size - start };
      throw corrupt(
        `transaction ${lastSeq + 1} is damaged (its checksum does not fit)`,
        isLast && !hasWholeLineAfter(path, start) ? CUT_END_ADVICE : RESTORE_BACKUP_ADVICE,
      );
    }
    if (closed) throw corrupt('something follows the end mark');
    if ('end' in record) {
      if (record.end !== lastSeq) throw corrupt(`the segment should end with transaction ${record.end}`);
      closed = true;
    } else {
      if (record.seq !== lastSeq + 1)
        throw corrupt(`transaction ${lastSeq + 1} is missing before ${record.seq}`);
      apply(record);
      lastSeq = record.seq;
    }
    length = start + bytes.length + (terminated ? 1 : 0);
    lacksNewline = !terminated;
  }
  return { lastSeq, length, closed, lacksNewline, tornBytes: 0 };
}

/** How each line begins, as Latin-1: with anything else at the journal's end nobody knows what it was written over. */
const BEGINNING = /^(?:[0-9a-f]{0,8}|[0-9a-f]{8} \d{0,10}|[0-9a-f]{8} \d{1,10} [ -\u00f4]*)$/;

/**
 * Decides whether a bad line is a write that was broken off (never acknowledged) or damage to something acknowledged.
 * A broken-off append is the beginning of a line or has holes of zeros; a line with all of its bytes is not, whatever its checksum says.
 */
function isTorn({ start, bytes, terminated }: Line, seq: number, path: string, fileSize: number): boolean {
  const hasHole = bytes.includes(0);
  if (terminated && !hasHole) return false;
  if (!hasHole && !BEGINNING.test(bytes.toString('latin1'))) return false;
  const declared = declaredLength(bytes);
  const headerBytes = bytes.indexOf(SPACE, LENGTH_OFFSET) + 1;
  if (!hasHole && declared !== undefined && start + headerBytes + declared <= fileSize) return false;
  for (const later of readLines(path, start + bytes.length + 1)) {
    const record = parseLine(later.bytes);
    if (record && (!('seq' in record) || record.synced >= seq)) return false;
  }
  return true;
}

/** True when any whole line follows behind this byte. */
export function hasWholeLineAfter(path: string, byte: number): boolean {
  let isFirst = true;
  for (const { bytes } of readLines(path, byte)) {
    if (!isFirst && parseLine(bytes)) return true;
    isFirst = false;
  }
  return false;
}

const SEGMENT_NAME = /^journal-(\d{12})\.jsonl$/;

export function segmentName(firstSeq: number): string {
  return `journal-${String(firstSeq).padStart(12, '0')}.jsonl`;
}

/** The first transaction of a segment by its file name; undefined for any other file. */
export function segmentFirstSeq(name: string): number | undefined {
  const digits = SEGMENT_NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
