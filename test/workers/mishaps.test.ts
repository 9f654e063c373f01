import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { readMemory, readProcessTable, treeOf } from '../../supervisor/workers/processes.ts';
import { processInfo } from '../helpers/processes.ts';
import { waitFor } from '../helpers/wait.ts';
import { client, isAlive, poolHarness } from './pool-harness.ts';

let harnesses: ReturnType<typeof poolHarness>[] = [];
async function start(options?: Parameters<typeof poolHarness>[0]) {
  const harness = poolHarness(options);
  harnesses.push(harness);
  await harness.pool.startAll();
  return harness;
}
afterEach(async () => {
  const ending = harnesses;
  harnesses = [];
  await Promise.all(ending.map((harness) => harness.dispose()));
});

type Harness = Awaited<ReturnType<typeof start>>;

/** The pid of a process that the worker of `a` has started. */
async function childOf(harness: Harness): Promise<number> {
  const answer = await harness.say('have a child');
  assert.ok(answer.outcome === 'sent');
  const pid = Number(answer.messageId);
  assert.ok(processInfo(pid));
  return pid;
}

/** What the worker's end was put down to, once it has been noted. */
async function lastRestart(harness: Harness, clientId = 'a') {
  return waitFor('an entry in the history', () => harness.pool.history(clientId).restarts[0]);
}

describe('a worker that goes mad', () => {
  for (const [what, kind] of [
    ['garbage', /garbage/],
    ['a huge frame', /garbage/],
  ] as const) {
    it(`and writes ${what} into its pipe is ended and started again; the others do not notice`, async () => {
      const harness = await start({ clients: [client('a'), client('b')] });
      await Promise.all([harness.ready('a'), harness.ready('b')]);
      const [mad, sane] = [harness.pid('a'), harness.pid('b')];
      void harness.say(what);
      const { stateReason } = await harness.until('a', ({ state }) => state === 'backing-off');
      assert.match(stateReason ?? '', /cannot be understood/);
      assert.equal((await harness.say('hello', 'b')).outcome, 'sent');
      harness.clock.advance(2_000);
      await harness.until('a', ({ pid }) => pid === undefined);
      assert.ok(!isAlive(mad));
      assert.match((await lastRestart(harness)).kind, kind);
      harness.clock.advance(5_000);
      await harness.ready('a');
      assert.equal(harness.pid('b'), sane);
    });
  }

  it('and stops in the middle of a message is ended as hung', async () => {
    const harness = await start();
    await harness.ready('a');
    void harness.say('half a frame');
    // Its heartbeats are swallowed as the rest of that message, which is never complete or no JSON.
    const mad = harness.pid('a');
    await waitFor('the silence to be noticed', () => {
      harness.clock.advance(5_000);
      return harness.pool.status('a').state !== 'ready';
    });
    harness.clock.advance(2_000);
    await harness.until('a', ({ pid }) => pid === undefined);
    assert.ok(!isAlive(mad));
    assert.match((await lastRestart(harness)).kind, /hang|garbage/);
  });

  it('and spins is killed, with what it had started', async () => {
    const harness = await start();
    await harness.ready('a');
    const child = await childOf(harness);
    const mad = harness.pid('a');
    void harness.say('spin');
    await waitFor('the silence', () => {
      harness.clock.advance(5_000);
      return harness.pool.status('a').state === 'backing-off';
    });
    harness.clock.advance(2_000);
    await harness.until('a', ({ pid }) => pid === undefined);
    await waitFor('its child to be gone', () => processInfo(child) === undefined);
    assert.ok(!isAlive(mad));
    assert.equal((await lastRestart(harness)).kind, 'hang');
  });
});

describe('a worker that knows why it cannot go on', () => {
  for (const [cause, state, delayMs] of [
    ['banned', 'failed', 86_400_000],
    ['bad-config', 'failed', 1_800_000],
    ['version', 'failed', 1_800_000],
    ['logged-out', 'logged-out', 10_000],
    ['browser', 'backing-off', 5_000],
  ] as const) {
    it(`is shown as ${state} for ${cause}, with what it said, and tried again in ${delayMs / 1_000} s`, async () => {
      const harness = await start();
      await harness.ready('a');
      void harness.say(`fail for ${cause}`);
      const { stateReason } = await harness.until(
        'a',
        (status) => status.state === state && status.pid === undefined,
      );
      assert.equal(stateReason, `This is ${cause}`);
      assert.ok(harness.clock.delays().includes(delayMs));
      assert.equal((await lastRestart(harness)).kind, cause);
      if (state !== 'failed')
        assert.ok(!harness.states.includes('a failed'), 'it was never called failed: it comes back');
    });
  }
});

describe('what a dead worker leaves behind', () => {
  it('is gone before the next one starts', async () => {
    const harness = await start();
    await harness.ready('a');
    const child = await childOf(harness);
    process.kill(harness.pid('a'), 'SIGKILL');
    await harness.until('a', ({ state }) => state === 'backing-off');
    harness.clock.advance(5_000);
    await harness.until('a', ({ pid }) => pid !== undefined);
    assert.equal(processInfo(child), undefined);
    await harness.ready('a');
  });

  it('does not take along what belongs to a living one', async () => {
    const harness = await start({ clients: [client('a'), client('b')] });
    await Promise.all([harness.ready('a'), harness.ready('b')]);
    const child = await childOf(harness);
    process.kill(harness.pid('b'), 'SIGKILL');
    await harness.until('b', ({ state }) => state === 'backing-off');
    harness.clock.advance(5_000);
    await harness.ready('b');
    assert.ok(processInfo(child), "a's child lives on");
  });
});

describe('a pool that is shut down', () => {
  const states: Readonly<Record<string, (harness: Harness) => Promise<unknown>>> = {
    starting: async (harness) => harness.until('a', ({ state }) => state === 'starting'),
    ready: async (harness) => harness.ready('a'),
    stopping: async (harness) => {
      await harness.ready('a');
      void harness.pool.stop('a');
      assert.equal(harness.pool.status('a').state, 'stopping');
    },
    restarting: async (harness) => {
      await harness.ready('a');
      void harness.pool.restart('a');
    },
    'backing-off': async (harness) => {
      await harness.ready('a');
      void harness.say('crash');
      await harness.until('a', ({ state }) => state === 'backing-off');
    },
    'given up': async (harness) => {
      await harness.ready('a');
      void harness.say('garbage');
      await harness.until('a', ({ state }) => state === 'backing-off');
    },
    failed: async (harness) => {
      await harness.ready('a');
      void harness.say('fail for bad-config');
      await harness.until('a', ({ state }) => state === 'failed');
    },
    reconnecting: async (harness) => {
      await harness.ready('a');
      void harness.say('lose the chat');
      await harness.until('a', ({ state }) => state === 'reconnecting');
    },
    'awaiting-scan': async (harness) => {
      await harness.ready('a');
      void harness.say('show a code');
      await harness.until('a', ({ state }) => state === 'awaiting-scan');
    },
  };
  for (const [state, reach] of Object.entries(states)) {
    it(`while a worker is ${state} leaves it stopped, with no process and nothing that would start one`, async () => {
      const harness = await start();
      await reach(harness);
      const over = harness.pool.shutdown();
      await waitFor('the end', () => {
        // Deadlines pass as they would; none is needed by a worker that behaves.
        if (harness.pool.status('a').state !== 'stopped') harness.clock.advance(100);
        return harness.pool.status('a').state === 'stopped';
      });
      await over;
      harness.clock.advance(86_400_000);
      assert.equal(harness.pool.status('a').pid, undefined);
      assert.deepEqual([...harness.pids].filter(isAlive), []);
    });
  }
});

describe('a system that has no process to give', () => {
  it('is told as it is, and asked again after the back-off', async () => {
    const harness = await start({ execPath: '/nowhere/node' });
    const { stateReason, pid } = await harness.until('a', ({ state }) => state === 'backing-off');
    assert.match(stateReason ?? '', /could not be started: .*ENOENT/);
    assert.equal(pid, undefined);
    assert.equal((await lastRestart(harness)).kind, 'start-failed');
    for (const delayMs of [10_000, 15_000, 20_000]) {
      await waitFor('the next try', () => harness.clock.delays().includes(delayMs));
      harness.clock.advance(delayMs);
    }
    await harness.until('a', ({ state }) => state === 'failed');
  });
});

describe('memory', () => {
  it('of a worker is what the kernel says of it and all that it started', async () => {
    const harness = await start({ policy: { memoryCheckMs: 1_000 } });
    await harness.ready('a');
    await childOf(harness);
    // A process that has just been started still grows between the two measurements: they are taken until it has come to rest.
    await waitFor("the measurement to be within 5 % of the kernel's", async () => {
      harness.clock.advance(1_000);
      const { memoryBytes, browserMemoryBytes } = harness.pool.status('a');
      if (memoryBytes === undefined || browserMemoryBytes === undefined) return false;
      const tree = treeOf(await readProcessTable(), harness.pid('a'));
      assert.equal(tree.length, 2);
      const sums = await Promise.all(tree.map(({ pid }) => readMemory(pid)));
      const kernelBytes = sums.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
      return Math.abs(memoryBytes - kernelBytes) < kernelBytes / 20;
    });
  });

  it('above the hard limit ends a worker at once; it is back without waiting, the second time after the back-off', async () => {
    const limits = { softBytes: 90e6, hardBytes: 100e6, startBytes: 0 };
    const harness = await start({ policy: { memory: { sandbox: limits, browser: limits } } });
    const { pid } = await harness.ready('a');
    void harness.say('grow');
    await harness.until('a', ({ state }) => state === 'backing-off');
    assert.match(harness.pool.status('a').stateReason ?? '', /needed \d+ MB/);
    harness.clock.advance(0);
    await waitFor('the next process', () => {
      harness.clock.advance(0);
      const status = harness.pool.status('a');
      return status.state === 'ready' && status.pid !== pid;
    });
    assert.equal((await lastRestart(harness)).kind, 'memory');
    assert.equal(harness.stores.clients.get('a')?.retryCount, 0);
    void harness.say('grow');
    await harness.until('a', (status) => status.state === 'backing-off' && status.pid === undefined);
    assert.ok(harness.clock.delays().includes(5_000));
  });

  it('above the soft limit renews a worker once nobody talks to it', async () => {
    const limits = { softBytes: 10e6, hardBytes: 1e9, startBytes: 0 };
    const policy = { memory: { sandbox: limits, browser: limits }, heartbeatTimeoutMs: 86_400_000 };
    const harness = await start({ policy: { ...policy, memoryCheckMs: 1_000 } });
    const { pid } = await harness.ready('a');
    harness.clock.advance(1_800_000 - 30_000);
    await harness.say('turn');
    harness.clock.advance(30_000);
    await waitFor('a measurement', () => harness.pool.status('a').memoryBytes);
    assert.equal(harness.pid('a'), pid, 'somebody has just talked to it');
    harness.clock.advance(60_000);
    await waitFor('the renewal', () => {
      if (harness.pool.status('a').state === 'ready') harness.clock.advance(1_000);
      return harness.pool.status('a').pid !== pid;
    });
    await harness.until('a', (status) => status.state === 'ready' && status.pid !== pid);
    const { kind, detail } = await lastRestart(harness);
    assert.equal(kind, 'memory');
    assert.match(detail, /renewed while nobody/);
  });

  it('that is not there for one more worker makes its start wait, and the others go on', async () => {
    let free = 140 * 1024 * 1024;
    const harness = await start({ freeMemory: () => free });
    const { stateReason } = await harness.until('a', ({ state }) => state === 'backing-off');
    assert.match(stateReason ?? '', /Waits for memory: 140 MB are free; this start needs 50 MB/);
    harness.clock.advance(10_000);
    assert.equal(harness.pool.status('a').state, 'backing-off');
    free = 150 * 1024 * 1024;
    harness.clock.advance(10_000);
    await harness.ready('a');
    assert.equal(harness.stores.clients.get('a')?.retryCount, 0);
  });
});

describe('a client that should run but whose worker was never started', () => {
  it('is found on the next round and started, and who should not run is left alone', async () => {
    const harness = await start({ policy: { sweepEveryMs: 300_000 } });
    await harness.ready('a');
    // As a defect would leave it: the record says running, and nobody told the pool.
    await harness.stores.transact((tx) => {
      tx.clients.put(client('overlooked'));
      tx.clients.put({ ...client('resting'), desired: 'stopped' });
    });
    harness.clock.advance(299_000);
    assert.equal(harness.pool.status('overlooked').state, 'stopped');
    harness.clock.advance(1_000);
    await harness.ready('overlooked');
    assert.equal(harness.pool.status('resting').state, 'stopped');
    assert.equal(harness.pool.status('overlooked').restarts, 0);
  });

  it('is started also where its worker was ended and nothing leads to the next start', async () => {
    const harness = await start({ policy: { sweepEveryMs: 300_000 } });
    await harness.ready('a');
    await harness.pool.stop('a');
    assert.equal(harness.stores.clients.get('a')?.desired, 'running');
    harness.clock.advance(300_000);
    await harness.ready('a');
  });
});
