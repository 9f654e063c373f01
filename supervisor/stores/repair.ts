import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../shared/logger.ts';
import { StoreCorruptError } from './errors.ts';
import { listSegments } from './folder.ts';
import { hasWholeLineAfter, segmentName } from './journal-format.ts';
import { finishErasures, loadFolder, mendFolder } from './recovery.ts';
import { State } from './state.ts';

/**
 * Cuts what broken-off writes left, as a start would. The caller holds the folder's lock.
 * @param cutDamagedEnd also cut a damaged line at the journal's very end, which may have been acknowledged; what is cut is kept
 * in a file beside it.
 * @throws {StoreCorruptError} for damage that cannot be mended.
 */
export function repairFolder(dataDir: string, cutDamagedEnd: boolean, logger: Logger): void {
  finishErasures(dataDir, logger);
  try {
    mendFolder(dataDir, loadFolder(new State({ freeze: false }), dataDir), logger);
  } catch (error) {
    if (!cutDamagedEnd || !(error instanceof StoreCorruptError)) throw error;
    cutEnd(dataDir, error, logger);
    mendFolder(dataDir, loadFolder(new State({ freeze: false }), dataDir), logger);
  }
}

function cutEnd(dataDir: string, error: StoreCorruptError, logger: Logger): void {
  const { file, byte } = error.place;
  const last = listSegments(dataDir).at(-1);
  const path = join(dataDir, file);
  if (last === undefined || file !== segmentName(last) || byte === undefined || hasWholeLineAfter(path, byte))
    throw error;
  const kept = `${path}.cut-at-${byte}`;
  writeFileSync(kept, readFileSync(path).subarray(byte), { mode: 0o600, flush: true });
  const fd = openSync(path, constants.O_RDWR);
  try {
    ftruncateSync(fd, byte);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  logger.warn(
    { file, byte, kept },
    'Cut a damaged line at the end of the journal; it may have been acknowledged',
  );
}
