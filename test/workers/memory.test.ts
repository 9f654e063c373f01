import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../shared/clock.ts';
import { MemoryHistory } from '../../supervisor/workers/memory-watch.ts';

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
