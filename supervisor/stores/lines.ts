import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from './crc32.ts';

/** One line of a file. */
export interface Line {
  /** Byte offset of its first byte. */
  readonly start: number;
  /** Without the newline. Valid only until the next line is asked for. */
  readonly bytes: Buffer;
  /** False: the file ends here without a newline. */
  readonly terminated: boolean;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 1 << 20;

/** The lines of a file from a byte offset on, read block by block: a file may be larger than memory. */
export function* readLines(path: string, from = 0): Generator<Line, void, undefined> {
  const fd = openSync(path, 'r');
  try {
    const left = Math.max(0, fstatSync(fd).size - from);
    let buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, left + 1));
    let bufferStart = from;
    let filled = 0;
    for (;;) {
      if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      const got = readSync(fd, buffer, filled, buffer.length - filled, bufferStart + filled);
      const searchFrom = filled;
      filled += got;
      let lineStart = 0;
      let newline = buffer.indexOf(NEWLINE, searchFrom);
      while (newline !== -1 && newline < filled) {
        yield {
          start: bufferStart + lineStart,
          bytes: buffer.subarray(lineStart, newline),
          terminated: true,
        };
        lineStart = newline + 1;
        newline = buffer.indexOf(NEWLINE, lineStart);
      }
      if (got === 0) {
        if (lineStart < filled)
          yield {
            start: bufferStart + lineStart,
            bytes: buffer.subarray(lineStart, filled),
            terminated: false,
          };
        return;
      }
      buffer.copyWithin(0, lineStart, filled);
      bufferStart += lineStart;
      filled -= lineStart;
    }
  } finally {
    closeSync(fd);
  }
}

/** CRC-32 as eight hexadecimal digits. */
export function checksum(data: Uint8Array | string): string {
  return crc32(data).toString(16).padStart(8, '0');
}

/** Writes the checksum's eight digits into a buffer. */
export function writeChecksum(into: Buffer, offset: number, crc: number): void {
  for (let digit = 7; digit >= 0; digit -= 1) {
    into[offset + digit] = HEX.charCodeAt(crc & 0xf);
    crc >>>= 4;
  }
}
const HEX = '0123456789abcdef';

/** The number that eight hexadecimal digits stand for; -1 when they are not that. */
export function readChecksum(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let index = offset; index < offset + 8; index += 1) {
    const code = bytes[index] ?? 0;
    const digit =
      code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
