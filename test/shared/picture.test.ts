import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPictureHead } from '../../shared/picture.ts';
import { aPicture } from '../helpers/a-picture.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

/** The first bytes of files as encoders write them, 640 × 480 pixels each. */
const heads = {
  png: aPicture({ widthPx: 640, heightPx: 480 }),
  jpeg: bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2], [0xff, 0xff, 0xc0, 0, 17, 8, 1, 0xe0, 2, 0x80, 3]),
  'progressive jpeg': bytes([0xff, 0xd8, 0xff, 0xc4, 0, 3, 9], [0xff, 0xc2, 0, 17, 8, 1, 0xe0, 2, 0x80, 3]),
  webp: bytes('RIFF', [30, 0, 0, 0], 'WEBPVP8 ', [10, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1]),
  'lossless webp': bytes(
    'RIFF',
    [30, 0, 0, 0],
    'WEBPVP8L',
    [10, 0, 0, 0, 0x2f, 0x7f, 0xc2, 0x77, 0, 0, 0, 0, 0, 0],
  ),
  'extended webp': bytes(
    'RIFF',
    [30, 0, 0, 0],
    'WEBPVP8X',
    [10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0],
  ),
} as const;

for (const [name, head] of Object.entries(heads)) {
  test(`a ${name} says what it is and how large`, () => {
    const read = readPictureHead(head);
    assert.deepEqual([read?.widthPx, read?.heightPx], [640, 480]);
    assert.ok(name.includes(read?.type.slice('image/'.length) ?? '?'), read?.type);
    assert.deepEqual(readPictureHead(Buffer.concat([Buffer.from('x'), head]).subarray(1)), read);
  });
}

test('what only pretends to be a picture is none', () => {
  for (const text of [
    '',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'GIF89a',
    '<!doctype html>',
    '%PDF-1.7',
  ]) {
    assert.equal(readPictureHead(Buffer.from(text.padEnd(60))), undefined, text);
  }
  assert.equal(readPictureHead(aPicture({ widthPx: 0 })), undefined);
});

test('whatever a file holds, and wherever it was cut, it is read without harm', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(heads)),
      fc.nat(60),
      fc.uint8Array({ maxLength: 80 }),
      (head, kept, rest) => {
        const read = readPictureHead(Buffer.concat([head.subarray(0, kept), rest]));
        assert.ok(read === undefined || (read.widthPx > 0 && read.heightPx > 0));
      },
    ),
  );
});
