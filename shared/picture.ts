import { z } from 'zod';

/** What WhatsApp shows as a picture, and every browser does too. */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
export type PictureType = (typeof pictureTypes)[number];

/**
 * WhatsApp makes every picture smaller than this itself before it sends it, and a phone's customer pays for each byte that he
 * loads. A bot's worker keeps it in memory while it greets.
 */
export const MAX_PICTURE_BYTES = 1 << 20;
/** What whoever sends a heavier one is told. */
export const PICTURE_TOO_HEAVY = 'The picture has more than 1 MB; make it smaller';
/** A few kilobytes can claim any number of pixels, and whoever draws them needs four bytes for each. */
export const MAX_PICTURE_SIDE_PX = 4_096;
/** How much of a picture travels at once over the pipe to a worker: less than a frame, so that turns get their share. */
export const PICTURE_CHUNK_BYTES = 256 * 1_024;
/** WhatsApp cuts what stands under a picture after this many characters. */
export const MAX_CAPTION_LENGTH = 1_024;

export const pictureIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** A client's welcome picture; its bytes lie in a file of their own (supervisor/stores/picture-files.ts). */
export const pictureSchema = z.object({
  /** The first half of the SHA-256 of its bytes: another picture has another id. */
  id: pictureIdSchema,
  type: z.enum(pictureTypes),
  bytes: z.number().int().positive(),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  setAt: z.number(),
});
export type Picture = z.infer<typeof pictureSchema>;

/** What a worker is told of the picture that it is to send: it asks for the bytes when it needs them. */
export const pictureRefSchema = pictureSchema.pick({ id: true, type: true, bytes: true });
export type PictureRef = z.infer<typeof pictureRefSchema>;

/** @returns undefined where there is none of this id (any more): it was replaced, or taken away */
export function pictureRef(
  picture: Picture | undefined,
  pictureId: string | undefined,
): PictureRef | undefined {
  if (!picture || picture.id !== pictureId) return undefined;
  const { id, type, bytes } = picture;
  return { id, type, bytes };
}

const endings: Readonly<Record<PictureType, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};

/** The ending of a file with a picture of this type. */
export function pictureEnding(type: PictureType): string {
  return endings[type];
}

export interface PictureHead {
  readonly type: PictureType;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What a file says of itself in its first bytes, whatever it is called. @returns undefined for anything but a PNG, JPEG or WebP */
export function readPictureHead(bytes: Uint8Array): PictureHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = readPng(view) ?? readJpeg(view) ?? readWebp(view);
  return head && head.widthPx > 0 && head.heightPx > 0 ? head : undefined;
}

function textAt(view: DataView, offset: number, length: number): string {
  if (offset + length > view.byteLength) return '';
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + offset, length));
}

/** Signature, then the chunk IHDR with the size. */
function readPng(view: DataView): PictureHead | undefined {
  if (view.byteLength < 33 || textAt(view, 0, 8) !== '\x89PNG\r\n\x1a\n') return undefined;
  if (textAt(view, 12, 4) !== 'IHDR') return undefined;
  return { type: 'image/png', widthPx: view.getUint32(16), heightPx: view.getUint32(20) };
}

/** Segments up to the first frame header (SOF0 to SOF15 without DHT, JPG and DAC), which has the size. */
function readJpeg(view: DataView): PictureHead | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  let offset = 2;
  while (offset + 9 <= view.byteLength && view.getUint8(offset) === 0xff) {
    const marker = view.getUint8(offset + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [heightPx, widthPx] = [view.getUint16(offset + 5), view.getUint16(offset + 7)];
      return { type: 'image/jpeg', widthPx, heightPx };
    }
    // A marker may be preceded by any number of fill bytes.
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

/** RIFF with one of three first chunks, each of which says the size in its own way. */
function readWebp(view: DataView): PictureHead | undefined {
  if (view.byteLength < 30 || textAt(view, 0, 4) !== 'RIFF' || textAt(view, 8, 4) !== 'WEBP')
    return undefined;
  const type = 'image/webp';
  switch (textAt(view, 12, 4)) {
    case 'VP8 ':
      if (textAt(view, 23, 3) !== '\x9d\x01\x2a') return undefined;
      return {
        type,
        widthPx: view.getUint16(26, true) & 0x3fff,
        heightPx: view.getUint16(28, true) & 0x3fff,
      };
    case 'VP8L': {
      if (view.getUint8(20) !== 0x2f) return undefined;
      const sizes = view.getUint32(21, true);
      return { type, widthPx: (sizes & 0x3fff) + 1, heightPx: ((sizes >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { type, widthPx: uint24(view, 24) + 1, heightPx: uint24(view, 27) + 1 };
    default:
      return undefined;
  }
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}
