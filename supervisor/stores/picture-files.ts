import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../../shared/client.ts';
import { type Picture, pictureEnding } from '../../shared/picture.ts';
import { realDisk, syncDirectory } from './disk.ts';
import { StoreCorruptError, systemCode } from './errors.ts';

/**
 * Clients' pictures, each in a file of its own beside the journal: a megabyte in it would be read by each start and written by
 * each snapshot. The client's record names the file, so a picture counts from the transaction on that writes the record; a file
 * that no record names is left of a crash, and of no use.
 */
export const PICTURES_FOLDER = 'pictures';
const TEMPORARY = '.tmp';
const UPLOAD_ADVICE =
  'The bot greets by words alone until the picture is uploaded again; a backup may still have it';

type Owner = Pick<Client, 'id'>;
type Named = Pick<Picture, 'id' | 'type'>;

/** Its path within the data folder. */
export function pictureFile(client: Owner, { id, type }: Named): string {
  return join(PICTURES_FOLDER, `${client.id}-${id}.${pictureEnding(type)}`);
}

/** A client's picture and the file that its record names. */
export interface NamedPicture {
  readonly client: Client;
  readonly picture: Picture;
  readonly file: string;
}

export function namedPictures(clients: Iterable<Client>): readonly NamedPicture[] {
  return Array.from(clients).flatMap((client) => {
    const { picture } = client;
    return picture ? [{ client, picture, file: pictureFile(client, picture) }] : [];
  });
}

/** All of a picture. @throws {StoreCorruptError} when it is not what was saved */
export function soundPicture(dataDir: string, { file, picture }: NamedPicture): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(dataDir, file));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new StoreCorruptError({ file }, 'the file is missing', UPLOAD_ADVICE, { cause: error });
  }
  if (pictureIdOf(bytes) === picture.id) return bytes;
  throw new StoreCorruptError({ file }, 'the file is not what was saved', UPLOAD_ADVICE);
}

/** What a picture with these bytes is called. */
export function pictureIdOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** Puts a picture on the medium, as a whole or not at all. */
export async function writePicture(dataDir: string, file: string, bytes: Uint8Array): Promise<void> {
  const folder = join(dataDir, PICTURES_FOLDER);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined)
    await syncDirectory(realDisk, dataDir);
  const path = join(dataDir, file);
  const temporary = `${path}${TEMPORARY}`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncDirectory(realDisk, folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @throws Error when there is no such file */
export async function readPicture(
  dataDir: string,
  file: string,
  { offset, length }: { offset: number; length: number },
): Promise<Buffer> {
  const handle = await open(join(dataDir, file), 'r');
  try {
    const part = Buffer.alloc(length);
    const { bytesRead } = await handle.read(part, 0, length, offset);
    return part.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export async function deletePicture(dataDir: string, file: string): Promise<void> {
  await rm(join(dataDir, file), { force: true });
}

/** Deletes what a crash left: files that no client names. @returns their names */
export async function sweepPictures(dataDir: string, clients: Iterable<Client>): Promise<readonly string[]> {
  const named = new Set(namedPictures(clients).map(({ file }) => file));
  const found = await readdir(join(dataDir, PICTURES_FOLDER), { withFileTypes: true }).catch(
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    },
  );
  const stray = found
    // A folder is somebody else's, a file server's for instance.
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(PICTURES_FOLDER, name))
    .filter((file) => !named.has(file));
  for (const file of stray) await deletePicture(dataDir, file);
  return stray;
}
