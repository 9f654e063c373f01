import { readProcessTable, treeOf } from './processes.ts';

/** Linux tells CPU times to programs in hundredths of a second, on every machine (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU time, user and system, of each process with all that came from it and still lives. Empty where there is no /proc. */
export async function readCpuSeconds(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const table = await readProcessTable();
  const seconds = new Map<number, number>();
  for (const root of pids) {
    if (!table.has(root)) continue;
    const ticks = treeOf(table, root).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
    seconds.set(root, ticks / TICKS_PER_SECOND);
  }
  return seconds;
}
