import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync, syncDirectorySync } from '../disk.ts';
import { StoreCorruptError, systemCode } from '../errors.ts';
import { AUDIT_FILE, FORMAT_FILE, listedCollections, listSegments, TIMELINES_FILE } from '../folder.ts';
import { segmentName } from '../journal-format.ts';
import { namedPictures, PICTURES_FOLDER } from '../picture-files.ts';
import { loadFolder } from '../recovery.ts';
import { snapshotFile } from '../snapshot-format.ts';
import { State } from '../state.ts';
import { type BackupManifest, MANIFEST_FILE } from './manifest.ts';

/**
 * Without it Statum's callbacks to a restored product would go to an address that nobody listens to. The data key is not here on
 * purpose: who finds a backup must not be able to read gateway keys. Sign-in tokens and WhatsApp logins stay behind as well.
 */
const KEPT_SECRET = 'callback-key';
/** A snapshot that is installed in the middle of a copy spoils it. They are minutes apart. */
const ATTEMPTS = 5;

/**
 * Copies what a data folder holds into a new folder, while the product runs or not: afterwards everything that had been
 * acknowledged before the call is in there, checked as a start would check it.
 * @throws {StoreCorruptError} when the folder itself is damaged.
 */
export function copyFolder(
  from: string,
  to: string,
  facts: { readonly version: string; readonly now: number },
): BackupManifest {
  for (let attempt = 1; ; attempt += 1) {
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { mode: 0o700 });
    try {
      const files = copyFiles(from, to);
      const state = new State({ freeze: false });
      const { journal } = loadFolder(state, to);
      files.push(...copyPictures(from, to, state, attempt === ATTEMPTS));
      const manifest: BackupManifest = {
        backup: 1,
        version: facts.version,
        takenAt: facts.now,
        lastSeq: journal.lastSeq,
        files,
      };
      replaceFileSync(to, join(to, MANIFEST_FILE), `${JSON.stringify(manifest)}\n`);
      return manifest;
    } catch (error) {
      const moved = error instanceof StoreCorruptError || systemCode(error) === 'ENOENT';
      if (!moved || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * The order matters beside a product that writes. Snapshots first, then the logs, which hold at least as much, then the journal, which holds at least
 * as much as both; its segments from the newest to the oldest, so that no older one can miss what the copy of a younger one
 * builds on. The product keeps the segments behind its previous snapshots, so one more snapshot meanwhile does no harm.
 */
function copyFiles(from: string, to: string): BackupManifest['files'] {
  const names = [FORMAT_FILE, ...listedCollections(from).map(snapshotFile), TIMELINES_FILE, AUDIT_FILE];
  const files = names.map((name) => copyFile(from, to, name));
  for (const firstSeq of listSegments(from).reverse()) files.push(copyFile(from, to, segmentName(firstSeq)));
  if (readdirSync(from).includes(KEPT_SECRET)) files.push(copyFile(from, to, KEPT_SECRET));
  syncDirectorySync(to);
  return files;
}

/**
 * Those that the copied records name. The product deletes one only after its record has ceased to name it, so where one is gone the records are
 * out of date, and the whole copy is made again. One that is gone for good must not keep the books from being backed up.
 */
function copyPictures(from: string, to: string, state: State, lastAttempt: boolean): BackupManifest['files'] {
  const named = namedPictures(state.clients.table.values());
  if (named.length === 0) return [];
  mkdirSync(join(to, PICTURES_FOLDER), { mode: 0o700 });
  const there = named.filter(({ file }) => !lastAttempt || existsSync(join(from, file)));
  const files = there.map(({ file }) => copyFile(from, to, file));
  syncDirectorySync(join(to, PICTURES_FOLDER));
  return files;
}

const BLOCK_BYTES = 1 << 20;

function copyFile(from: string, to: string, name: string): BackupManifest['files'][number] {
  const source = openSync(join(from, name), 'r');
  const target = openSync(join(to, name), 'wx', 0o600);
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let bytes = 0;
  try {
    for (;;) {
      const read = readSync(source, block, 0, block.length, bytes);
      if (read === 0) break;
      for (let done = 0; done < read; ) done += writeSync(target, block, done, read - done);
      hash.update(block.subarray(0, read));
      bytes += read;
    }
    fsyncSync(target);
  } finally {
    closeSync(source);
    closeSync(target);
  }
  return { name, bytes, sha256: hash.digest('hex') };
}
