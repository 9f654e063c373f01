import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { crc32 } from './crc32.ts';
import { restoreSnapshotAdvice, StoreCorruptError, StoreVersionError } from './errors.ts';
import { checksum, readChecksum, readLines } from './lines.ts';
import {
  CHECKSUM_LENGTH,
  FOOTER_END,
  FOOTER_START,
  FORMAT_VERSION,
  HEADER_END,
  HEADER_START,
  type SnapshotHeader,
  snapshotFooterSchema,
  snapshotHeaderSchema,
} from './snapshot-format.ts';

/** A record as it stands in its line. `json` is valid only during the call. */
export type VisitRecord = (value: unknown, json: Buffer, mark: number | undefined) => void;

/**
 * Reads a snapshot and checks every line of it.
 * @throws {StoreCorruptError} with the line at fault. @throws {StoreVersionError}
 */
export function readSnapshot(path: string, collection: string, visit: VisitRecord): SnapshotHeader {
  const file = basename(path);
  let line = 0;
  let byte = 0;
  const corrupt = (problem: string): StoreCorruptError =>
    new StoreCorruptError({ file, line, byte }, problem, restoreSnapshotAdvice(file));
  if (!existsSync(path))
    throw new StoreCorruptError({ file }, 'the file is missing', restoreSnapshotAdvice(file));
  let header: SnapshotHeader | undefined;
  let count = 0;
  let lines = 0;
  let done = false;
  for (const { start, bytes } of readLines(path)) {
    line += 1;
    byte = start;
    if (done) throw corrupt('something follows the end of the document');
    if (header === undefined) {
      header = readHeader(file, bytes);
      if (!header) throw corrupt('the header is damaged (its checksum does not fit)');
      if (header.collection !== collection)
        throw corrupt(`the file holds the collection "${header.collection}", not "${collection}"`);
    } else if (bytes[0] === CLOSING_BRACKET) {
      const json = framed(bytes.toString('utf8'), FOOTER_START, FOOTER_END);
      const footer = snapshotFooterSchema.safeParse(json === undefined ? undefined : JSON.parse(json));
      if (!footer.success) throw corrupt('the footer is damaged (its checksum does not fit)');
      if (
        footer.data.count !== count ||
        header.count !== count ||
        footer.data.lines !== lines.toString(16).padStart(8, '0')
      )
        throw corrupt(`the file should have ${header.count} records and has ${count}, or not the same ones`);
      done = true;
    } else {
      count += 1;
      if (!visitRecord(bytes, visit)) throw corrupt(`record ${count} is damaged (its checksum does not fit)`);
      lines = crc32(bytes.subarray(2, 2 + CHECKSUM_LENGTH), lines);
    }
  }
  if (!done || !header)
    throw corrupt(line === 0 ? 'the file is empty' : 'the file ends early (its footer is missing)');
  return header;
}

const CLOSING_BRACKET = 0x5d;
const BRACE_CLOSE = 0x7d;
const COMMA = 0x2c;
/** Length of `["xxxxxxxx",`. */
const BODY_OFFSET = 12;

function readHeader(file: string, bytes: Buffer): SnapshotHeader | undefined {
  const json = framed(bytes.toString('utf8'), HEADER_START, HEADER_END);
  if (json === undefined) return undefined;
  const value: unknown = JSON.parse(json);
  // Before anything else is expected of it: another version may look different.
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format !== FORMAT_VERSION) throw new StoreVersionError(file, format, FORMAT_VERSION);
  const parsed = snapshotHeaderSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** The JSON between the frame's ends, if its checksum fits. */
function framed(text: string, start: string, end: string): string | undefined {
  if (!text.startsWith(start) || !text.endsWith(end)) return undefined;
  const bodyStart = start.length + CHECKSUM_LENGTH + 2;
  const json = text.slice(bodyStart, text.length - end.length);
  return text.slice(start.length, bodyStart) === `${checksum(json)}",` ? json : undefined;
}

function visitRecord(bytes: Buffer, visit: VisitRecord): boolean {
  const withComma = bytes[bytes.length - 1] === COMMA;
  const end = bytes.length - (withComma ? 2 : 1);
  if (end <= BODY_OFFSET || bytes[end] !== CLOSING_BRACKET) return false;
  if (
    bytes.toString('latin1', 0, 2) !== '["' ||
    bytes.toString('latin1', BODY_OFFSET - 2, BODY_OFFSET) !== '",'
  )
    return false;
  const body = bytes.subarray(BODY_OFFSET, end);
  if (readChecksum(bytes, 2) !== crc32(body)) return false;
  const jsonEnd = body.lastIndexOf(BRACE_CLOSE) + 1;
  const mark = jsonEnd === body.length ? undefined : Number(body.toString('latin1', jsonEnd + 1));
  const json = body.subarray(0, jsonEnd);
  visit(JSON.parse(json.toString('utf8')), json, mark);
  return true;
}
