import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { freeMemory } from '../../supervisor/workers/free-memory.ts';
import { temporaryFolder } from '../helpers/temp.ts';

const MB = 1024 * 1024;

/** What is free on a machine that has these files. */
function freeOn(files: Readonly<Record<string, string>>): number | undefined {
  const folder = temporaryFolder('memory');
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return freeMemory({ proc: join(folder.path, 'proc'), cgroup: join(folder.path, 'cgroup') });
  } finally {
    folder.remove();
  }
}
const meminfo = (mb: number) => `MemTotal: 8000000 kB\nMemFree: 1 kB\nMemAvailable:    ${mb * 1024} kB\n`;

describe('free memory', () => {
  it('is what the machine has to spare', () => {
    assert.equal(freeOn({ 'proc/meminfo': meminfo(500) }), 500 * MB);
    const here = freeMemory();
    assert.ok(here !== undefined && here > 10 * MB);
  });

  it('is no more than a container of version 2 leaves, what only caches files counted as free', () => {
    const files = {
      'proc/meminfo': meminfo(4_000),
      'proc/self/cgroup': '0::/pod/app\n',
      'cgroup/pod/memory.max': `${600 * MB}\n`,
      'cgroup/pod/memory.current': `${500 * MB}\n`,
      'cgroup/pod/memory.stat': `anon 1\ninactive_file ${50 * MB}\n`,
      'cgroup/pod/app/memory.max': 'max\n',
      'cgroup/pod/app/memory.current': `${400 * MB}\n`,
    };
    assert.equal(freeOn(files), 150 * MB);
  });

  it('knows containers of version 1, also from inside, where the path is the host’s', () => {
    const files = {
      'proc/meminfo': meminfo(4_000),
      'proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n',
      'cgroup/memory/memory.limit_in_bytes': `${512 * MB}\n`,
      'cgroup/memory/memory.usage_in_bytes': `${500 * MB}\n`,
      'cgroup/memory/memory.stat': `inactive_file 7\ntotal_inactive_file ${8 * MB}\n`,
    };
    assert.equal(
      freeOn({ ...files, 'cgroup/memory/memory.stat': `total_inactive_file ${8 * MB}\n` }),
      20 * MB,
    );
    const unlimited = { ...files, 'cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' };
    assert.equal(freeOn(unlimited), 4_000 * MB);
  });

  it('is unknown where the system does not tell', () => {
    assert.equal(freeOn({ nothing: '' }), undefined);
  });
});
