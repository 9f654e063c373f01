import * as fs from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { type Clock, SECOND_MS } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { replaceFileSync } from './disk.ts';
import { isOutOfSpace, LockLostError, StoreLockedError, systemCode } from './errors.ts';
import { currentOwner, describeOwner, type Owner, ownerSchema, ownerState } from './owner.ts';
import { releaseReserve } from './reserve.ts';

export interface LockOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The lock of another host is dead when it was not renewed for so long, in milliseconds. At least 2,000. */
  readonly staleMs?: number;
  /** The lock is somebody else's now. */
  onLost(error: LockLostError): void;
}

export interface FolderLock {
  /** Cheap enough to be asked before each call that moves money: one small read, one stat. */
  stillOwner(): boolean;
  release(): Promise<void>;
}

const DEFAULT_STALE_MS = 10 * SECOND_MS;
const RETRY_MS = 250;

/**
 * Takes the data folder for this process.
 * @throws {StoreLockedError} naming the holder.
 */
export async function lockFolder(options: LockOptions): Promise<FolderLock> {
  const { dataDir, clock, logger } = options;
  const staleMs = options.staleMs ?? DEFAULT_STALE_MS;
  const self = currentOwner(clock.now());
  const deadline = performance.now() + staleMs + RETRY_MS;
  for (;;) {
    const lock = await exclusively(dataDir, () => tryLock(options, staleMs, self));
    if (lock) return lock;
    const holder = readOwner(dataDir);
    const alive = holder !== undefined && ownerState(holder, self) === 'alive';
    if (alive || performance.now() > deadline)
      throw new StoreLockedError(dataDir, holder ? describeOwner(holder) : 'a process that left no name');
    logger.info(
      { holder: holder && describeOwner(holder) },
      'The data folder is locked by a process that cannot be looked at from here; waiting to see whether it is alive',
    );
    await new Promise<void>((resolve) => {
      clock.schedule(RETRY_MS, resolve);
    });
  }
}

/** The live process that holds the folder, in words; undefined when there is none that can be proven to live. */
export function liveHolder(dataDir: string, now: number): string | undefined {
  const holder = fs.existsSync(lockPath(dataDir)) ? readOwner(dataDir) : undefined;
  return holder && ownerState(holder, currentOwner(now)) === 'alive' ? describeOwner(holder) : undefined;
}

const lockPath = (dataDir: string): string => join(dataDir, 'lock');
const ownerPath = (dataDir: string): string => join(dataDir, 'owner.json');

async function tryLock(options: LockOptions, staleMs: number, self: Owner): Promise<FolderLock | undefined> {
  const { dataDir, logger } = options;
  const holder = readOwner(dataDir);
  if (holder && fs.existsSync(lockPath(dataDir)) && ownerState(holder, self) !== 'unknown') {
    if (ownerState(holder, self) === 'alive') return undefined;
    logger.warn({ holder: describeOwner(holder) }, 'The last holder of the data folder is dead; taking over');
    fs.rmdirSync(lockPath(dataDir));
  }
  const isOurs = (): boolean => sameOwner(readOwner(dataDir), self);
  const fail = (problem: string): void => options.onLost(new LockLostError(problem));
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(dataDir, {
      lockfilePath: lockPath(dataDir),
      realpath: false,
      stale: staleMs,
      // The library removes the lock when the process exits; by then it may be somebody else's.
      fs: { ...fs, rmdirSync: (path: string) => isOurs() && fs.rmdirSync(path) },
      onCompromised: (error) => fail(error.message),
    });
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return undefined;
    throw error;
  }
  try {
    nameOwner(dataDir, self);
  } catch (error) {
    await release();
    throw error;
  }
  const inode = fs.statSync(lockPath(dataDir)).ino;
  const stillOwner = (): boolean =>
    isOurs() && fs.statSync(lockPath(dataDir), { throwIfNoEntry: false })?.ino === inode;
  return {
    stillOwner,
    async release() {
      if (!stillOwner()) return;
      await release();
      fs.rmSync(ownerPath(dataDir), { force: true });
    },
  };
}

/** On a full disk the reserve makes room: a product that was killed while the disk was full must be able to come back. */
function nameOwner(dataDir: string, self: Owner): void {
  const write = (): void => replaceFileSync(dataDir, ownerPath(dataDir), `${JSON.stringify(self)}\n`);
  try {
    write();
  } catch (error) {
    if (!isOutOfSpace(error) || !releaseReserve(dataDir)) throw error;
    write();
  }
}

function readOwner(dataDir: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(fs.readFileSync(ownerPath(dataDir), 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === undefined) return undefined;
    throw error;
  }
}

function sameOwner(a: Owner | undefined, b: Owner): boolean {
  return (
    a?.pid === b.pid && a.processStart === b.processStart && a.host === b.host && a.startedAt === b.startedAt
  );
}

/**
 * Runs one attempt at a time on this machine: two that both found the holder dead must not remove each other's fresh lock. The
 * kernel frees an abstract socket name with its process, so this guard cannot be left behind.
 */
async function exclusively<T>(dataDir: string, attempt: () => Promise<T>): Promise<T | undefined> {
  const { dev, ino } = fs.statSync(dataDir);
  const guard = await listen(`\0airtime-bots-store-${dev}-${ino}`);
  if (!guard) return undefined;
  try {
    return await attempt();
  } finally {
    guard.close();
  }
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      systemCode(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(name, () => resolve(server));
  });
}
