import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Opened } from './opened.ts';

test('all that was opened is closed, the latest first, also when one of it cannot be', async () => {
  const opened = new Opened();
  const closed: string[] = [];
  for (const name of ['server', 'browser', 'page']) {
    opened.keep({
      close: async () => {
        closed.push(name);
        if (name === 'browser') throw new Error('it hangs');
      },
    });
  }
  await assert.rejects(opened.close(), ({ errors }: AggregateError) =>
    String(errors[0]).includes('it hangs'),
  );
  assert.deepEqual(closed, ['page', 'browser', 'server']);
  await opened.close();
});
