import { closeSync, constants, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { auditEntrySchema } from '../../shared/audit.ts';
import type { Logger } from '../../shared/logger.ts';
import { timelineEntrySchema } from '../../shared/order.ts';
import { AuditLog } from './audit-log.ts';
import type { CollectionName } from './collection.ts';
import { CREATE_FLAGS, type Disk } from './disk.ts';
import { RESTORE_BACKUP_ADVICE, StoreCorruptError } from './errors.ts';
import { AUDIT_FILE, listedCollections, listSegments, TIMELINES_FILE } from './folder.ts';
import type { JournalPosition } from './journal.ts';
import {
  type JournalRecord,
  readSegment,
  type SegmentEnd,
  segmentName,
  writeLine,
} from './journal-format.ts';
import { cutLog, type LogEnd, LogFile, readLogEnd } from './log-file.ts';
import { finishOverwrites } from './log-overwrite.ts';
import { type SnapshotNotes, snapshotFile } from './snapshot-format.ts';
import { readSnapshot } from './snapshot-reader.ts';
import type { State } from './state.ts';
import { Timelines, timelineChunkSchema } from './timelines.ts';

/** What a data folder holds, read without changing anything in it. */
export interface LoadedFolder {
  readonly journal: JournalPosition;
  /** Of the journal's segments, oldest first. */
  readonly segments: readonly ReadSegment[];
  readonly timelinesEnd: LogEnd;
  readonly auditEnd: LogEnd;
  /** What each collection's snapshot stands at. */
  readonly snapshotSeqs: ReadonlyMap<CollectionName, number>;
  readonly snapshotBytes: number;
  readonly snapshotAt: number | undefined;
  /** Bytes of the journal that a next start would have to replay. */
  readonly journalBytes: number;
  /** Log entries that are in the journal and not yet in their file. */
  readonly waitingLogs: readonly WaitingLog[];
}

export interface OpenLogs {
  readonly timelines: Timelines;
  readonly audit: AuditLog;
  readonly logFiles: readonly LogFile[];
}

export interface Recovered extends LoadedFolder, OpenLogs {}

/**
 * Loads the state from a data folder: each collection's snapshot, then the journal from where each of them stands, so that it
 * does not matter how far a snapshot run got before a crash. Changes no file.
 * @throws {StoreCorruptError} for anything that is not as it was written, except for what a broken-off write left at the end.
 */
export function loadFolder(state: State, dataDir: string): LoadedFolder {
  const snapshots = loadSnapshots(state, dataDir);
  const snapshotSeq = Math.min(...snapshots.seqs.values());
  const chunkPlaces = new Map<string, number>();
  const timelinesEnd = readLogEnd(
    join(dataDir, TIMELINES_FILE),
    snapshots.notes.timelines ?? NOWHERE,
    (value, offset) => chunkPlaces.set(timelineChunkSchema.parse(value).order, offset),
  );
  const auditEnd = readLogEnd(join(dataDir, AUDIT_FILE), snapshots.notes.audit ?? NOWHERE, () => undefined);
  const replay = new Replay(state, snapshots.seqs, timelinesEnd.committedSeq, auditEnd.committedSeq);
  // A snapshot is taken while younger log entries still wait for their file: the journal may be needed from before it.
  const fromSeq = Math.min(snapshotSeq, timelinesEnd.committedSeq, auditEnd.committedSeq);
  const segments = readSegments(dataDir, fromSeq, (record) => replay.apply(record));
  const last = segments.at(-1);
  const known = Math.max(...snapshots.seqs.values(), timelinesEnd.committedSeq, auditEnd.committedSeq);
  if (!last || last.end.lastSeq < known)
    throw new StoreCorruptError(
      { file: segmentName(last?.firstSeq ?? 1) },
      `the journal ends with transaction ${last?.end.lastSeq ?? 0}, but transaction ${known} was written`,
      RESTORE_BACKUP_ADVICE,
    );
  for (const [orderNo, offset] of chunkPlaces) state.orderTable.setMark(orderNo, offset);
  return {
    journal: {
      firstSeq: last.firstSeq,
      length: last.end.length + (last.end.lacksNewline ? 1 : 0),
      lastSeq: last.end.lastSeq,
    },
    segments,
    timelinesEnd,
    auditEnd,
    snapshotSeqs: snapshots.seqs,
    snapshotBytes: snapshots.bytes,
    snapshotAt: snapshots.savedAt,
    journalBytes: segments
      .filter(({ end }) => end.lastSeq > snapshotSeq)
      .reduce((sum, { end }) => sum + end.length, 0),
    waitingLogs: replay.logs,
  };
}

/** Finishes writing over the logs what a crash broke off. Before the folder is loaded; the caller holds its lock. */
export function finishErasures(dataDir: string, logger: Logger): void {
  for (const file of [TIMELINES_FILE, AUDIT_FILE]) finishOverwrites(join(dataDir, file), logger);
}

/**
 * Loads the state, cuts and reports what a broken-off write left, and opens the logs.
 * @throws {StoreCorruptError} with the folder as it was.
 */
export async function recover(state: State, dataDir: string, disk: Disk, logger: Logger): Promise<Recovered> {
  const loaded = loadFolder(state, dataDir);
  mendFolder(dataDir, loaded, logger);
  return { ...loaded, ...(await openLogs(state, dataDir, disk, loaded, CREATE_FLAGS)) };
}

/** The logs of a loaded folder, with the entries that wait for their file. */
export async function openLogs(
  state: State,
  dataDir: string,
  disk: Disk,
  loaded: LoadedFolder,
  flags: number,
): Promise<OpenLogs> {
  const timelinesFile = await LogFile.open(disk, join(dataDir, TIMELINES_FILE), loaded.timelinesEnd, flags);
  const auditFile = await LogFile.open(disk, join(dataDir, AUDIT_FILE), loaded.auditEnd, flags);
  const timelines = new Timelines(timelinesFile, state.orderTable);
  const audit = new AuditLog(auditFile);
  for (const append of loaded.waitingLogs) append(timelines, audit);
  timelines.durable(loaded.journal.lastSeq);
  audit.durable(loaded.journal.lastSeq);
  return { timelines, audit, logFiles: [timelinesFile, auditFile] };
}

const NOWHERE = { length: 0, committedSeq: 0 };

interface Snapshots {
  readonly seqs: Map<CollectionName, number>;
  readonly notes: SnapshotNotes;
  readonly bytes: number;
  readonly savedAt: number | undefined;
}

function loadSnapshots(state: State, dataDir: string): Snapshots {
  const seqs = new Map<CollectionName, number>();
  let notes: SnapshotNotes = {};
  let bytes = 0;
  let savedAt: number | undefined;
  const listed = listedCollections(dataDir);
  for (const collection of state.collections) {
    // A folder of an earlier release that no start of this one has completed yet.
    if (!listed.includes(collection.name)) continue;
    const path = join(dataDir, snapshotFile(collection.name));
    const header = readSnapshot(path, collection.name, (value, json, mark) =>
      collection.load(value, json, mark),
    );
    seqs.set(collection.name, header.seq);
    bytes += statSync(path).size;
    if (collection.name === 'orders') notes = header.notes;
    if (collection.name === 'outbox') state.outboxIndex.raiseSeq(header.notes.highestSeq ?? 0);
    if (header.seq > 0) savedAt = Math.min(savedAt ?? header.savedAt, header.savedAt);
  }
  return { seqs, notes, bytes, savedAt };
}

/** Applies the journal, to each collection and log from where it stands. */
class Replay {
  readonly #state: State;
  readonly #seqs: ReadonlyMap<string, number>;
  readonly #timelinesSeq: number;
  readonly #auditSeq: number;
  readonly logs: WaitingLog[] = [];

  constructor(state: State, seqs: ReadonlyMap<string, number>, timelinesSeq: number, auditSeq: number) {
    this.#state = state;
    this.#seqs = seqs;
    this.#timelinesSeq = timelinesSeq;
    this.#auditSeq = auditSeq;
  }

  apply(record: JournalRecord): void {
    for (const [name, key, value] of record.ops) {
      if (record.seq <= (this.#seqs.get(name) ?? 0)) continue;
      const collection = this.#state.collections.find((candidate) => candidate.name === name);
      if (!collection)
        throw new Error(`The journal changes a collection "${name}" that this release does not know`);
      collection.replay(key, value);
    }
    let auditIndex = 0;
    for (const log of record.logs ?? []) {
      if (log[0] === 'timelines') {
        const [, orderNo, value] = log;
        if (record.seq <= this.#timelinesSeq) continue;
        const entry = timelineEntrySchema.parse(value);
        this.logs.push((timelines) => timelines.append(record.seq, orderNo, entry));
      } else {
        const index = auditIndex;
        auditIndex += 1;
        if (record.seq <= this.#auditSeq) continue;
        const entry = auditEntrySchema.parse(log[1]);
        this.logs.push((_, audit) => audit.append(record.seq, index, entry));
      }
    }
  }
}

export type WaitingLog = (timelines: Timelines, audit: AuditLog) => void;

export interface ReadSegment {
  readonly firstSeq: number;
  readonly end: SegmentEnd;
}

/**
 * Reads the journal from the segment on that holds the first transaction behind `fromSeq`.
 * @throws {StoreCorruptError}
 */
export function readSegments(
  dataDir: string,
  fromSeq: number,
  apply: (record: JournalRecord) => void,
): ReadSegment[] {
  const present = listSegments(dataDir);
  const start = present.findLastIndex((firstSeq) => firstSeq <= fromSeq + 1);
  if (start === -1)
    throw new StoreCorruptError(
      { file: segmentName(fromSeq + 1) },
      `no segment of the journal holds transaction ${fromSeq + 1}, the first one after the snapshots`,
      RESTORE_BACKUP_ADVICE,
    );
  const needed = present.slice(start);
  const segments: ReadSegment[] = [];
  for (const [index, firstSeq] of needed.entries()) {
    const path = join(dataDir, segmentName(firstSeq));
    const previous = segments.at(-1);
    if (previous && previous.end.lastSeq + 1 !== firstSeq)
      throw new StoreCorruptError(
        { file: segmentName(previous.end.lastSeq + 1) },
        `the journal's segment is missing, or ${segmentName(previous.firstSeq)} has lost its end`,
        RESTORE_BACKUP_ADVICE,
      );
    const successors = needed.slice(index + 1);
    // A crash while a segment was being continued leaves an empty successor and maybe half an end mark.
    const writtenLast = successors.every((seq) => statSync(join(dataDir, segmentName(seq))).size === 0);
    const end = readSegment(path, firstSeq, writtenLast, apply);
    if (end.closed && successors.length === 0)
      throw new StoreCorruptError(
        { file: segmentName(end.lastSeq + 1) },
        `the journal's segment is missing: ${segmentName(firstSeq)} says that it goes on there`,
        RESTORE_BACKUP_ADVICE,
      );
    if (!end.closed && !writtenLast)
      throw new StoreCorruptError(
        { file: segmentName(firstSeq), byte: end.length },
        'the segment ends early (its end mark is missing)',
        RESTORE_BACKUP_ADVICE,
      );
    segments.push({ firstSeq, end });
  }
  return segments;
}

/** Cuts torn tails, and completes a line or an end mark that a crash kept from being completed. */
export function mendFolder(dataDir: string, loaded: LoadedFolder, logger: Logger): void {
  const { segments } = loaded;
  for (const [index, { firstSeq, end }] of segments.entries())
    mendTail(join(dataDir, segmentName(firstSeq)), end, index < segments.length - 1, logger);
  mendLog(join(dataDir, TIMELINES_FILE), loaded.timelinesEnd, logger);
  mendLog(join(dataDir, AUDIT_FILE), loaded.auditEnd, logger);
}

function mendLog(path: string, end: LogEnd, logger: Logger): void {
  if (end.looseBytes === 0) return;
  logger.warn({ path, bytes: end.looseBytes }, 'Cut an append that was broken off; the journal still has it');
  cutLog(path, end.length);
}

function mendTail(path: string, end: SegmentEnd, hasSuccessor: boolean, logger: Logger): void {
  const lacksMark = hasSuccessor && !end.closed;
  if (end.tornBytes === 0 && !end.lacksNewline && !lacksMark) return;
  if (end.tornBytes > 0)
    logger.warn(
      { path, byte: end.length, bytes: end.tornBytes },
      'Cut the last write of the journal, which was broken off before it was acknowledged',
    );
  const fd = openSync(path, constants.O_RDWR);
  try {
    ftruncateSync(fd, end.length);
    let length = end.length;
    if (end.lacksNewline) length += writeSync(fd, '\n', length);
    if (lacksMark) {
      const line = Buffer.alloc(256);
      writeSync(fd, line, 0, writeLine(line, 0, JSON.stringify({ end: end.lastSeq })), length);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
