import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { systemCode } from './errors.ts';

/** Who holds the data folder. A pid alone proves nothing: it may have been given to another process since. */
export const ownerSchema = z.object({
  pid: z.number().int(),
  /** Field 22 of /proc/<pid>/stat: clock ticks between boot and the start of the process (proc_pid_stat(5)). */
  processStart: z.string(),
  bootId: z.string(),
  /** The pid namespace: the same pid in another container is another process. */
  pidNamespace: z.string(),
  host: z.string(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
});
export type Owner = z.infer<typeof ownerSchema>;

export function currentOwner(now: number): Owner {
  return {
    pid: process.pid,
    processStart: processStart(process.pid) ?? '',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
    host: hostname(),
    startedAt: now,
  };
}

/**
 * `dead`: proven, its lock may be removed at once. `alive`: proven, nobody may take it over. `unknown`: it ran elsewhere, only
 * the age of its lock can tell.
 */
export function ownerState(owner: Owner, self: Owner): 'alive' | 'dead' | 'unknown' {
  if (owner.host !== self.host) return 'unknown';
  if (owner.bootId !== self.bootId) return 'dead';
  if (owner.pidNamespace !== self.pidNamespace) return 'unknown';
  return processStart(owner.pid) === owner.processStart ? 'alive' : 'dead';
}

/** When a process started; undefined when there is none with this pid (a zombie counts as none). */
function processStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined;
    throw error;
  }
  // The name in parentheses may hold anything, also parentheses and spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

export function describeOwner(owner: Owner): string {
  return `process ${owner.pid} on ${owner.host}, running since ${new Date(owner.startedAt).toISOString()}`;
}
