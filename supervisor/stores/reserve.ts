import { randomFillSync } from 'node:crypto';
import { constants, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, REPLACE_FLAGS, writeFully } from './disk.ts';
import { isOutOfSpace } from './errors.ts';

const BLOCK_BYTES = 1 << 20;

/**
 * A file that only occupies room. When the disk is full it is deleted, so that the answers of gateways to running orders can
 * still be written down; when there is room again it is rebuilt.
 */
export class Reserve {
  readonly #dataDir: string;
  readonly #path: string;
  readonly #bytes: number;
  readonly #disk: Disk;
  #held = false;
  #releases = 0;

  constructor(dataDir: string, bytes: number, disk: Disk) {
    this.#dataDir = dataDir;
    this.#path = reservePath(dataDir);
    this.#bytes = bytes;
    this.#disk = disk;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Occupies the room if it is not yet. @returns whether it is held now; false when the disk has not that much. */
  async acquire(): Promise<boolean> {
    if (this.#held) return true;
    if (statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes) {
      this.#held = true;
      return true;
    }
    // Well above its own size: trying must not take the last room from the journal.
    if ((await this.#disk.freeBytes(this.#dataDir)) < this.#bytes * 2) return false;
    const releases = this.#releases;
    const fd = await this.#disk.open(this.#path, REPLACE_FLAGS | constants.O_NOFOLLOW);
    try {
      // Random bytes: a file system that compresses would keep no room for zeros.
      const block = randomFillSync(Buffer.allocUnsafe(Math.min(BLOCK_BYTES, this.#bytes)));
      for (let position = 0; position < this.#bytes; position += block.length) {
        if (this.#releases !== releases) {
          await this.#disk.truncate(fd, 0);
          return false;
        }
        const length = Math.min(block.length, this.#bytes - position);
        await writeFully(this.#disk, fd, block, length, position);
      }
      await this.#disk.sync(fd);
      this.#held = true;
    } catch (error) {
      if (!isOutOfSpace(error)) throw error;
      await this.#disk.truncate(fd, 0);
    } finally {
      await this.#disk.close(fd);
    }
    return this.#held;
  }

  /** Gives the room back. @returns false when there was none. */
  release(): boolean {
    this.#held = false;
    this.#releases += 1;
    return releaseReserve(this.#dataDir);
  }
}

/** Gives a folder's reserve back, for whoever holds the folder's lock. @returns false when there was none. */
export function releaseReserve(dataDir: string): boolean {
  const size = statSync(reservePath(dataDir), { throwIfNoEntry: false })?.size ?? 0;
  rmSync(reservePath(dataDir), { force: true });
  return size > 0;
}

const reservePath = (dataDir: string): string => join(dataDir, 'reserve');
