import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorText } from '../../shared/errors.ts';
import type { Settings } from '../../shared/settings.ts';
import { realDisk } from '../stores/disk.ts';
import { freeMemory } from '../workers/free-memory.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

const MB = 1 << 20;
/** Below the first the product takes no more orders soon; below the second it is time to look. */
const DISK_BAD_BYTES = 100 * MB;
const DISK_WARN_BYTES = 1024 * MB;

/** How many more bots on WhatsApp the memory takes. */
export function memoryFinding(
  { browserStartMb, memoryReserveMb }: Pick<Settings, 'browserStartMb' | 'memoryReserveMb'>,
  freeBytes: number | undefined = freeMemory(),
): Finding {
  if (freeBytes === undefined) return ok('memory', 'How much memory is free cannot be seen on this system');
  const freeMb = Math.floor(freeBytes / MB);
  const neededMb = memoryReserveMb + browserStartMb;
  if (freeMb >= neededMb)
    return ok('memory', `${freeMb} MB are free; starting a bot on WhatsApp takes ${neededMb}`);
  return warn(
    'memory',
    `${freeMb} MB are free, too little to start one more bot on WhatsApp (${neededMb} MB with what is kept free)`,
    'Stop bots that nobody needs, or take a larger machine. "Memory to start a WhatsApp bot" and "Memory kept free" are settings',
  );
}

/** Room where the data folder is, or will be made. */
export async function diskFinding(
  dataDir: string,
  freeBytesOf: (path: string) => Promise<number> = realDisk.freeBytes,
): Promise<Finding> {
  let folder = dataDir;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  let free: number;
  try {
    free = await freeBytesOf(folder);
  } catch (error) {
    return bad(
      'disk',
      `How much room is at ${folder} cannot be seen: ${errorText(error)}`,
      'Look at that disk',
    );
  }
  const said = `${Math.floor(free / MB)} MB are free at ${folder}`;
  if (free >= DISK_WARN_BYTES) return ok('disk', said);
  const fix = 'Make room: move old backups to another machine, or enlarge the disk';
  if (free >= DISK_BAD_BYTES) return warn('disk', said, fix);
  return bad('disk', `${said}; selling stops when they are used up`, fix);
}
