import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings } from '../../shared/settings.ts';
import { restartPolicyOf } from '../../supervisor/workers/restart-policy.ts';
import { startWatchdog } from '../../supervisor/workers/watchdog.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const policy = restartPolicyOf(defaultSettings);

describe('watchdog', () => {
  function watch(current = policy, heartbeatMs = policy.heartbeatMs) {
    const clock = new FakeClock();
    const hangs: string[] = [];
    const watchdog = startWatchdog(
      clock,
      heartbeatMs,
      () => current,
      (reason) => hangs.push(reason),
    );
    return { clock, hangs, watchdog };
  }

  it('calls a worker hung after 15 seconds without a heartbeat, once', () => {
    const { clock, hangs, watchdog } = watch();
    watchdog.state('ready');
    watchdog.beat();
    clock.advance(10_000);
    watchdog.beat();
    clock.advance(14_999);
    assert.deepEqual(hangs, []);
    clock.advance(1);
    clock.advance(60_000);
    assert.deepEqual(hangs, ['gave no heartbeat for 15 s']);
  });

  it('gives a start 60 seconds, however well its heart beats', () => {
    const { clock, hangs, watchdog } = watch();
    for (let beats = 0; beats < 12; beats += 1) {
      watchdog.beat();
      assert.deepEqual(hangs, []);
      clock.advance(5_000);
    }
    assert.deepEqual(hangs, ['did not start within 60 s']);
  });

  it('gives an accepted login 5 minutes to load its chats, from whenever it is accepted', () => {
    const { clock, hangs, watchdog } = watch({ ...policy, heartbeatTimeoutMs: 3_600_000 });
    watchdog.state('starting');
    clock.advance(59_000);
    watchdog.state('awaiting-scan');
    clock.advance(600_000);
    watchdog.state('authenticating');
    clock.advance(299_999);
    assert.deepEqual(hangs, []);
    clock.advance(1);
    assert.deepEqual(hangs, ['did not load the chats within 300 s']);
  });

  it('expects no more heartbeats than the worker was told to give, whatever the settings have become', () => {
    const { clock, hangs, watchdog } = watch({ ...policy, heartbeatTimeoutMs: 1_000 }, 5_000);
    watchdog.state('ready');
    watchdog.beat();
    clock.advance(12_499);
    assert.deepEqual(hangs, []);
    clock.advance(1);
    assert.deepEqual(hangs, ['gave no heartbeat for 12.5 s']);
  });

  it('does not blame a worker for the time in which the machine was suspended', () => {
    const { clock, hangs, watchdog } = watch();
    watchdog.state('ready');
    watchdog.beat();
    clock.suspend(3_600_000);
    assert.deepEqual(hangs, []);
    watchdog.beat();
    clock.advance(14_999);
    assert.deepEqual(hangs, []);
    clock.advance(10_000);
    assert.deepEqual(hangs, ['gave no heartbeat for 15 s']);
  });

  it('says nothing once it has been stopped', () => {
    const { clock, hangs, watchdog } = watch();
    watchdog.beat();
    watchdog.stop();
    clock.advance(3_600_000);
    watchdog.beat();
    clock.advance(3_600_000);
    assert.deepEqual(hangs, []);
  });
});
