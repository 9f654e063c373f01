import { readdir, readFile } from 'node:fs/promises';

/** What /proc tells of processes. Where there is no /proc (anything but Linux) nothing is found and nothing measured. */

export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  /** The process group, named by its leader's pid; likewise the session. */
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot; tells a process from a later one with the same pid. */
  readonly startTime: string;
}

export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** How many files of /proc are read at once: enough to be quick, too few to fill the thread pool that the stores write through. */
const READS_AT_ONCE = 2;

/** Every living process that can be seen. A table of a moment: what is done by it checks the start time first. */
export async function readProcessTable(): Promise<ProcessTable> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter(Number.isInteger);
  const table = new Map<number, ProcessStat>();
  const next = pids.values();
  const readSome = async (): Promise<void> => {
    for (const pid of next) {
      const stat = await readProcess(pid);
      if (stat) table.set(pid, stat);
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readSome));
  return table;
}

/** Undefined: there is no such living process (a zombie does nothing any more). */
export async function readProcess(pid: number): Promise<ProcessStat | undefined> {
  const stat = await readProc(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may itself hold blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, group, session, startTime] = [0, 1, 2, 3, 19].map((index) => fields?.[index]);
  if (state === undefined || state === 'Z' || state === 'X' || startTime === undefined) return undefined;
  return { pid, parentPid: Number(parentPid), group: Number(group), session: Number(session), startTime };
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
