import { errorText } from '../../shared/errors.ts';

/** Where in the data folder something is wrong, and how a person mends it. */
export interface CorruptPlace {
  /** File name inside the data folder. */
  readonly file: string;
  /** Byte offset of the damage, where it is known. */
  readonly byte?: number;
  /** Line of the damage, counted from 1, where it is known. */
  readonly line?: number;
}

/** The data folder does not hold what was written there. The start stops; nothing is guessed and nothing is read as empty. */
export class StoreCorruptError extends Error {
  readonly place: CorruptPlace;

  constructor(place: CorruptPlace, problem: string, fix: string, options?: ErrorOptions) {
    super(`${describe(place)}: ${problem}. ${fix}`, options);
    this.name = 'StoreCorruptError';
    this.place = place;
  }
}

function describe({ file, byte, line }: CorruptPlace): string {
  const where = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(byte === undefined ? [] : [`byte ${byte}`]),
  ];
  return where.length === 0 ? file : `${file}, ${where.join(', ')}`;
}

/** Advice for a damaged collection file: its previous snapshot together with the kept journal loses nothing. */
export function restoreSnapshotAdvice(file: string): string {
  const previous = file.replace(/\.json$/, '.previous.json');
  return (
    `Keep a copy of the data folder, then copy ${previous} over ${file} (the journal since then is kept, so nothing is lost) ` +
    'and start again; or restore the whole folder from a backup'
  );
}

/** Advice for damage that only a backup can mend without loss. */
export const RESTORE_BACKUP_ADVICE =
  'Keep a copy of the data folder and restore it from the latest backup; `npm run store -- verify` shows every damaged place';

/** Advice for damage to the journal's last line, which is all that is lost when it is cut. */
export const CUT_END_ADVICE =
  'It is the last one. Keep a copy of the data folder, then run `npm run store -- repair --cut-damaged-end`: it cuts this one off and keeps it in a file. ' +
  "Compare the newest orders with both gateways' lists afterwards, because it may have been acknowledged. Or restore the latest backup";

const ROLL_BACK_ADVICE =
  'Run the release that wrote this data folder, or restore a backup that was made by this release (docs/deployment.md, "Upgrade and rollback")';

/** The folder was written by another version of the product. */
export class StoreVersionError extends Error {
  constructor(file: string, found: unknown, expected: number) {
    const older = typeof found === 'number' && found < expected;
    super(
      `${file}: format version ${String(found)} is not the version ${expected} that this release reads. ` +
        (older ? 'Start the product on this data folder once: it brings it up to date' : ROLL_BACK_ADVICE),
    );
    this.name = 'StoreVersionError';
  }
}

/** The folder holds something that came with a later release. */
export class StoreYoungerError extends Error {
  constructor(dataDir: string, collections: readonly string[]) {
    super(
      `The data folder ${dataDir} was written by a later release: it holds ${collections.join(', ')}, which this one does not know. ` +
        ROLL_BACK_ADVICE,
    );
    this.name = 'StoreYoungerError';
  }
}

/** Another supervisor holds the data folder. */
export class StoreLockedError extends Error {
  constructor(dataDir: string, holder: string) {
    super(
      `The data folder ${dataDir} is in use by ${holder}. Stop that process first; two would overwrite each other's orders`,
    );
    this.name = 'StoreLockedError';
  }
}

/** The lock was taken by somebody else or has vanished: this process must not write any more. */
export class LockLostError extends Error {
  constructor(problem: string) {
    super(
      `The lock on the data folder was lost: ${problem}. This process stops so that nothing is written twice`,
    );
    this.name = 'LockLostError';
  }
}

/** Somebody deleted, moved or replaced the journal's file under a running product. */
export class JournalMissingError extends Error {
  constructor(file: string, savedAs: string) {
    const fix =
      savedAs === file
        ? 'It was written down again; start the product again, nothing is lost'
        : `Another file has its name, so what was recorded was saved as ${savedAs}; ` +
          'put the right one in its place and start again';
    super(`${file} was deleted, moved or replaced while the product ran. ${fix}`);
    this.name = 'JournalMissingError';
  }
}

/** A sync failed: what of the file is on the medium is not known, and asking again would hear a false yes. */
export class SyncFailedError extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file}: the disk failed to keep what was written (${errorText(cause)})`, { cause });
    this.name = 'SyncFailedError';
  }
}

/** The code of a Node system error (`ENOSPC`, …), undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True for a disk or quota without room. */
export function isOutOfSpace(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The data folder cannot be used at all (no permission, read-only, not a folder, full before the first write). */
export class StoreUnusableError extends Error {
  constructor(dataDir: string, cause: Error) {
    const code = systemCode(cause);
    const isForeign = code === 'EACCES' || code === 'EPERM';
    super(
      `The data folder ${dataDir} cannot be ${isForeign ? 'used by this user' : 'written'} (${cause.message}). ` +
        `${isForeign ? `Give it and all in it to the user running this process (chown -R), or set` : 'Set'} DATA_DIR to a folder ` +
        'on a writable disk with free space that belongs to the user running this process',
      { cause },
    );
    this.name = 'StoreUnusableError';
  }
}

const UNUSABLE_CODES: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EROFS',
  'EPERM',
  'ENOTDIR',
  'EEXIST',
  'ENOSPC',
  'EDQUOT',
]);

/** Names the folder and the fix where the file system refused; anything else stays as it is. */
export function explainUnusable(dataDir: string, error: unknown): unknown {
  return error instanceof Error && UNUSABLE_CODES.has(systemCode(error))
    ? new StoreUnusableError(dataDir, error)
    : error;
}
