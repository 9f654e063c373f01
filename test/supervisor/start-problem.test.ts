import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProblem } from '../../supervisor/start-problem.ts';
import { StoreCorruptError, StoreUnusableError } from '../../supervisor/stores/errors.ts';
import { mountSmallDisk } from '../helpers/small-disk.ts';
import { SupervisorProcess } from '../helpers/supervisor-process.ts';
import { temporaryFolder } from '../helpers/temp.ts';

const config = { dataDir: '/srv/bots', host: '1.2.3.4', port: 3000 };
const systemError = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

/** The error that really comes of listening there. */
async function listenError(port: number, host: string): Promise<unknown> {
  const server = createServer().listen(port, host);
  const [error] = await Promise.race([once(server, 'error'), once(server, 'listening')]);
  return error;
}

test('a port that is taken, or an address that is not this machine’s, is named with what to set', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(typeof address === 'object' && address);
  const problem = startProblem(await listenError(address.port, '127.0.0.1'), {
    ...config,
    port: address.port,
  });
  taken.close();
  assert.match(problem, new RegExp(`^Port ${address.port} is taken .* set PORT to another port$`));
  // 192.0.2.0/24 is nobody's.
  assert.match(startProblem(await listenError(0, '192.0.2.1'), config), /^HOST=1\.2\.3\.4 is no address/);
  assert.match(
    startProblem(systemError('EACCES', 'listen'), { ...config, port: 80 }),
    /port 80 .* above 1023/,
  );
});

test('who starts it reads sentences; a stack is there only for what nobody but a developer can mend', () => {
  const unusable = new StoreUnusableError('/srv/bots', systemError('EACCES', 'mkdir'));
  const speaking = [unusable, new StoreCorruptError({ file: 'orders.json', line: 3 }, 'broken', 'Mend it')];
  for (const error of speaking) assert.doesNotMatch(startProblem(error, config), /\n|\bat /);
  assert.match(
    startProblem(speaking[1], config),
    /^StoreCorruptError: orders\.json, line 3: broken\. Mend it$/,
  );
  for (const error of [
    systemError('ENOSPC', 'write'),
    new StoreUnusableError('/x', systemError('EDQUOT', 'open')),
  ])
    assert.match(
      startProblem(error, config),
      /^The disk is full: there is no room left for \/srv\/bots .*Free some space/,
    );
  const foreign = Object.assign(systemError('EACCES', 'open'), { path: '/srv/bots/sandbox/world.log' });
  assert.match(
    startProblem(foreign, config),
    /^The data folder \/srv\/bots cannot be used by this user .*chown -R/,
  );
  assert.match(startProblem(new TypeError('x is not a function'), config), /TypeError.*\n {4}at /s);
  assert.equal(startProblem('odd', undefined), 'odd');
});

test('a start on a full disk says so in one sentence and leaves no process behind', async (t) => {
  const disk = mountSmallDisk(8);
  if (!disk) return t.diagnostic('mounting is not permitted here; the sentence itself is tested above');
  t.after(disk.remove);
  disk.fill();
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(disk.path, 'data') };
  const started = new SupervisorProcess(env, 0);
  assert.deepEqual(await started.ended, { code: 1, signal: null });
  const last = started.lines.filter((line) => !line.startsWith('{'));
  assert.equal(last.length, 1, last.join('\n'));
  assert.match(last[0] ?? '', /^The disk is full: .*Free some space, then start again/);
  assert.deepEqual(started.children(), []);
});

test('a data folder that is a file is named with the variable to set', async (t) => {
  const folder = temporaryFolder('start');
  t.after(folder.remove);
  const file = join(folder.path, 'notes.txt');
  writeFileSync(file, 'mine');
  const started = new SupervisorProcess({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: file }, 0);
  assert.deepEqual(await started.ended, { code: 1, signal: null });
  assert.match(started.lines.join('\n'), /notes\.txt cannot be written .*Set DATA_DIR to a folder/);
});

test('under an old Node each program says so and where to get another, and does nothing', () => {
  const old = "Object.defineProperty(process.versions, 'node', { value: '18.20.8' })";
  const programs = [
    'main',
    'doctor/cli',
    'stores/cli',
    'stores/backup/backup-cli',
    'stores/backup/restore-cli',
    'secrets/cli',
  ];
  for (const program of programs) {
    const path = fileURLToPath(new URL(`../../dist/supervisor/${program}.js`, import.meta.url));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [`--import=data:text/javascript,${encodeURIComponent(old)}`, path],
      { encoding: 'utf8' },
    );
    assert.deepEqual([status, stdout], [1, ''], program);
    assert.match(
      stderr,
      /^Node 18\.20\.8 is not one that this runs on .* Install Node 24 from \S+ .*\n$/,
      program,
    );
  }
});
