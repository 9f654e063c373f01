import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyedQueue } from '../../supervisor/workers/keyed-queue.ts';

describe('keyed queue', () => {
  it('runs the work of one key in turn, and lets another key pass', async () => {
    const queue = new KeyedQueue();
    const done: string[] = [];
    let release: (() => void) | undefined;
    const first = queue.run('a', async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      done.push('a1');
    });
    const second = queue.run('a', async () => done.push('a2'));
    await queue.run('b', async () => done.push('b1'));
    assert.deepEqual(done, ['b1']);
    release?.();
    await Promise.all([first, second]);
    assert.deepEqual(done, ['b1', 'a1', 'a2']);
  });

  it('passes an error on to who gave the work, and goes on', async () => {
    const queue = new KeyedQueue();
    const failing = queue.run('a', async () => {
      throw new Error('no');
    });
    const next = queue.run('a', async () => 'yes');
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'yes');
  });
});
