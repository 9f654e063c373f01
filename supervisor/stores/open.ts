import { mkdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { type Clock, SECOND_MS } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { type Disk, realDisk } from './disk.ts';
import { explainUnusable, type LockLostError } from './errors.ts';
import { prepareFolder } from './folder.ts';
import { lockFolder } from './lock.ts';
import { migrateFolder } from './migration/migrate.ts';
import { type MigrationStep, migrationSteps } from './migration/step.ts';
import { finishErasures, recover } from './recovery.ts';
import { Reserve } from './reserve.ts';
import { FORMAT_VERSION } from './snapshot-format.ts';
import { State } from './state.ts';
import { JournaledStores } from './store.ts';
import type { Stores } from './types.ts';

export interface OpenOptions {
  /** Absolute path; created when missing. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Nothing can be trusted any more (a failed write, a lost lock): the process must end at once, with an error. */
  onFatal(error: Error): void;
  /** Refuses an illegal change of an order by throwing. */
  readonly checkOrderChange?: (before: Order | undefined, after: Order) => void;
  /** Freeze values against accidental changes; default true. */
  readonly freeze?: boolean;
  /** Room kept for the day the disk is full; default 8 MB. */
  readonly reserveBytes?: number;
  /** A snapshot is due when the journal has at least so many bytes; default 16 MB. */
  readonly snapshotMinBytes?: number;
  /** After how long a lock held on another host counts as dead, in milliseconds; default 10 s, at least 2 s. */
  readonly lockStaleMs?: number;
  /** How often to look whether a full disk has room again, in milliseconds; default 5 s. */
  readonly spaceCheckMs?: number;
  /** Told how long each batch of changes took to be on the disk, in milliseconds. Must not throw. */
  readonly onJournalWrite?: (durationMs: number) => void;
  /** How older folders are brought up to date; default: the product's own steps. */
  readonly migrations?: readonly MigrationStep[];
  /** For tests of failing disks. */
  readonly disk?: Disk;
}

const MEGABYTE = 1 << 20;

/**
 * Opens the data folder: takes its lock, brings it up to date, loads the snapshots, replays the journal.
 * @throws {import('./errors.ts').StoreLockedError} another supervisor runs on this folder
 * @throws {import('./errors.ts').StoreCorruptError} a file is not what was written, or is missing
 * @throws {import('./errors.ts').StoreVersionError} {@link import('./errors.ts').StoreYoungerError} the folder belongs to another release
 * @throws {import('./errors.ts').StoreUnusableError} the folder cannot be written
 */
export async function openStores(options: OpenOptions): Promise<Stores> {
  const { dataDir, clock, logger } = options;
  const disk = options.disk ?? realDisk;
  // Losing the lock before there is a store ends the start; afterwards the store has to know first.
  let onLost = (error: LockLostError): void => options.onFatal(error);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const lock = await lockFolder({
      dataDir,
      clock,
      logger,
      ...(options.lockStaleMs === undefined ? {} : { staleMs: options.lockStaleMs }),
      onLost: (error) => onLost(error),
    });
    try {
      finishErasures(dataDir, logger);
      await migrateFolder(dataDir, {
        steps: options.migrations ?? migrationSteps,
        current: FORMAT_VERSION,
        logger,
      });
      await prepareFolder(disk, dataDir, clock.now());
      const state = new State({
        freeze: options.freeze ?? true,
        checkOrderChange: options.checkOrderChange,
      });
      const recovered = await sparingMemory(() => recover(state, dataDir, disk, logger));
      const stores = await JournaledStores.start({
        dataDir,
        clock,
        logger,
        disk,
        lock,
        state,
        recovered,
        reserve: new Reserve(dataDir, options.reserveBytes ?? 8 * MEGABYTE, disk),
        snapshotMinBytes: options.snapshotMinBytes ?? 16 * MEGABYTE,
        spaceCheckMs: options.spaceCheckMs ?? 5 * SECOND_MS,
        onFatal: options.onFatal,
        onJournalWrite: options.onJournalWrite,
      });
      onLost = (error) => stores.fail(error);
      return stores;
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw explainUnusable(dataDir, error);
  }
}

/**
 * Loading makes garbage as fast as it can read. V8 would answer by growing its nursery to its largest size and keep that for good:
 * some sixty megabytes that nothing needs afterwards. The flag is read each time the nursery might grow; 2 is its default.
 */
async function sparingMemory<T>(load: () => Promise<T>): Promise<T> {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    return await load();
  } finally {
    setFlagsFromString('--semi-space-growth-factor=2');
  }
}
