import QRCode from 'qrcode';

/** Light modules around the code: without them cameras do not find it on a dark page. */
const QUIET_ZONE = 4;

export interface QrDrawing {
  /** Modules per side, the quiet zone included: the picture's viewBox. */
  readonly size: number;
  /** The dark modules, as one SVG path. */
  readonly path: string;
}

/** A QR code as a path, so that it is drawn by the page itself: no picture to load, nothing that a policy forbids. */
export function drawQrCode(text: string): QrDrawing {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'L' });
  const rows: string[] = [];
  for (let y = 0; y < modules.size; y += 1) rows.push(darkRuns(modules, y));
  return { size: modules.size + 2 * QUIET_ZONE, path: rows.join('') };
}

function darkRuns(
  modules: { readonly size: number; get(row: number, column: number): number },
  y: number,
): string {
  let path = '';
  let start: number | undefined;
  for (let x = 0; x <= modules.size; x += 1) {
    const dark = x < modules.size && modules.get(y, x) === 1;
    if (dark) start ??= x;
    else if (start !== undefined) {
      const length = x - start;
      path += `M${start + QUIET_ZONE} ${y + QUIET_ZONE}h${length}v1h-${length}z`;
      start = undefined;
    }
  }
  return path;
}
