import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, on every machine that Node runs on. */
const TICK_MS = 10;

/** Processor time that a process has used, all its threads, in milliseconds; undefined where it cannot be seen. */
export function processorMs(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
  // Behind the program's name, which may hold anything: `utime` and `stime` are the twelfth and thirteenth of what follows.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** What some processes use while messages are counted. */
export class ProcessorUse {
  #before: ReadonlyMap<number, number> | undefined;
  #messagesBefore = 0;
  /** Milliseconds for each message since the first reading; undefined before there are two. */
  perMessageMs: number | undefined;

  read(pids: readonly number[], messages: number): void {
    const now = new Map(pids.map((pid) => [pid, processorMs(pid) ?? 0]));
    if (!this.#before) {
      this.#before = now;
      this.#messagesBefore = messages;
      return;
    }
    const before = this.#before;
    const usedMs = [...now].reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0);
    if (messages > this.#messagesBefore) this.perMessageMs = usedMs / (messages - this.#messagesBefore);
  }
}
