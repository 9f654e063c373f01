import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/**
 * Workers that outlived their supervisor. A worker ends by itself when its supervisor dies; one that hangs just then would
 * not, and two workers of one client must never run. They are known by the data folder that stands in their command line,
 * so no file of pids can be stale or lost. Works where there is a /proc; elsewhere nothing is found.
 */

/** How a worker's command line names the data folder it belongs to. */
export function ownerArgument(dataDir: string): string {
  return `--data=${dataDir}`;
}

/** How it names its client, for people who look at a process list. */
export function clientArgument(clientId: string): string {
  return `--client=${clientId}`;
}

/** Where a client's WhatsApp login lies; its worker's browser names it in its command line. */
export function sessionFolder(dataDir: string, clientId: string): string {
  return join(dataDir, 'sessions', clientId);
}

const CHECK_EVERY_MS = 10;
const GIVE_UP_AFTER_MS = 5_000;

/** Kills leftover workers and browsers of this data folder and waits until they are gone. Only for the owner of the folder's lock. */
export async function sweepOrphans(dataDir: string, logger: Logger): Promise<readonly number[]> {
  const orphans = await findWorkers(dataDir);
  for (const { pid, startTime } of orphans) {
    if ((await startTimeOf(pid)) !== startTime) continue;
    logger.warn({ pid }, 'Killing a process that an earlier supervisor left behind');
    kill(pid, logger);
  }
  for (const { pid, startTime } of orphans) {
    let waitedMs = 0;
    while ((await startTimeOf(pid)) === startTime) {
      if (waitedMs >= GIVE_UP_AFTER_MS) {
        throw new Error(`A leftover process (pid ${pid}) cannot be killed; end it by hand and start again`);
      }
      await wait(CHECK_EVERY_MS);
      waitedMs += CHECK_EVERY_MS;
    }
  }
  return orphans.map(({ pid }) => pid);
}

interface FoundProcess {
  readonly pid: number;
  /** Clock ticks since boot; tells a reused pid apart. */
  readonly startTime: string;
}

async function findWorkers(dataDir: string): Promise<FoundProcess[]> {
  const owner = ownerArgument(dataDir);
  const profiles = `--user-data-dir=${sessionFolder(dataDir, '')}`;
  const names = await readdir('/proc').catch(() => []);
  const found: FoundProcess[] = [];
  for (const name of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const commandLine = (await readProc(`/proc/${name}/cmdline`))?.split('\0') ?? [];
    const worker = commandLine[0] === process.execPath && commandLine.includes(owner);
    const browser = commandLine.some((argument) => argument.startsWith(profiles));
    if (!worker && !browser) continue;
    const startTime = await startTimeOf(pid);
    if (startTime !== undefined) found.push({ pid, startTime });
  }
  return found;
}

/** Undefined: there is no such living process (a zombie does nothing any more). */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readProc(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may itself hold blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return fields[19];
}

/** Undefined when the process is gone, or not ours to look at. */
async function readProc(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function kill(pid: number, logger: Logger): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    logger.debug({ pid, error: errorText(error) }, 'The leftover worker ended by itself');
  }
}
