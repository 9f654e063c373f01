import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc shows it. The start time tells a process from a later one with the same pid. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly startTime: string;
  readonly command: string;
}

/** Everything that runs now; a process that ends meanwhile is left out, a zombie too. */
export function processes(): readonly ProcessInfo[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const info = processInfo(Number(name));
    return info ? [info] : [];
  });
}

export function processInfo(pid: number): ProcessInfo | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything, so fields count from the last closing one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, startTime] = [fields[0], fields[1], fields[19]];
  if (state === 'Z' || parentPid === undefined || startTime === undefined) return undefined;
  const command = (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
  return { pid, parentPid: Number(parentPid), startTime, command };
}

/** Children, grandchildren and so on. */
export function descendants(pid: number, all = processes()): readonly ProcessInfo[] {
  const children = all.filter((info) => info.parentPid === pid);
  return [...children, ...children.flatMap((child) => descendants(child.pid, all))];
}

export function stillRuns(info: ProcessInfo): boolean {
  return processInfo(info.pid)?.startTime === info.startTime;
}

/** Every process but this one that names `folder` in its command line or environment. */
export function processesOf(folder: string): readonly ProcessInfo[] {
  return processes().filter(
    ({ pid, command }) =>
      pid !== process.pid && (command.includes(folder) || (readProc(pid, 'environ') ?? '').includes(folder)),
  );
}

/** Ends a process if it is still the same one. */
export function endProcess(info: ProcessInfo, signal: NodeJS.Signals): void {
  if (stillRuns(info)) process.kill(info.pid, signal);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Gone meanwhile, or another user's.
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
