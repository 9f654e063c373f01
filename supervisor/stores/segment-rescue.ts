import { existsSync, fstatSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync } from './disk.ts';
import { JournalMissingError } from './errors.ts';

/**
 * A file that is deleted while it is open goes on taking writes and vanishes with the process. Whoever writes the journal looks,
 * and saves what the lost file holds while the descriptor still leads to it.
 * @param lengthBytes what of the file has been written.
 * @throws {JournalMissingError} when `file` is not the open one any more; its content is safe by then.
 */
export function assertInPlace(dataDir: string, file: string, descriptor: number, lengthBytes: number): void {
  const open = fstatSync(descriptor);
  const named = statSync(join(dataDir, file), { throwIfNoEntry: false });
  if (named?.ino === open.ino && named.dev === open.dev) return;
  const savedAs = existsSync(join(dataDir, file)) ? `${file}.rescued` : file;
  replaceFileSync(dataDir, join(dataDir, savedAs), readAll(descriptor, lengthBytes));
  throw new JournalMissingError(file, savedAs);
}

function readAll(descriptor: number, lengthBytes: number): Buffer {
  const content = Buffer.alloc(lengthBytes);
  let done = 0;
  while (done < lengthBytes) {
    const read = readSync(descriptor, content, done, lengthBytes - done, done);
    if (read === 0) throw new Error('The journal is shorter than what was written to it');
    done += read;
  }
  return content;
}
