import { chmodSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newSecret } from '../../shared/ids.ts';
import { replaceFileSync, syncDirectorySync } from '../stores/disk.ts';
import { systemCode } from '../stores/errors.ts';
import { DataKey } from './data-key.ts';
import { DataKeyError, FORGET_ADVICE } from './errors.ts';

/** Where the data key may come from. */
export interface KeyPlace {
  /** Absolute. */
  readonly dataDir: string;
  /** The environment's DATA_KEY. */
  readonly dataKey: string | undefined;
}

const MIN_SECRET_LENGTH = 32;

/**
 * The generated key stands beside the data folder, not in it: a copy of the folder (a backup, a support case) holds no
 * readable credential.
 */
export function keyFile(dataDir: string): string {
  return join(dirname(dataDir), `.data-key-${basename(dataDir)}`);
}

/** Where a rotation puts the new key before anything is sealed with it. */
function nextKeyFile(dataDir: string): string {
  return `${keyFile(dataDir)}.next`;
}

/**
 * The key that opens what is stored, if something is. Ends a rotation that was broken off after its last write.
 * @param usedId id of the key that the stored credentials are sealed with; undefined when there are none.
 * @returns undefined when nothing is stored.
 * @throws {DataKeyError} when the key is not there or is another one.
 */
export async function findDataKey(place: KeyPlace, usedId: string | undefined): Promise<DataKey | undefined> {
  if (usedId === undefined) return undefined;
  const { dataDir, dataKey } = place;
  const file = keyFile(dataDir);
  const fromEnvironment = dataKey === undefined ? undefined : await DataKey.from(dataKey);
  if (fromEnvironment?.id === usedId) return fromEnvironment;
  const fromFile = await readKeyFile(file);
  const fromNext = await readKeyFile(nextKeyFile(dataDir));
  const found = [fromFile, fromNext].find((key) => key?.id === usedId);
  if (!found) throw new DataKeyError(explainMissing(place, usedId, fromFile));
  if (fromEnvironment)
    throw new DataKeyError(
      `The stored credentials are sealed with the key in ${file}, but DATA_KEY is set to another. ` +
        'To go over to DATA_KEY, stop the product and run `npm run secrets -- rotate-key` with DATA_KEY set; or unset DATA_KEY',
    );
  if (found === fromNext) adoptNextKey(dataDir);
  return found;
}

function explainMissing({ dataDir, dataKey }: KeyPlace, usedId: string, fromFile?: DataKey): string {
  const file = keyFile(dataDir);
  const sealed = `The stored credentials are sealed with the key ${usedId}`;
  if (dataKey !== undefined)
    return `${sealed}, but DATA_KEY is another one. Set DATA_KEY to the value that they were stored with. ${FORGET_ADVICE}`;
  const problem = fromFile ? `the one in ${file} is another` : `there is no ${file} and DATA_KEY is not set`;
  return `${sealed}, but ${problem}. Put the key file back from where you keep it, or set DATA_KEY if that was used. ${FORGET_ADVICE}`;
}

/**
 * The key for the first secret of a data folder: DATA_KEY, else the key file, else a new key file, durable before anything
 * is sealed with it.
 */
export async function makeDataKey({ dataDir, dataKey }: KeyPlace): Promise<{ key: DataKey; made: boolean }> {
  if (dataKey !== undefined) return { key: await DataKey.from(dataKey), made: false };
  const existing = await readKeyFile(keyFile(dataDir));
  if (existing) return { key: existing, made: false };
  return { key: await writeKeyFile(keyFile(dataDir)), made: true };
}

/** A new key in its own file, for a rotation; {@link adoptNextKey} makes it the key file. */
export function writeNextKey(dataDir: string): Promise<DataKey> {
  return writeKeyFile(nextKeyFile(dataDir));
}

export function adoptNextKey(dataDir: string): void {
  renameSync(nextKeyFile(dataDir), keyFile(dataDir));
  syncDirectorySync(dirname(dataDir));
}

/** Removes key files that nothing is sealed with any more. */
export function removeKeyFiles(dataDir: string): void {
  for (const file of [keyFile(dataDir), nextKeyFile(dataDir)]) rmSync(file, { force: true });
}

async function writeKeyFile(file: string): Promise<DataKey> {
  const secret = newSecret();
  try {
    replaceFileSync(dirname(file), file, `${secret}\n`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new DataKeyError(
      `No key for the credentials can be kept at ${file} (${problem}). Set DATA_KEY instead, to the output of: openssl rand -base64 32`,
    );
  }
  return DataKey.from(secret);
}

async function readKeyFile(file: string): Promise<DataKey | undefined> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (text.length < MIN_SECRET_LENGTH)
    throw new DataKeyError(
      `${file} holds no key (it was emptied or cut). Put it back from where you keep it. ${FORGET_ADVICE}`,
    );
  chmodSync(file, 0o600);
  return DataKey.from(text);
}
