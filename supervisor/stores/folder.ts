import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CollectionName, collectionNames } from './collection.ts';
import { type Disk, replaceFileSync, syncDirectory } from './disk.ts';
import {
  RESTORE_BACKUP_ADVICE,
  StoreCorruptError,
  StoreVersionError,
  StoreYoungerError,
  systemCode,
} from './errors.ts';
import { segmentFirstSeq, segmentName } from './journal-format.ts';
import { FORMAT_VERSION, previousFile, snapshotFile } from './snapshot-format.ts';
import { readSnapshot } from './snapshot-reader.ts';
import { installSnapshot, writeSnapshot } from './snapshot-writer.ts';

export const FORMAT_FILE = 'format.json';
export const TIMELINES_FILE = 'timelines.jsonl';
export const AUDIT_FILE = 'audit.jsonl';

/** What a folder holds whose format file does not say. */
const FIRST_COLLECTIONS = ['clients', 'orders', 'settings', 'conversations', 'outbox'] as const;

const formatSchema = z.object({
  format: z.literal(FORMAT_VERSION),
  /** True while the folder is being laid out: nothing in it was ever acknowledged. */
  creating: z.boolean().optional(),
  /** The collections that have a snapshot here. A release that adds one lays it out; one that is listed must be there. */
  collections: z.array(z.string()).default([...FIRST_COLLECTIONS]),
});

/**
 * Looks at a data folder and lays it out when this is the first start. A folder that lost its format file but not the rest is
 * not new.
 * @throws {StoreCorruptError} {@link StoreVersionError}
 */
export async function prepareFolder(disk: Disk, dataDir: string, now: number): Promise<void> {
  const format = readFormat(dataDir);
  const ours = ourFiles(dataDir);
  if (format === undefined && ours.length > 0)
    throw new StoreCorruptError(
      { file: FORMAT_FILE },
      `the file is missing although ${ours.slice(0, 3).join(', ')} ${ours.length === 1 ? 'is' : 'are'} there`,
      RESTORE_BACKUP_ADVICE,
    );
  if (format && !format.creating) {
    for (const name of ours) if (name.endsWith('.tmp')) rmSync(join(dataDir, name), { force: true });
    await addCollections(disk, dataDir, format.collections, now);
    return;
  }
  writeFormat(dataDir, true);
  for (const name of ours) rmSync(join(dataDir, name), { force: true });
  await layOut(disk, dataDir, now);
  writeFormat(dataDir, false);
}

/** The files that a new folder starts with. */
async function layOut(disk: Disk, dataDir: string, now: number): Promise<void> {
  for (const name of [segmentName(1), TIMELINES_FILE, AUDIT_FILE])
    closeSync(openSync(join(dataDir, name), 'w', 0o600));
  for (const collection of collectionNames) await layOutCollection(disk, dataDir, collection, 0, now);
  await syncDirectory(disk, dataDir);
}

async function layOutCollection(
  disk: Disk,
  dataDir: string,
  collection: CollectionName,
  seq: number,
  now: number,
): Promise<void> {
  const nothing = { length: 0, committedSeq: 0 };
  await writeSnapshot(disk, dataDir, {
    collection,
    seq,
    savedAt: now,
    notes: collection === 'orders' ? { timelines: nothing, audit: nothing } : {},
    image: { count: 0, records: () => [], release: () => undefined },
  });
  await installSnapshot(disk, dataDir, collection);
}

/** Lays out the collections that this release has and the one that made the folder had not. */
async function addCollections(
  disk: Disk,
  dataDir: string,
  present: readonly string[],
  now: number,
): Promise<void> {
  const unknown = present.filter((name) => !collectionNames.some((known) => known === name));
  if (unknown.length > 0) throw new StoreYoungerError(dataDir, unknown);
  const added = collectionNames.filter((name) => !present.includes(name));
  if (added.length === 0) return;
  // Nothing in the journal concerns them yet: they may stand where the orders do.
  const { seq } = readSnapshot(join(dataDir, snapshotFile('orders')), 'orders', () => undefined);
  for (const collection of added) await layOutCollection(disk, dataDir, collection, seq, now);
  writeFormat(dataDir, false);
}

/** The collections that a folder holds; those of this release where the folder does not say. */
export function listedCollections(dataDir: string): readonly CollectionName[] {
  const listed = formatSchema.safeParse(readFormatFile(dataDir)).data?.collections;
  return listed ? collectionNames.filter((name) => listed.includes(name)) : collectionNames;
}

/** @returns undefined when there is no format file. @throws {StoreVersionError} */
export function readFormat(dataDir: string): z.infer<typeof formatSchema> | undefined {
  const value = readFormatFile(dataDir);
  if (value === undefined) return undefined;
  const parsed = formatSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StoreVersionError(FORMAT_FILE, versionIn(value), FORMAT_VERSION);
}

/** The version that a folder says it has, whatever this release reads. @returns undefined when there is no format file. */
export function formatVersion(dataDir: string): number | undefined {
  const value = readFormatFile(dataDir);
  if (value === undefined) return undefined;
  const version = versionIn(value);
  if (typeof version === 'number') return version;
  throw new StoreVersionError(FORMAT_FILE, version, FORMAT_VERSION);
}

const versionIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;

function readFormatFile(dataDir: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(dataDir, FORMAT_FILE), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Where JSON.parse stumbled helps nobody: the file has one line, and is to be restored whole.
    throw new StoreCorruptError({ file: FORMAT_FILE }, 'the file is not JSON', RESTORE_BACKUP_ADVICE);
  }
}

function writeFormat(dataDir: string, creating: boolean): void {
  const format = { format: FORMAT_VERSION, ...(creating ? { creating } : {}), collections: collectionNames };
  replaceFileSync(dataDir, join(dataDir, FORMAT_FILE), `${JSON.stringify(format)}\n`);
}

const OUR_NAMES: ReadonlySet<string> = new Set([
  TIMELINES_FILE,
  AUDIT_FILE,
  ...collectionNames.flatMap((name) => [snapshotFile(name), previousFile(name)]),
]);

/** Journal, snapshots, logs and their temporary files: what tells a used folder from a new one. */
function ourFiles(dataDir: string): string[] {
  return readdirSync(dataDir).filter((name) => {
    const base = name.endsWith('.tmp') ? name.slice(0, -'.tmp'.length) : name;
    return OUR_NAMES.has(base) || segmentFirstSeq(base) !== undefined;
  });
}

/**
 * Everything in a folder that belongs to its format, whatever its version: what a migration replaces. The lock, secrets and sessions do
 * not. The format file comes last, because it tells of the collections.
 */
export function storeFiles(dataDir: string): string[] {
  const listed = z.object({ collections: z.array(z.string()) }).safeParse(readFormatFile(dataDir)).data;
  const ofCollections = (listed?.collections ?? []).flatMap((name) => [
    snapshotFile(name),
    previousFile(name),
  ]);
  const names = new Set([...ourFiles(dataDir), ...ofCollections, FORMAT_FILE]);
  return [...names].filter((name) => existsSync(join(dataDir, name)));
}

/** First transactions of the journal's segments, rising. */
export function listSegments(dataDir: string): number[] {
  return readdirSync(dataDir)
    .map(segmentFirstSeq)
    .filter((firstSeq) => firstSeq !== undefined)
    .sort((a, b) => a - b);
}
