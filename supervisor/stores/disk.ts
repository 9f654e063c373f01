import {
  close,
  closeSync,
  constants,
  fdatasync,
  fsync,
  fsyncSync,
  ftruncate,
  open,
  openSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The few calls through which everything durable passes, so that a test can make a disk fail or fill up. Descriptors, not
 * `FileHandle`s: the journal's write is the hottest call of the product.
 */
export interface Disk {
  open(path: string, flags: number): Promise<number>;
  /** @returns how many bytes were taken; may be fewer than asked. */
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  /** Data (and length) of the file are on the medium when it resolves. */
  dataSync(fd: number): Promise<void>;
  sync(fd: number): Promise<void>;
  truncate(fd: number, length: number): Promise<void>;
  close(fd: number): Promise<void>;
  /** Bytes that an ordinary process may still take. */
  freeBytes(path: string): Promise<number>;
}

const openAsync = promisify(open);

export const realDisk: Disk = {
  open: (path, flags) => openAsync(path, flags, FILE_MODE),
  write: (fd, bytes, offset, length, position) =>
    new Promise((resolve, reject) => {
      write(fd, bytes, offset, length, position, (error, written) =>
        error ? reject(error) : resolve(written),
      );
    }),
  dataSync: promisify(fdatasync),
  sync: promisify(fsync),
  truncate: promisify(ftruncate),
  close: promisify(close),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** Orders hold phone numbers: nobody but the owner reads the files. */
const FILE_MODE = 0o600;

export const CREATE_FLAGS = constants.O_RDWR | constants.O_CREAT;
/** One thread-pool hop per durable write instead of two (write, then fdatasync). */
export const JOURNAL_FLAGS = CREATE_FLAGS | constants.O_DSYNC;
export const REPLACE_FLAGS = CREATE_FLAGS | constants.O_TRUNC;

/** Writes all of it: a file system may take a part (a disk that fills up does). */
export async function writeFully(
  disk: Disk,
  fd: number,
  bytes: Uint8Array,
  length: number,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < length) {
    const written = await disk.write(fd, bytes, done, length - done, position + done);
    if (written <= 0) throw new Error('The file system took no bytes and gave no reason');
    done += written;
  }
}

/** Makes created, renamed and deleted names durable. */
export async function syncDirectory(disk: Disk, path: string): Promise<void> {
  const fd = await disk.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await disk.sync(fd);
  } finally {
    await disk.close(fd);
  }
}

/** Replaces a small file as a whole: temp file, fsync, rename, directory fsync. Only for moments when blocking is fine. */
export function replaceFileSync(directory: string, path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  const fd = openSync(temporary, REPLACE_FLAGS, FILE_MODE);
  try {
    const bytes = Buffer.from(content);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncDirectorySync(directory);
}

/** What was written to a file is on the medium afterwards. */
export function syncFileSync(path: string): void {
  const fd = openSync(path, constants.O_RDWR);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function syncDirectorySync(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
