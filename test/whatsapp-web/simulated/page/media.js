import { Model } from './emitter.js';

/** As the real page, larger pictures are made smaller before they are sent. */
const MAX_SIDE_PX = 1_600;
const PREVIEW_SIDE_PX = 100;

const base64 = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));

/** A blob that the page's modules hand around. */
class OpaqueData {
  #blob;
  #url;

  constructor(blob) {
    this.#blob = blob;
  }

  static async createFromData(data, mimetype) {
    return new OpaqueData(new Blob([data], { type: mimetype }));
  }

  get blob() {
    return this.#blob;
  }

  url() {
    this.#url ??= URL.createObjectURL(this.#blob);
    return this.#url;
  }

  formData() {
    return this.#blob;
  }

  autorelease = () => undefined;
}

/** By an image element, as pages have always done it: in a browser that loads no pictures it waits without end. */
function decode(opaque) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('media-fault: the picture cannot be decoded'));
    image.src = opaque.url();
  });
}

function drawn(image, maxSidePx) {
  const scale = Math.min(1, maxSidePx / Math.max(image.naturalWidth, image.naturalHeight));
  const [width, height] = [image.naturalWidth, image.naturalHeight].map((px) =>
    Math.max(1, Math.round(px * scale)),
  );
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d').drawImage(image, 0, 0, width, height);
  return canvas;
}

const jpegOf = (canvas) => canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });

async function prepare(opaque) {
  const image = await decode(opaque);
  const canvas = drawn(image, MAX_SIDE_PX);
  const blob = await jpegOf(canvas);
  const preview = await (await jpegOf(drawn(image, PREVIEW_SIDE_PX))).arrayBuffer();
  return new Model({
    type: 'image',
    mimetype: 'image/jpeg',
    mediaBlob: new OpaqueData(blob),
    filehash: base64(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())),
    size: blob.size,
    width: canvas.width,
    height: canvas.height,
    preview: base64(preview),
  });
}

/**
 * The modules by which whatsapp-web.js makes a picture ready and hands it to WhatsApp's servers, in the order in which it calls them. What was
 * not prepared cannot be uploaded, and a message about a picture that the servers do not have is refused (server.ts).
 */
export function mediaModules({ call }) {
  const objects = new Map();
  const cache = new Map();
  return {
    WAWebMediaOpaqueData: OpaqueData,
    WAWebPrepRawMedia: {
      prepRawMedia: (opaque) => {
        const prepared = prepare(opaque);
        return { waitForPrep: () => prepared };
      },
    },
    WAWebMediaStorage: {
      getOrCreateMediaObject: (filehash) => {
        const known = objects.get(filehash);
        if (known) return known;
        const made = {
          filehash,
          consolidate({ type, size }) {
            Object.assign(this, { type, size });
          },
        };
        objects.set(filehash, made);
        return made;
      },
    },
    WAWebMmsMediaTypes: { msgToMediaType: ({ type }) => type, castToV4: (type) => type },
    WAWebMediaDataUtils: { shouldUseMediaCache: () => true },
    WAWebMediaInMemoryBlobCache: {
      InMemoryMediaBlobCache: { put: (filehash, data) => cache.set(filehash, data) },
    },
    WAWebMediaMmsV4Upload: {
      uploadMedia: async ({ mimetype, mediaObject: { filehash } }) => {
        const data = cache.get(filehash);
        if (!data) throw new Error('media-fault: nothing to upload');
        const { directPath } = await call('/upload', { mimetype, data: base64(await data.arrayBuffer()) });
        const mmsUrl = `https://mmg.whatsapp.net${directPath}`;
        return {
          mediaEntry: { mmsUrl, directPath, mediaKey: 'key', mediaKeyTimestamp: 1, uploadHash: 'hash' },
        };
      },
    },
  };
}
