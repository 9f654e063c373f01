import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { MemoryHistory, MemoryWatch } from '../../supervisor/workers/memory-watch.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { waitFor } from '../helpers/wait.ts';

describe('the memory kept of a worker', () => {
  it('is a sample a minute, however often it is measured', () => {
    const history = new MemoryHistory();
    for (let at = 0; at <= 2 * MINUTE_MS; at += MINUTE_MS / 4)
      history.note({ at, bytes: at, browserBytes: 1 });
    assert.deepEqual(
      history.list().map(({ at, bytes, browserBytes }) => [at / MINUTE_MS, bytes / MINUTE_MS, browserBytes]),
      [
        [0, 0, 1],
        [1, 1, 1],
        [2, 2, 1],
      ],
    );
  });

  it('goes back a day, oldest first', () => {
    const history = new MemoryHistory();
    for (let at = 0; at <= 2 * DAY_MS; at += MINUTE_MS) history.note({ at, bytes: at, browserBytes: 0 });
    const times = history.list().map(({ at }) => at);
    assert.equal(times.length, 1_440);
    assert.equal(times[0], DAY_MS + MINUTE_MS);
    assert.equal(times.at(-1), 2 * DAY_MS);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
  });

  it('goes on when the clock has been set back', () => {
    const history = new MemoryHistory();
    history.note({ at: 5 * MINUTE_MS, bytes: 1, browserBytes: 0 });
    history.note({ at: 0, bytes: 2, browserBytes: 0 });
    assert.equal(history.list().length, 2);
  });
});

describe('measuring workers', () => {
  const children = ['cl_one', 'cl_two', 'cl_three'].map((clientId) => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    assert.ok(child.pid);
    return { clientId, child, pid: child.pid };
  });
  after(() => {
    for (const { child } of children) child.kill('SIGKILL');
  });

  const clock = new FakeClock();
  /** Whose memory was measured, in order, since somebody last asked. */
  let measured: string[] = [];
  const watch = new MemoryWatch({
    clock,
    logger: silentLogger,
    everyMs: () => MINUTE_MS,
    workers: () => children,
    onMeasured: (clientId, _pid, { bytes }) => {
      measured.push(bytes > 0 ? clientId : `${clientId} without a byte`);
    },
  });
  after(() => watch.stop());

  /** Whose memory is measured until this client's has been. */
  async function untilMeasured(last: string): Promise<string[]> {
    await waitFor(`the measurement of ${last}`, () => measured.at(-1) === last);
    const seen = measured;
    measured = [];
    return seen;
  }

  it('takes a new one at once, those that follow it together, and all once no more come up', async () => {
    watch.start();
    watch.soon('cl_two');
    assert.deepEqual(await untilMeasured('cl_two'), ['cl_two']);
    clock.advance(1_000);
    watch.soon('cl_three');
    watch.soon('cl_one');
    clock.advance(1_000);
    assert.deepEqual(await untilMeasured('cl_three'), ['cl_one', 'cl_three']);
    // The pages that they share are fewer for each now.
    clock.advance(2_000);
    assert.deepEqual(await untilMeasured('cl_three'), ['cl_one', 'cl_two', 'cl_three']);
  });

  it('takes all again a minute after', async () => {
    clock.advance(MINUTE_MS);
    assert.deepEqual(await untilMeasured('cl_three'), ['cl_one', 'cl_two', 'cl_three']);
  });
});
