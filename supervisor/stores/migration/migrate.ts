import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../../shared/logger.ts';
import { syncDirectorySync, syncFileSync } from '../disk.ts';
import { StoreVersionError } from '../errors.ts';
import { FORMAT_FILE, formatVersion, storeFiles } from '../folder.ts';
import type { MigrationStep } from './step.ts';

/** Where a migration stands is told by the name of the folder with its result; a rename moves it on. */
const places = (
  dataDir: string,
  to: number,
): Readonly<Record<'building' | 'built' | 'installing' | 'kept', string>> => ({
  /** Half-written: thrown away by the next attempt. */
  building: join(dataDir, `format-${to}.building`),
  /** Whole and on the disk. The present files are moved to `kept`. */
  built: join(dataDir, `format-${to}.built`),
  /** `kept` is complete: the new files are moved in. */
  installing: join(dataDir, `format-${to}.installing`),
  /** What the folder was before; stays until somebody deletes it. */
  kept: join(dataDir, `before-format-${to}`),
});

/**
 * Brings a data folder to version `current`, step by step. Each step writes its result beside the present files, which are then kept in
 * `before-format-<n>`. A process that dies at any moment leaves a folder with which the next call goes on.
 * @throws {StoreVersionError} no steps lead from the folder's version to `current`; a younger folder is one of these
 */
export async function migrateFolder(
  dataDir: string,
  options: { readonly steps: readonly MigrationStep[]; readonly current: number; readonly logger: Logger },
): Promise<void> {
  const { steps, current, logger } = options;
  for (const { from } of steps) finishSwap(dataDir, from + 1);
  for (;;) {
    const version = formatVersion(dataDir);
    // A new folder, or one without its format file: not for us to say.
    if (version === undefined || version === current) return;
    const step = version < current ? steps.find(({ from }) => from === version) : undefined;
    if (!step) throw new StoreVersionError(FORMAT_FILE, version, current);
    const to = version + 1;
    logger.info({ from: version, to }, 'Bringing the data folder to the next format version');
    await build(dataDir, step);
    finishSwap(dataDir, to);
    logger.info({ to, kept: places(dataDir, to).kept }, 'The data folder has the next format version');
  }
}

async function build(dataDir: string, step: MigrationStep): Promise<void> {
  const to = step.from + 1;
  const { building, built, kept } = places(dataDir, to);
  if (existsSync(kept))
    throw new Error(`${kept} is there from an earlier migration. Move it away and start again`);
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { mode: 0o700 });
  try {
    await step.run(dataDir, building);
    if (formatVersion(building) !== to) throw new Error(`The migration to version ${to} made no such folder`);
    for (const name of readdirSync(building)) syncFileSync(join(building, name));
    syncDirectorySync(building);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  renameSync(building, built);
  syncDirectorySync(dataDir);
}

function finishSwap(dataDir: string, to: number): void {
  for (const act of swapActs(dataDir, to)) act();
}

/**
 * What is left to do to put a built folder in its place; nothing when there is none. Each act is one step of the file system, so that a test can
 * stop between any two of them.
 */
export function* swapActs(dataDir: string, to: number): Generator<() => void> {
  const { building, built, installing, kept } = places(dataDir, to);
  if (existsSync(building)) yield () => rmSync(building, { recursive: true, force: true });
  if (existsSync(built)) {
    yield () => mkdirSync(kept, { recursive: true, mode: 0o700 });
    for (const name of storeFiles(dataDir)) yield () => renameSync(join(dataDir, name), join(kept, name));
    yield () => {
      syncDirectorySync(kept);
      syncDirectorySync(dataDir);
      renameSync(built, installing);
      syncDirectorySync(dataDir);
    };
  }
  if (!existsSync(installing)) return;
  // The format file last: with it the folder counts as whole.
  const names = readdirSync(installing).sort((a, b) => Number(a === FORMAT_FILE) - Number(b === FORMAT_FILE));
  for (const name of names) yield () => renameSync(join(installing, name), join(dataDir, name));
  yield () => {
    syncDirectorySync(dataDir);
    rmdirSync(installing);
    syncDirectorySync(dataDir);
  };
}
