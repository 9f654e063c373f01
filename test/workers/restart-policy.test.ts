import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  afterReady,
  cleanHistory,
  decideRestart,
  defaultRestartPolicy,
  type Failure,
  type RestartHistory,
  storedHistory,
} from '../../supervisor/workers/restart-policy.ts';
import { startWatchdog } from '../../supervisor/workers/watchdog.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

/** What happens over failures in a row: seconds waited, with `failed` where the worker is given up in between. */
function story(failures: readonly Failure[], history: RestartHistory = cleanHistory, random = 0): string[] {
  let now = history;
  return failures.map((failure) => {
    const decision = decideRestart(defaultRestartPolicy, now, failure, random);
    now = decision.history;
    return `${decision.state === 'failed' ? 'failed ' : ''}${decision.delayMs / 1000}`;
  });
}
const times = (count: number, failure: Failure): Failure[] => Array.from({ length: count }, () => failure);

describe('restart policy', () => {
  it('brings a crashed worker back after 5, 10, 15, 20 seconds and never gives it up', () => {
    assert.deepEqual(story(times(6, 'crash')), ['5', '10', '15', '20', '20', '20']);
  });

  it('retries a failed start after 10, 15, 20 seconds, then probes ever more slowly up to every 30 minutes', () => {
    assert.deepEqual(story(times(10, 'start-failed')), [
      '10',
      '15',
      '20',
      'failed 60',
      'failed 120',
      'failed 240',
      'failed 480',
      'failed 960',
      'failed 1800',
      'failed 1800',
    ]);
  });

  it('spreads starts by at most a second of jitter', () => {
    assert.deepEqual(story(times(2, 'start-failed'), cleanHistory, 0.5), ['10.5', '15.5']);
  });

  it('grants all three retries to a start that fails after a crash', () => {
    assert.deepEqual(story(['crash', ...times(4, 'start-failed')]), ['5', '10', '15', '20', 'failed 60']);
  });

  it('keeps the stored count over ready until ready has held', () => {
    const failed = decideRestart(defaultRestartPolicy, cleanHistory, 'start-failed', 0).history;
    assert.deepEqual(afterReady(failed), { retryCount: 1, startFailures: 0 });
    assert.deepEqual(story(['crash'], afterReady(failed)), ['10']);
  });

  it('goes on in the slow lane after a restart of the supervisor, with the first probe', () => {
    assert.deepEqual(story(times(2, 'start-failed'), storedHistory(defaultRestartPolicy, 40)), [
      'failed 60',
      'failed 120',
    ]);
    assert.deepEqual(story(['start-failed'], storedHistory(defaultRestartPolicy, 1)), ['15']);
  });

  it('always waits, never longer than half an hour, and counts every failure, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Failure | 'ready'>('crash', 'start-failed', 'ready'), { maxLength: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (events, random) => {
          let history = cleanHistory;
          for (const event of events) {
            if (event === 'ready') {
              history = afterReady(history);
              continue;
            }
            const { delayMs, history: next } = decideRestart(defaultRestartPolicy, history, event, random);
            assert.ok(delayMs >= 5_000 && delayMs <= 1_800_000);
            assert.equal(next.retryCount, history.retryCount + 1);
            history = next;
          }
        },
      ),
    );
  });
});

describe('watchdog', () => {
  function watch() {
    const clock = new FakeClock();
    const hangs: string[] = [];
    const watchdog = startWatchdog(clock, defaultRestartPolicy, (reason) => hangs.push(reason));
    return { clock, hangs, watchdog };
  }

  it('calls a worker hung after 15 seconds without a heartbeat, once', () => {
    const { clock, hangs, watchdog } = watch();
    watchdog.started();
    watchdog.beat();
    clock.advance(10_000);
    watchdog.beat();
    clock.advance(14_999);
    assert.deepEqual(hangs, []);
    clock.advance(1);
    clock.advance(60_000);
    assert.deepEqual(hangs, ['no heartbeat for 15 s']);
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

  it('does not blame a worker for the time in which the machine was suspended', () => {
    const { clock, hangs, watchdog } = watch();
    watchdog.started();
    watchdog.beat();
    clock.suspend(3_600_000);
    assert.deepEqual(hangs, []);
    watchdog.beat();
    clock.advance(14_999);
    assert.deepEqual(hangs, []);
    clock.advance(10_000);
    assert.deepEqual(hangs, ['no heartbeat for 15 s']);
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
