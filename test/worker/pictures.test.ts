import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pictures } from '../../worker/chat/pictures.ts';
import { PictureError } from '../../worker/chat/transport.ts';

const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
const picture = { id: 'a'.repeat(32), type: 'image/png', bytes: bytes.length } as const;
const data = (part: Buffer): { data: string } => ({ data: part.toString('base64') });

test('a picture comes in parts, once for all who are greeted with it, until there is another', async () => {
  const offsets: number[] = [];
  const pictures = new Pictures(async ({ offset }) => {
    offsets.push(offset);
    return data(bytes.subarray(offset, offset + 400));
  });
  const both = await Promise.all([pictures.toSend(picture).load(), pictures.toSend(picture).load()]);
  assert.deepEqual(both, [bytes.toString('base64'), bytes.toString('base64')]);
  await pictures.toSend(picture).load();
  assert.deepEqual(offsets, [0, 400, 800]);
  await pictures.toSend({ ...picture, id: 'b'.repeat(32) }).load();
  assert.equal(offsets.length, 6);
});

test('one that ends too early or is gone is told as the picture’s fault, and asked for again the next time', async () => {
  const answers = [
    async () => data(bytes.subarray(0, 400)),
    async () => data(Buffer.alloc(0)),
    async () => Promise.reject(new Error('There is no such picture')),
    async () => data(bytes),
  ];
  const pictures = new Pictures(async () => (await answers.shift()?.()) ?? data(bytes));
  await assert.rejects(pictures.toSend(picture).load(), PictureError);
  await assert.rejects(pictures.toSend(picture).load(), /no such picture/);
  assert.equal(await pictures.toSend(picture).load(), bytes.toString('base64'));
});
