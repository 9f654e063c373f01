import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RESTORE_BACKUP_ADVICE, StoreCorruptError, systemCode } from '../errors.ts';

/**
 * What a backup says of itself. It lies in the backup as a file of the data folder, so that a start on a restored folder knows,
 * however it was unpacked, that the world may have gone on since: what was open then is not simply taken up.
 */
export const MANIFEST_FILE = 'backup.json';

const manifestSchema = z.object({
  backup: z.literal(1),
  /** The product's version. */
  version: z.string(),
  /** Milliseconds since the epoch; everything acknowledged before is inside. */
  takenAt: z.number(),
  /** The last transaction inside. */
  lastSeq: z.number().int(),
  files: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string() })),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

/** @returns undefined when the folder is no backup. @throws {StoreCorruptError} */
export function readManifest(folder: string): BackupManifest | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST_FILE), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    const problem = 'this is not the description of a backup';
    throw new StoreCorruptError({ file: MANIFEST_FILE }, problem, RESTORE_BACKUP_ADVICE, { cause: error });
  }
}

export function removeManifest(folder: string): void {
  rmSync(join(folder, MANIFEST_FILE), { force: true });
}
