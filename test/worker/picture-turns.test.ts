import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureError } from '../../worker/chat/transport.ts';
import { PictureTurns } from '../../worker/chat/whatsapp/picture-turns.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('two pictures are under way at once; the next follows as one ends, however it ends; who waits too long is left out', async () => {
  const clock = new FakeClock();
  const turns = new PictureTurns(clock, 5_000);
  const begun: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const results: string[] = [];
  const send = (name: string): void => {
    const sending = turns.run(
      () =>
        new Promise<void>((resolve, reject) => {
          begun.push(name);
          ends.push((error) => (error ? reject(error) : resolve()));
        }),
    );
    void sending.then(
      () => results.push(`${name} sent`),
      (error: unknown) => results.push(`${name} ${error instanceof PictureError ? 'left out' : 'failed'}`),
    );
  };

  for (const name of ['a', 'b', 'c', 'd', 'e']) send(name);
  assert.deepEqual(begun, ['a', 'b']);
  ends.shift()?.(new Error('the page is gone'));
  await settled();
  assert.deepEqual(begun, ['a', 'b', 'c']);
  ends.shift()?.();
  await settled();
  assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
  clock.advance(5_000);
  await settled();
  assert.deepEqual(results, ['a failed', 'b sent', 'e left out']);
  for (const end of ends.splice(0)) end();
  await settled();
  for (const name of ['f', 'g', 'h']) send(name);
  assert.deepEqual(begun, ['a', 'b', 'c', 'd', 'f', 'g']);
});
