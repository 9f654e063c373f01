import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const CHUNK_BYTES = 16 << 20;

/**
 * Which of the texts stand in a process's writable memory (heap, buffers, stack) right now. The process must be a descendant of
 * this one, or this one root's.
 */
export function textsInMemory(pid: number, texts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const longest = Math.max(...texts.map((text) => text.length));
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { start, end } of writableRegions(pid)) {
      // Chunks overlap, so that a text on the border is not missed.
      for (let at = start; at < end; at += CHUNK_BYTES - longest) {
        const bytes = readChunk(memory, at, Math.min(CHUNK_BYTES, end - at));
        for (const text of texts) if (!found.has(text) && bytes.includes(text)) found.add(text);
        if (end - at <= CHUNK_BYTES) break;
      }
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

function writableRegions(pid: number): { start: number; end: number }[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const region = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      return region?.[1] && region[2]
        ? [{ start: Number.parseInt(region[1], 16), end: Number.parseInt(region[2], 16) }]
        : [];
    });
}

function readChunk(memory: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    try {
      const got = readSync(memory, bytes, done, length - done, position + done);
      if (got === 0) break;
      done += got;
    } catch (error) {
      // A region may be given back between the look at the map and the read.
      if (error instanceof Error && 'code' in error && error.code === 'EIO') break;
      throw error;
    }
  }
  return bytes.subarray(0, done);
}
