import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setImmediate as immediately } from 'node:timers/promises';

/** What /proc tells of processes. Where there is no /proc (anything but Linux) nothing is found and nothing measured. */

export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  /** The process group, named by its leader's pid; likewise the session. */
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot; tells a process from a later one with the same pid. */
  readonly startTime: string;
  /** CPU time so far, user and system, in clock ticks. */
  readonly cpuTicks: number;
}

export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** After so many processes everybody else has a turn. One takes some thirty microseconds. */
const READS_IN_A_ROW = 20;

/**
 * Every living process that can be seen. A table of a moment: what is done by it checks the start time first. Read in place,
 * not in the thread pool: the kernel has these lines ready and waits for nobody, and asking a thread for each of them costs five times
 * what reading does.
 * @throws Error when the processes cannot be listed
 */
export async function readProcessTable(): Promise<ProcessTable> {
  const pids = (await processNames()).map(Number).filter(Number.isInteger);
  const table = new Map<number, ProcessStat>();
  for (const [index, pid] of pids.entries()) {
    if (index % READS_IN_A_ROW === READS_IN_A_ROW - 1) await immediately();
    const stat = readProcess(pid);
    if (stat) table.set(pid, stat);
  }
  return table;
}

/** @throws Error when /proc is there and cannot be read (no file descriptor is left): "nothing runs" would be a lie that costs a login. */
async function processNames(): Promise<readonly string[]> {
  try {
    return await readdir('/proc');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined: there is no such living process (a zombie does nothing any more). */
export function readProcess(pid: number): ProcessStat | undefined {
  const stat = readStat(pid);
  // The second field is the program's name in brackets, which may itself hold blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, group, session, userTicks, systemTicks, startTime] = [0, 1, 2, 3, 11, 12, 19].map(
    (index) => fields?.[index],
  );
  if (state === undefined || state === 'Z' || state === 'X' || startTime === undefined) return undefined;
  return {
    pid,
    parentPid: Number(parentPid),
    group: Number(group),
    session: Number(session),
    startTime,
    cpuTicks: Number(userTicks) + Number(systemTicks),
  };
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    // It has ended.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/**
 * A process with all that came from it: its children and theirs, and whoever is in a group or session that one of them leads,
 * so that a process whose parent has died (init is its parent then) still belongs. The root may be dead already.
 */
export function treeOf(table: ProcessTable, root: number): readonly ProcessStat[] {
  const pids = new Set([root]);
  for (let size = 0; size !== pids.size; ) {
    size = pids.size;
    for (const { pid, parentPid, group, session } of table.values()) {
      if (pids.has(parentPid) || pids.has(group) || pids.has(session)) pids.add(pid);
    }
  }
  return [...pids].flatMap((pid) => table.get(pid) ?? []);
}

/**
 * A process's share of the machine's memory in bytes (PSS: pages shared with others count in part, so that the sum over
 * all processes is what they use together). Undefined when it is gone.
 */
export async function readMemory(pid: number): Promise<number | undefined> {
  const rollup = await readProc(`/proc/${pid}/smaps_rollup`);
  const pss = rollup === undefined ? undefined : kibField(rollup, 'Pss');
  if (pss !== undefined) return pss;
  // A browser's sandboxed processes hide their maps from everybody but root; what they share with others is not counted then.
  const status = await readProc(`/proc/${pid}/status`);
  return status === undefined ? undefined : kibField(status, 'RssAnon');
}

function kibField(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  return found ? Number(found[1]) * 1024 : undefined;
}

/** Undefined when the process is gone, or not ours to look at. */
export async function readProc(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
