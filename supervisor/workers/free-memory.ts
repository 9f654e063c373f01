import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel tells of memory; another folder in tests. */
export interface MemoryPlaces {
  readonly proc: string;
  readonly cgroup: string;
}

const PLACES: MemoryPlaces = { proc: '/proc', cgroup: '/sys/fs/cgroup' };

/**
 * How many bytes new processes may still take before the system begins to kill: what the machine has to spare, and no more than
 * the limits of the container (cgroup version 1 or 2, own group and all above it) leave. Undefined where it cannot be known.
 */
export function freeMemory({ proc, cgroup }: MemoryPlaces = PLACES): number | undefined {
  const machine = kibField(read(join(proc, 'meminfo')), 'MemAvailable');
  const limits = groupsOf(read(join(proc, 'self/cgroup'))).flatMap((group) => leftIn(join(cgroup, group)));
  const known = [...(machine === undefined ? [] : [machine]), ...limits];
  return known.length === 0 ? undefined : Math.max(0, Math.min(...known));
}

/** Folders below the cgroup root whose limits hold for this process. */
function groupsOf(text: string | undefined): string[] {
  return (text ?? '').split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    if (controllers === '') return withParents('', path);
    return controllers.split(',').includes('memory') ? withParents('memory', path) : [];
  });
}

/** In a container the path may be that of the host, which is not there: the root of what is there counts then. */
function withParents(root: string, path: string): string[] {
  const names = path.split('/').filter(Boolean);
  return [root, ...names.map((_, index) => join(root, ...names.slice(0, index + 1)))];
}

/** What a group's limit leaves; nothing where there is no limit. Memory that only caches files can be had at once. */
function leftIn(folder: string): number[] {
  const version2 = existsSync(join(folder, 'memory.max'));
  const limit = number(read(join(folder, version2 ? 'memory.max' : 'memory.limit_in_bytes')));
  const used = number(read(join(folder, version2 ? 'memory.current' : 'memory.usage_in_bytes')));
  // Version 1 says "no limit" by a number near 2^63.
  if (limit === undefined || used === undefined || limit > Number.MAX_SAFE_INTEGER) return [];
  const stat = read(join(folder, 'memory.stat')) ?? '';
  const cached = /^(?:total_)?inactive_file (\d+)$/m.exec(stat);
  return [limit - used + Number(cached?.[1] ?? 0)];
}

function number(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^\d+$/.test(trimmed) ? Number(trimmed) : undefined;
}

function kibField(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '');
  return found ? Number(found[1]) * 1024 : undefined;
}

/** Undefined where there is no such file: another system, or another version of it. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
