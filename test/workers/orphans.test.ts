import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { silentLogger } from '../../shared/logger.ts';
import { OrphanSweeper } from '../../supervisor/workers/orphans.ts';
import { processInfo } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { waitFor } from '../helpers/wait.ts';
import { fixtureWorker, poolHarness } from './pool-harness.ts';

const supervisorEntry = fileURLToPath(new URL('./fixtures/supervisor.ts', import.meta.url));
const readySchema = z.object({ workerPid: z.number() });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A supervisor that is killed as soon as its worker is ready. */
async function killedSupervisor(dataDir: string, behaviour: string): Promise<number> {
  const supervisor = fork(supervisorEntry, [dataDir, behaviour, fixtureWorker()]);
  cleanUps.push(() => supervisor.kill('SIGKILL'));
  const [message] = await once(supervisor, 'message');
  const { workerPid } = readySchema.parse(message);
  cleanUps.push(() => {
    if (processInfo(workerPid)?.command.includes(dataDir)) process.kill(workerPid, 'SIGKILL');
  });
  const ended = once(supervisor, 'exit');
  supervisor.kill('SIGKILL');
  await ended;
  return workerPid;
}

function folder(): string {
  const temporary = temporaryFolder('orphans');
  cleanUps.push(() => temporary.remove());
  return temporary.path;
}

describe('workers of a killed supervisor', () => {
  it('end by themselves', async () => {
    const pid = await killedSupervisor(folder(), 'behaves');
    await waitFor('the end of the worker', () => processInfo(pid) === undefined);
  });

  it('are killed before the next supervisor starts its own, if they would not end', async () => {
    const harness = poolHarness();
    cleanUps.push(() => harness.dispose());
    const pid = await killedSupervisor(harness.dataDir, 'stubborn');
    assert.ok(processInfo(pid), 'the stubborn worker outlives its supervisor');
    await harness.pool.startAll();
    assert.equal(processInfo(pid), undefined);
    const { pid: next } = await harness.ready('a');
    assert.notEqual(next, pid);
  });

  it('are left alone when they belong to another data folder', async () => {
    const pid = await killedSupervisor(folder(), 'stubborn');
    const sweeper = new OrphanSweeper({ dataDir: folder(), logger: silentLogger, isLive: () => false });
    assert.deepEqual(await sweeper.sweep(), []);
    assert.ok(processInfo(pid));
  });
});
