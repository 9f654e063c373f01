import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from '../../shared/ids.ts';
import { type WorldFile, worldFileSchema } from '../../shared/world.ts';

/** Rises when a running world of an older product can no longer be spoken to; such a one is ended and started anew. */
export const WORLD_VERSION = '2';

/** The world's folder within the data folder. */
export const worldFolder = (dataDir: string): string => join(dataDir, 'sandbox');
const worldFilePath = (folder: string): string => join(folder, 'world.json');

/** Undefined when there is none, or none that makes sense: then it is written anew, nothing of value is in it. */
export function readWorldFile(folder: string): WorldFile | undefined {
  try {
    return worldFileSchema.parse(JSON.parse(readFileSync(worldFilePath(folder), 'utf8')));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Readers find the old one or the new one, never half of it. */
export function writeWorldFile(folder: string, file: WorldFile): void {
  const temporary = `${worldFilePath(folder)}.new`;
  writeFileSync(temporary, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, worldFilePath(folder));
}

/** Keys and token outlive a restart, so that workers and orders in flight find the same world again. */
export function worldSecrets(previous: WorldFile | undefined) {
  return {
    token: previous?.token ?? newSecret(),
    shadowPay: previous?.shadowPay ?? { apiKey: newSecret(), apiSecret: newSecret(), accountId: 10 },
    statum: previous?.statum ?? { consumerKey: newSecret(), consumerSecret: newSecret() },
  };
}

/**
 * A process's start time in clock ticks since boot (field 22 of /proc/<pid>/stat); undefined when it is gone or only a zombie.
 * Together with the pid it names one process for ever.
 */
export function processStartTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

export function isRunning({ pid, pidStartTime }: Pick<WorldFile, 'pid' | 'pidStartTime'>): boolean {
  return processStartTime(pid) === pidStartTime;
}
