/** A file chosen at `input[data-picture-url]` is sent there at once, smaller if it is too large, and what shows it is drawn anew. */
import { putFile } from './send.js';

/** As the server takes them (shared/picture.ts). */
const MAX_BYTES = 1 << 20;
const MAX_SIDE_PX = 4_096;
/** WhatsApp shows none larger. */
const SHRUNK_SIDE_PX = 1_600;
const SHRUNK_QUALITY = 0.85;

const UNREADABLE = {
  ok: false,
  message: 'This file cannot be shown as a picture. Choose a PNG, JPEG or WebP',
} as const;

const tell = (kind: 'success' | 'error', text: string): void => {
  document.dispatchEvent(new CustomEvent('toast', { detail: { kind, text } }));
};

document.addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  const { pictureUrl } = target.dataset;
  const file = target.files?.[0];
  if (pictureUrl === undefined || !file) return;
  void send(target, pictureUrl, file);
});

async function send(input: HTMLInputElement, url: string, file: File): Promise<void> {
  input.disabled = true;
  input.setAttribute('aria-busy', 'true');
  const picture = await fitting(file);
  const sent = picture ? await putFile(url, picture) : UNREADABLE;
  input.disabled = false;
  input.removeAttribute('aria-busy');
  input.value = '';
  if (!sent.ok) return tell('error', sent.message);
  tell('success', 'New customers see this picture from now on');
  input.dispatchEvent(new CustomEvent('picturechange', { bubbles: true }));
}

/** The file itself where it fits. Undefined: no browser can show it, whatever its first bytes, all that the server reads of it, say. */
async function fitting(file: File): Promise<Blob | undefined> {
  const image = await createImageBitmap(file).catch(() => undefined);
  if (!image) return undefined;
  const longest = Math.max(image.width, image.height);
  if (file.size <= MAX_BYTES && longest <= MAX_SIDE_PX) return file;
  const scale = Math.min(1, SHRUNK_SIDE_PX / longest);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext('2d');
  if (!context) return file;
  // JPEG has no transparency; what was clear becomes paper, not ink.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const smaller = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', SHRUNK_QUALITY);
  });
  return smaller ?? file;
}
