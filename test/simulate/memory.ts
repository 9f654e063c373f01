import { readFileSync } from 'node:fs';

/** Memory of a process with its share of what it has in common with others (PSS), in bytes; undefined where it cannot be seen. */
export function pssBytes(pid: number): number | undefined {
  const rollup = readProc(pid, 'smaps_rollup');
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}

/** A process id that a product on another machine told means another process here. */
export function isWorkerOf(pid: number, clientId: string): boolean {
  return (readProc(pid, 'cmdline') ?? '').includes(`--client=${clientId}`);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
