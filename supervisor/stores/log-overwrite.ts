import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../shared/logger.ts';
import { type Disk, REPLACE_FLAGS, syncDirectory, writeFully } from './disk.ts';
import { logLine, parseLogLine } from './log-lines.ts';

/** A line of a log and what shall stand in its place, just as long. */
export interface Overwrite {
  readonly offset: number;
  readonly line: string;
}

const noteSchema = z.object({ overwrite: z.array(z.tuple([z.number().int().min(0), z.string()])) });

/** Holds what is being written over a log's lines, until it is on the medium: a crash in between is made good by the next start. */
export const overwriteNoteOf = (logPath: string): string => `${logPath}.overwrite`;

/**
 * JSON for the place of another of `bytes` bytes: spaces behind a JSON value are part of JSON, so nothing else in the file has to move.
 * @throws Error when it does not fit
 */
export function paddedJson(json: string, bytes: number): string {
  const missing = bytes - Buffer.byteLength(json);
  if (missing < 0) throw new Error('An entry of a log may only become shorter');
  return json + ' '.repeat(missing);
}

/** Makes sure that the lines are written over, whatever happens from here on. */
export async function noteOverwrites(
  disk: Disk,
  logPath: string,
  overwrites: readonly Overwrite[],
): Promise<void> {
  const path = overwriteNoteOf(logPath);
  const bytes = Buffer.from(
    logLine(JSON.stringify({ overwrite: overwrites.map(({ offset, line }) => [offset, line]) })),
  );
  const fd = await disk.open(path, REPLACE_FLAGS);
  try {
    await writeFully(disk, fd, bytes, bytes.length, 0);
    await disk.sync(fd);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    await disk.close(fd);
  }
  await syncDirectory(disk, dirname(path));
}

/** The note may stay after a crash: writing the same over the lines once more changes nothing. */
export function dropOverwriteNote(logPath: string): void {
  rmSync(overwriteNoteOf(logPath), { force: true });
}

/** Finishes what a crash broke off. Before anything else reads the log; the caller holds the folder's lock. */
export function finishOverwrites(logPath: string, logger: Logger): void {
  const note = overwriteNoteOf(logPath);
  if (!existsSync(note)) return;
  const read = noteSchema.safeParse(parseLogLine(readFileSync(note).subarray(0, -1)));
  // Broken off while the note itself was written: no line of the log was touched yet.
  if (read.success) {
    const fd = openSync(logPath, constants.O_RDWR);
    try {
      for (const [offset, line] of read.data.overwrite) {
        const bytes = Buffer.from(line);
        for (let done = 0; done < bytes.length; )
          done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    logger.info(
      { path: logPath, lines: read.data.overwrite.length },
      'Finished erasing what was to be erased',
    );
  }
  rmSync(note);
}
