import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temp.ts';

/** A real file system with little room, which a test may fill up or make read-only. */
export interface SmallDisk {
  readonly path: string;
  /** Takes what room is left. */
  fill(): void;
  /** Gives back what {@link fill} took. */
  empty(): void;
  setReadOnly(readOnly: boolean): void;
  remove(): void;
}

/** A tmpfs of so many megabytes; undefined where mounting is not permitted (not root, or a container without the right). */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const folder = temporaryFolder('small-disk');
  try {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder.path);
  } catch {
    folder.remove();
    return undefined;
  }
  const balloon = join(folder.path, 'balloon');
  return {
    path: folder.path,
    fill() {
      const descriptor = openSync(balloon, 'a');
      try {
        for (const bytes of [1 << 20, 4_096, 1]) writeUntilFull(descriptor, Buffer.alloc(bytes));
      } finally {
        closeSync(descriptor);
      }
    },
    empty: () => rmSync(balloon, { force: true }),
    setReadOnly: (readOnly) => mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder.path),
    remove() {
      execFileSync('umount', ['--lazy', folder.path]);
      folder.remove();
    },
  };
}

/**
 * A data folder for the product on such a disk. The simulated world keeps its file in `worldFolder`, on another one: its ledger is the
 * witness and must not fill up with the product's disk.
 * @returns its path
 */
export function dataFolderOn(disk: SmallDisk, worldFolder: string): string {
  const dataDir = join(disk.path, 'data');
  mkdirSync(dataDir);
  symlinkSync(worldFolder, join(dataDir, 'sandbox'));
  return dataDir;
}

function mount(...options: readonly string[]): void {
  execFileSync('mount', options, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function writeUntilFull(descriptor: number, block: Buffer): void {
  for (;;) {
    try {
      if (writeSync(descriptor, block) < block.length) return;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
      throw error;
    }
  }
}
