import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { waitFor } from '../helpers/wait.ts';
import { client, isAlive, poolHarness } from './pool-harness.ts';

let harnesses: ReturnType<typeof poolHarness>[] = [];
function start(options?: Parameters<typeof poolHarness>[0]) {
  const harness = poolHarness(options);
  harnesses.push(harness);
  return harness;
}
afterEach(async () => {
  const ending = harnesses;
  harnesses = [];
  await Promise.all(ending.map((harness) => harness.dispose()));
});

describe('pool of workers', () => {
  it('brings back every client that is desired to run, and no other', async () => {
    const harness = start({
      clients: [client('a'), client('b', { desired: 'stopped' }), client('c')],
    });
    await harness.pool.startAll();
    const [a, c] = await Promise.all([harness.ready('a'), harness.ready('c')]);
    assert.notEqual(a.pid, c.pid);
    assert.equal(harness.pool.status('b').state, 'stopped');
    assert.ok(harness.pool.canSend('a'));
    assert.ok(!harness.pool.canSend('b'));
    assert.equal(harness.stores.clients.get('a')?.phone, '254700000001');
  });

  it('spaces the starts of many clients', async () => {
    const harness = start({ clients: [client('a'), client('b')], sandboxStartSpacingMs: 50 });
    await harness.pool.startAll();
    await harness.ready('a');
    assert.equal(harness.pool.status('b').pid, undefined);
    harness.clock.advance(50);
    await harness.ready('b');
  });

  it('notices a worker killed by force, backs off 5 seconds, and is ready again with another process', async () => {
    const harness = start();
    await harness.pool.startAll();
    const { pid: before } = await harness.ready('a');
    process.kill(harness.pid('a'), 'SIGKILL');
    const backingOff = await harness.until('a', ({ state }) => state === 'backing-off');
    assert.match(backingOff.stateReason ?? '', /SIGKILL/);
    assert.equal(backingOff.pid, undefined);
    assert.ok(!harness.pool.canSend('a'));
    harness.clock.advance(4_999);
    assert.equal(harness.pool.status('a').state, 'backing-off');
    harness.clock.advance(1);
    const after = await harness.ready('a');
    assert.notEqual(after.pid, before);
    assert.equal(after.restarts, 1);
    assert.equal(harness.stores.clients.get('a')?.retryCount, 1);
  });

  it('forgets past failures once ready has held five minutes', async () => {
    const harness = start({
      clients: [client('a', { retryCount: 3 })],
      policy: { heartbeatTimeoutMs: 3_600_000 },
    });
    await harness.pool.startAll();
    await harness.ready('a');
    harness.clock.advance(299_999);
    assert.equal(harness.stores.clients.get('a')?.retryCount, 3);
    harness.clock.advance(1);
    assert.equal(harness.stores.clients.get('a')?.retryCount, 0);
  });

  it('ends a worker that hangs, first kindly, then by force, and starts it again', async () => {
    const harness = start();
    await harness.pool.startAll();
    const { pid } = await harness.ready('a');
    assert.ok(pid !== undefined);
    await harness.until('a', ({ eventLoopDelayMs }) => eventLoopDelayMs !== undefined);
    process.kill(pid, 'SIGSTOP');
    harness.clock.advance(15_000);
    assert.equal(harness.pool.status('a').state, 'backing-off');
    assert.match(harness.pool.status('a').stateReason ?? '', /no heartbeat for 15 s/);
    assert.ok(isAlive(pid), 'a stopped process does not see SIGTERM');
    harness.clock.advance(2_000);
    await harness.until('a', (status) => status.pid === undefined);
    assert.ok(!isAlive(pid));
    harness.clock.advance(5_000);
    await harness.ready('a');
  });

  it('tells since when a worker is ready only while it is', async () => {
    const harness = start({ behaviour: 'stubborn' });
    await harness.pool.startAll();
    assert.notEqual((await harness.ready('a')).readySince, undefined);
    const stopping = harness.pool.stop('a');
    assert.equal(harness.pool.status('a').state, 'stopping');
    assert.equal(harness.pool.status('a').readySince, undefined);
    process.kill(harness.pid('a'), 'SIGKILL');
    await stopping;
  });

  it('gives up a worker that never gets ready within the start-up deadline', async () => {
    const harness = start({ behaviour: 'never-ready', policy: { heartbeatTimeoutMs: 3_600_000 } });
    await harness.pool.startAll();
    await waitFor('a heartbeat', () => harness.pool.status('a').lastHeartbeatAt);
    harness.clock.advance(60_000);
    const { stateReason } = await harness.until(
      'a',
      ({ state, pid }) => state === 'backing-off' && pid === undefined,
    );
    assert.match(stateReason ?? '', /did not start within 60 s/);
  });

  it('shows a client that cannot start as failed after three retries, and probes on', async () => {
    const harness = start({ behaviour: 'dies-at-birth' });
    await harness.pool.startAll();
    for (const delayMs of [10_000, 15_000, 20_000]) {
      await waitFor(`a start in ${delayMs} ms`, () => harness.clock.delays().includes(delayMs));
      assert.equal(harness.pool.status('a').state, 'backing-off');
      harness.clock.advance(delayMs);
    }
    await harness.until('a', ({ state }) => state === 'failed');
    assert.equal(harness.stores.clients.get('a')?.retryCount, 4);
    harness.world.token = 'behaves';
    harness.clock.advance(60_000);
    await harness.ready('a');
  });

  it('goes on counting where an earlier supervisor left off', async () => {
    const harness = start({ behaviour: 'dies-at-birth', clients: [client('a', { retryCount: 4 })] });
    await harness.pool.startAll();
    await harness.until('a', ({ state }) => state === 'failed');
  });

  it('remembers why a worker was started anew, and what memory it needed', async () => {
    const harness = start();
    await harness.pool.startAll();
    const { pid } = await harness.ready('a');
    const { memoryBytes } = await waitFor('a measurement', () => {
      const status = harness.pool.status('a');
      return status.memoryBytes === undefined ? undefined : status;
    });
    assert.ok(memoryBytes !== undefined && memoryBytes > 10_000_000);
    process.kill(harness.pid('a'), 'SIGKILL');
    await harness.until('a', ({ state }) => state === 'backing-off');
    harness.clock.advance(5_000);
    await harness.until('a', (status) => status.state === 'ready' && status.pid !== pid);
    await harness.pool.restart('a');
    const { restarts, memory } = await waitFor('both entries', () => {
      const history = harness.pool.history('a');
      return history.restarts.length === 2 && history;
    });
    assert.deepEqual(
      restarts.map(({ kind, detail, signal, exitCode }) => [kind, detail, signal ?? exitCode]),
      [
        ['commanded', 'Restarted by a person', 0],
        ['crash', 'The worker was ended by SIGKILL', 'SIGKILL'],
      ],
    );
    assert.equal(restarts[1]?.memoryBytes, memoryBytes);
    assert.equal(memory[0]?.bytes, memoryBytes);
  });

  it('gives up a worker that speaks another protocol at once', async () => {
    const harness = start({ behaviour: 'other-protocol' });
    await harness.pool.startAll();
    const { stateReason } = await harness.until('a', ({ state }) => state === 'failed');
    assert.match(stateReason ?? '', /speaks protocol 0/);
  });

  it('is not misled by nonsense or by messages of an older generation', async () => {
    const harness = start({ behaviour: 'talks-nonsense' });
    await harness.pool.startAll();
    await harness.ready('a');
    assert.deepEqual(harness.states, ['a starting', 'a ready']);
  });

  it('gives a worker none of the supervisor’s secrets', async () => {
    const secrets = ['SHADOW_PAY_API_SECRET', 'STATUM_CONSUMER_SECRET', 'ADMIN_UI_TOKEN', 'DATA_KEY'];
    for (const name of secrets) process.env[name] = 'a secret of the supervisor';
    try {
      const harness = start();
      await harness.pool.startAll();
      await harness.ready('a');
      const sent = await harness.say('environment');
      assert.equal(sent.outcome, 'sent');
      const names = sent.outcome === 'sent' ? sent.messageId.split(' ') : [];
      assert.ok(names.includes('PATH'));
      const allowed = [
        'AIRTIME_WORKER',
        'HOME',
        'LANG',
        'LD_LIBRARY_PATH',
        'NODE_ENV',
        'PATH',
        'TMPDIR',
        'TZ',
      ];
      assert.deepEqual(
        names.filter((name) => !allowed.includes(name)),
        [],
      );
    } finally {
      for (const name of secrets) delete process.env[name];
    }
  });

  it('carries turns to the turn service with the client they belong to', async () => {
    const harness = start({ clients: [client('a'), client('b')] });
    await harness.pool.startAll();
    await Promise.all([harness.ready('a'), harness.ready('b')]);
    assert.deepEqual(await harness.say('turn', 'b'), { outcome: 'sent', messageId: 'duplicate' });
    assert.deepEqual(
      harness.turns.map(({ clientId, chatId }) => [clientId, chatId]),
      [['b', 'c1']],
    );
    assert.equal(harness.pool.status('b').lastMessageAt, harness.clock.now());
  });

  it('keeps what a worker logs and prints over its restarts, without secrets', async () => {
    const harness = start();
    await harness.pool.startAll();
    await harness.ready('a');
    await harness.say('log');
    await waitFor('both lines', () => harness.pool.logLines('a').length === 2);
    process.kill(harness.pid('a'), 'SIGKILL');
    await harness.until('a', ({ state }) => state === 'backing-off');
    harness.clock.advance(5_000);
    await harness.ready('a');
    const lines = harness.pool.logLines('a').map(({ level, message, fields }) => [level, message, fields]);
    assert.deepEqual(
      lines.sort(),
      [
        ['info', 'on paper', {}],
        ['warn', 'through the channel', { token: '[redacted]', size: 3 }],
      ].sort(),
    );
  });

  it('tells who waits when a worker has become ready', async () => {
    const harness = start();
    const became: string[] = [];
    harness.pool.onReady((clientId) => {
      became.push(`${clientId} ${harness.pool.canSend(clientId)}`);
      throw new Error('a listener at fault');
    });
    await harness.pool.startAll();
    await harness.ready('a');
    assert.deepEqual(became, ['a true']);
  });

  it('tells who waits when a worker beats again after the machine was suspended', async () => {
    const harness = start();
    await harness.pool.startAll();
    const { pid } = await harness.ready('a');
    harness.clock.suspend(3_600_000);
    assert.ok(!harness.pool.canSend('a'), 'nothing was heard of it for an hour');
    await new Promise<void>((resolve) => harness.pool.onReady(() => resolve()));
    assert.ok(harness.pool.canSend('a'));
    assert.equal(harness.pool.status('a').pid, pid);
  });

  it('restarts sandbox workers when the simulated world has moved, and counts no failure', async () => {
    const harness = start();
    await harness.pool.startAll();
    const { pid } = await harness.ready('a');
    harness.pool.reconnectSandbox();
    await harness.until('a', (status) => status.state === 'ready' && status.pid !== pid);
    assert.equal(harness.stores.clients.get('a')?.retryCount, 0);
    assert.deepEqual(harness.states, ['a starting', 'a ready', 'a stopping', 'a starting', 'a ready']);
  });

  it('ends all workers side by side at shutdown, also one that will not go', async () => {
    const harness = start({ clients: [client('a'), client('b')] });
    await harness.pool.startAll();
    await Promise.all([harness.ready('a'), harness.ready('b')]);
    const pids = [harness.pid('a'), harness.pid('b')];
    process.kill(harness.pid('b'), 'SIGSTOP');
    const over = harness.pool.shutdown();
    await harness.until('a', ({ state }) => state === 'stopped');
    harness.clock.advance(10_000);
    harness.clock.advance(2_000);
    await over;
    assert.deepEqual(pids.map(isAlive), [false, false]);
    harness.pool.start('a');
    assert.equal(harness.pool.status('a').state, 'stopped');
  });
});

describe('the outcome of a message', () => {
  it('is sent, or not sent when the worker or the lack of one says so', async () => {
    const harness = start();
    assert.equal((await harness.say('too early')).outcome, 'not-sent');
    await harness.pool.startAll();
    await harness.ready('a');
    assert.deepEqual(await harness.say('hello'), { outcome: 'sent', messageId: 'ob1-sent' });
    assert.deepEqual(await harness.say('refuse'), { outcome: 'not-sent', reason: 'the chat is gone' });
  });

  it('is unknown when sending failed, when nobody answers, and when the worker dies meanwhile', async () => {
    const harness = start({ policy: { heartbeatTimeoutMs: 3_600_000 } });
    await harness.pool.startAll();
    await harness.ready('a');
    assert.equal((await harness.say('fail')).outcome, 'unknown');
    const unanswered = harness.say('say nothing');
    harness.clock.advance(60_000);
    assert.equal((await unanswered).outcome, 'unknown');
    const hanging = harness.say('say nothing');
    assert.equal((await harness.say('crash')).outcome, 'unknown');
    assert.equal((await hanging).outcome, 'unknown');
  });

  it('does not count on a worker whose heart has stopped beating', async () => {
    const harness = start();
    await harness.pool.startAll();
    await harness.ready('a');
    process.kill(harness.pid('a'), 'SIGSTOP');
    harness.clock.advance(15_000);
    assert.ok(!harness.pool.canSend('a'));
    assert.equal((await harness.say('hello?')).outcome, 'not-sent');
  });
});
