import { crc32, deflateSync } from 'node:zlib';

/** A real PNG of one colour with a band in another. Two with different shades are different pictures. */
export function aPicture({
  widthPx = 32,
  heightPx = 24,
  shade = 200,
}: {
  widthPx?: number;
  heightPx?: number;
  shade?: number;
} = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  // Eight bits each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: heightPx }, (_, row) => {
    const pixel = row * 3 < heightPx ? [21, 128, 61] : [shade, 240, 220];
    return [0, ...Array.from({ length: widthPx }, () => pixel).flat()];
  });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
