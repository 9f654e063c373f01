import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tar from 'tar';
import { silentLogger } from '../../../shared/logger.ts';
import { realDisk, syncDirectorySync } from '../disk.ts';
import { StoreCorruptError } from '../errors.ts';
import { prepareFolder, storeFiles } from '../folder.ts';
import { migrateFolder } from '../migration/migrate.ts';
import { migrationSteps } from '../migration/step.ts';
import { PICTURES_FOLDER } from '../picture-files.ts';
import { FORMAT_VERSION } from '../snapshot-format.ts';
import { verifyFolder } from '../verify.ts';
import { copyFolder } from './copy.ts';
import { type BackupManifest, MANIFEST_FILE, readManifest } from './manifest.ts';

const PREFIX = 'airtime-backup-';
const SUFFIX = '.tar.gz';
const BROKEN_BACKUP_ADVICE = 'Take another backup; this one is damaged or was changed';

/** Writes a backup of `dataDir` into the folder `to` as one archive, which is there as a whole or not at all. @returns its path. */
export async function takeBackup(
  dataDir: string,
  to: string,
  facts: { readonly version: string; readonly now: number },
): Promise<{ readonly path: string; readonly manifest: BackupManifest }> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const name = `${PREFIX}${new Date(facts.now).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const work = await mkdtemp(join(to, `.${name}-`));
  try {
    const manifest = copyFolder(dataDir, join(work, name), facts);
    const partial = join(work, 'archive');
    await tar.create({ gzip: true, file: partial, cwd: work, mode: 0o600, portable: true }, [name]);
    await syncFile(partial);
    const path = join(to, `${name}${SUFFIX}`);
    if (existsSync(path)) throw new Error(`${path} exists already`);
    renameSync(partial, path);
    syncDirectorySync(to);
    return { path, manifest };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Deletes all but the youngest `keep` archives that {@link takeBackup} made in a folder. @returns the deleted names. */
export function dropOldBackups(folder: string, keep: number): string[] {
  const archives = readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX) && name.endsWith(SUFFIX))
    .sort();
  const dropped = archives.slice(0, Math.max(0, archives.length - keep));
  for (const name of dropped) rmSync(join(folder, name));
  return dropped;
}

/**
 * Unpacks an archive into a folder that must not exist yet, or be empty, and checks every byte and record of it.
 * @throws with nothing changed when the archive is damaged or the folder is in use.
 */
export async function restoreBackup(archive: string, dataDir: string): Promise<BackupManifest> {
  if (!existsSync(archive)) throw new Error(`There is no ${archive}`);
  if (existsSync(dataDir) && readdirSync(dataDir).some((name) => name !== '.gitkeep'))
    throw new Error(
      `${dataDir} is not empty. Move it away (mv ${dataDir} ${dataDir}.before), or name another folder with --to`,
    );
  await mkdir(dirname(dataDir), { recursive: true });
  const work = await mkdtemp(join(dirname(dataDir), '.restore-'));
  try {
    await tar
      .extract({ file: archive, cwd: work, strip: 1, strict: true, preservePaths: false })
      .catch((error: unknown) => {
        throw new Error(`${archive} cannot be unpacked. ${BROKEN_BACKUP_ADVICE}`, { cause: error });
      });
    const manifest = readManifest(work);
    if (!manifest) throw new Error(`${archive} is not a backup of this product: it has no ${MANIFEST_FILE}`);
    await checkFiles(work, manifest);
    await migrateFolder(work, { steps: migrationSteps, current: FORMAT_VERSION, logger: silentLogger });
    await prepareFolder(realDisk, work, manifest.takenAt);
    // A picture that was damaged before it was backed up is no reason to do without the books.
    const damaged = verifyFolder(work).find(({ ok, file }) => !ok && !file.startsWith(PICTURES_FOLDER));
    if (damaged) throw new StoreCorruptError({ file: damaged.file }, damaged.text, BROKEN_BACKUP_ADVICE);
    for (const name of storeFiles(work)) await syncFile(join(work, name));
    await syncPictures(work);
    syncDirectorySync(work);
    rmSync(dataDir, { recursive: true, force: true });
    renameSync(work, dataDir);
    syncDirectorySync(dirname(dataDir));
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkFiles(folder: string, manifest: BackupManifest): Promise<void> {
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false })?.size;
    if (found === bytes && (await digest(path)) === sha256) continue;
    const problem = found === undefined ? 'the file is missing' : 'the file is not what was backed up';
    throw new StoreCorruptError({ file: name }, problem, BROKEN_BACKUP_ADVICE);
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function syncPictures(folder: string): Promise<void> {
  const pictures = join(folder, PICTURES_FOLDER);
  if (!existsSync(pictures)) return;
  for (const name of readdirSync(pictures)) await syncFile(join(pictures, name));
  syncDirectorySync(pictures);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
