import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskQueue } from '../../shared/task-queue.ts';

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('a task queue', () => {
  it('runs tasks of one key in order and of different keys side by side', async () => {
    const queue = new TaskQueue();
    const first = gate();
    const log: string[] = [];
    const a1 = queue.run('a', async () => {
      await first.opened;
      log.push('a1');
    });
    const a2 = queue.run('a', async () => {
      log.push('a2');
    });
    await queue.run('b', async () => {
      log.push('b');
    });
    first.open();
    await Promise.all([a1, a2]);
    assert.deepEqual(log, ['b', 'a1', 'a2']);
  });

  it('never runs more than its limit at once, and all in the end', async () => {
    const queue = new TaskQueue(3);
    let running = 0;
    let most = 0;
    const done = Array.from({ length: 20 }, (_, index) =>
      queue.run(`key ${index}`, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return index;
      }),
    );
    assert.deepEqual(await Promise.all(done), [...Array(20).keys()]);
    assert.equal(most, 3);
    assert.equal(queue.size, 0);
  });

  it('goes on after a task that failed, and tells its caller', async () => {
    const queue = new TaskQueue(1);
    const failed = queue.run('a', () => Promise.reject(new Error('no')));
    const next = queue.run('a', async () => 'yes');
    await assert.rejects(failed, /no/);
    assert.equal(await next, 'yes');
  });
});
