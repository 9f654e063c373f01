import { readProc, readProcessTable, treeOf } from './processes.ts';

/** Linux tells CPU times to programs in hundredths of a second, on every machine (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU time, user and system, of each process with all that came from it and still lives. Empty where there is no /proc. */
export async function readCpuSeconds(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const table = await readProcessTable();
  const seconds = new Map<number, number>();
  for (const root of pids) {
    if (!table.has(root)) continue;
    let ticks = 0;
    for (const { pid } of treeOf(table, root)) ticks += await readTicks(pid);
    seconds.set(root, ticks / TICKS_PER_SECOND);
  }
  return seconds;
}

async function readTicks(pid: number): Promise<number> {
  const stat = await readProc(`/proc/${pid}/stat`);
  // utime and stime, counted from behind the program's name, which may hold blanks.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
}
