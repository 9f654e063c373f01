import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../shared/errors.ts';
import { auditLineSchema, isForgotten } from './audit-log.ts';
import { type CollectionName, collectionNames } from './collection.ts';
import { RESTORE_BACKUP_ADVICE, StoreCorruptError } from './errors.ts';
import { AUDIT_FILE, listedCollections, listSegments, readFormat, TIMELINES_FILE } from './folder.ts';
import { journalRecordSchema, readSegment, segmentName } from './journal-format.ts';
import { readLogEnd } from './log-file.ts';
import { overwriteNoteOf } from './log-overwrite.ts';
import { namedPictures, soundPicture } from './picture-files.ts';
import { loadFolder } from './recovery.ts';
import { previousFile, snapshotFile } from './snapshot-format.ts';
import { readSnapshot } from './snapshot-reader.ts';
import { State } from './state.ts';
import { timelineChunkSchema } from './timelines.ts';

/** One file's result. */
export interface Finding {
  readonly file: string;
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Checks every record of every file in a data folder: checksums, order, shape. Changes nothing.
 * @returns findings file by file; the last one says whether a start would succeed.
 */
export function verifyFolder(dataDir: string): Finding[] {
  const findings: Finding[] = [];
  const check = (file: string, work: () => string): void => {
    try {
      findings.push({ file, ok: true, text: work() });
    } catch (error) {
      findings.push({ file, ok: false, text: errorText(error) });
    }
  };
  const state = new State({ freeze: false });
  let listed: readonly CollectionName[] = collectionNames;
  check('format.json', () => {
    const format = readFormat(dataDir);
    if (!format)
      throw new StoreCorruptError({ file: 'format.json' }, 'the file is missing', RESTORE_BACKUP_ADVICE);
    listed = listedCollections(dataDir);
    return `version ${format.format}`;
  });
  for (const name of listed) {
    check(snapshotFile(name), () => verifySnapshot(state, dataDir, name, snapshotFile(name)));
    if (existsSync(join(dataDir, previousFile(name))))
      check(previousFile(name), () => verifySnapshot(state, dataDir, name, previousFile(name)));
  }
  check(TIMELINES_FILE, () => verifyTimelines(join(dataDir, TIMELINES_FILE)));
  check(AUDIT_FILE, () => verifyAudit(join(dataDir, AUDIT_FILE)));
  for (const file of [TIMELINES_FILE, AUDIT_FILE].map(overwriteNoteOf))
    if (existsSync(join(dataDir, file)))
      check(
        file,
        () => 'an erasure was broken off; the next start finishes it, and with it damage in that log',
      );
  const segments = listSegments(dataDir);
  for (const [index, firstSeq] of segments.entries())
    check(segmentName(firstSeq), () => verifySegment(state, dataDir, firstSeq, segments.slice(index + 1)));
  const present = new State({ freeze: false });
  const pictures: Finding[] = [];
  check('all together', () => {
    const loaded = loadFolder(present, dataDir);
    pictures.push(...verifyPictures(dataDir, present));
    return `a start finds everything up to transaction ${loaded.journal.lastSeq}`;
  });
  // Before the last word, which is whether a start would succeed: it does without a picture.
  findings.splice(-1, 0, ...pictures);
  return findings;
}

function verifyPictures(dataDir: string, { clients }: State): Finding[] {
  return namedPictures(clients.table.values()).map((named) => {
    try {
      return {
        file: named.file,
        ok: true,
        text: `a picture of ${soundPicture(dataDir, named).length} bytes`,
      };
    } catch (error) {
      return { file: named.file, ok: false, text: errorText(error) };
    }
  });
}

function verifySnapshot(state: State, dataDir: string, name: string, file: string): string {
  const seen = new Set<string>();
  const header = readSnapshot(join(dataDir, file), name, (value) => {
    const key = state.checkRecord(name, value);
    if (seen.has(key))
      throw new StoreCorruptError({ file }, `the record ${key} stands twice`, RESTORE_BACKUP_ADVICE);
    seen.add(key);
  });
  return `${header.count} records as of transaction ${header.seq}`;
}

const START = { length: 0, committedSeq: 0 };

function verifyTimelines(path: string): string {
  const latest = new Map<string, number>();
  const end = readLogEnd(path, START, (value, offset) => {
    const chunk = timelineChunkSchema.parse(value);
    // -1 also where an order was deleted and its number given out again.
    if (chunk.prev !== -1 && chunk.prev !== latest.get(chunk.order))
      throw new StoreCorruptError(
        { file: TIMELINES_FILE, byte: offset },
        `the events of order ${chunk.order} do not continue its earlier ones`,
        RESTORE_BACKUP_ADVICE,
      );
    latest.set(chunk.order, offset);
  });
  return `timelines of ${latest.size} orders${looseText(end.looseBytes)}`;
}

function verifyAudit(path: string): string {
  let count = 0;
  const end = readLogEnd(path, START, (value) => {
    if (isForgotten(value)) return;
    auditLineSchema.parse(value);
    count += 1;
  });
  return `${count} entries${looseText(end.looseBytes)}`;
}

const looseText = (bytes: number): string =>
  bytes === 0 ? '' : `; ${bytes} bytes of a broken-off append at the end, which the next start cuts`;

function verifySegment(
  state: State,
  dataDir: string,
  firstSeq: number,
  successors: readonly number[],
): string {
  const path = join(dataDir, segmentName(firstSeq));
  const writtenLast = successors.every((seq) => statSync(join(dataDir, segmentName(seq))).size === 0);
  const end = readSegment(path, firstSeq, writtenLast, (record) => {
    for (const [name, , value] of journalRecordSchema.parse(record).ops)
      if (value !== null) state.checkRecord(name, value);
  });
  const torn =
    end.tornBytes === 0
      ? ''
      : `; ${end.tornBytes} bytes of a broken-off write at the end, which the next start cuts`;
  return `${end.lastSeq - firstSeq + 1} transactions${torn}`;
}
