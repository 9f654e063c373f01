import { Buffer } from 'node:buffer';
import { cutParts } from './parts.ts';

/** A part of a page that changes as a whole, drawn and ready to be sent. */
export interface Region {
  readonly id: string;
  readonly html: string;
}

const NOTHING = Buffer.alloc(0);

/** Wraps an element for htmx: it is morphed into the one with its id, so that focus, scroll and typed text stay. */
function fragment(id: string, html: string): string {
  return `<hx-partial hx-target="#${id}" hx-swap="outerMorph">${html}</hx-partial>`;
}

interface Drawn {
  readonly html: string;
  /** The number of the picture in which it last changed. */
  readonly changedIn: number;
}

interface DrawnRegion extends Drawn {
  /** What stands around the parts. */
  readonly skeleton: Drawn;
  readonly parts: ReadonlyMap<string, Drawn>;
}

/**
 * A room as everybody sees it who looks at it, region by region, each with the number of the picture in which it last changed; of a region
 * in which only marked parts have changed, those alone are sent. So a browser is sent only what it has not seen, and what many browsers
 * are sent is put together once.
 */
export class RoomPicture {
  #version = 0;
  #regions = new Map<string, DrawnRegion>();
  readonly #frames = new Map<number, Buffer>();

  /** Rises with every picture that differs from the one before; 0: nothing has been drawn yet. */
  get version(): number {
    return this.#version;
  }

  /** @returns whether anything looks different */
  take(regions: readonly Region[]): boolean {
    const next = this.#version + 1;
    const taken = new Map(
      regions.map(({ id, html }) => {
        const known = this.#regions.get(id);
        return [id, known?.html === html ? known : redrawn(html, known, next)];
      }),
    );
    if (![...taken.values()].some(({ changedIn }) => changedIn === next)) return false;
    this.#version = next;
    this.#regions = taken;
    this.#frames.clear();
    return true;
  }

  /** What has changed since a version, as UTF-8; everything there is for version 0. */
  since(version: number): Buffer {
    if (version >= this.#version) return NOTHING;
    const known = this.#frames.get(version);
    if (known) return known;
    const changed = [...this.#regions].flatMap(([id, { html, skeleton, parts }]) =>
      skeleton.changedIn > version
        ? [fragment(id, html)]
        : [...parts]
            .filter(([, { changedIn }]) => changedIn > version)
            .map(([partId, part]) => fragment(partId, part.html)),
    );
    const frame = Buffer.from(changed.join(''));
    this.#frames.set(version, frame);
    return frame;
  }
}

function redrawn(html: string, known: DrawnRegion | undefined, next: number): DrawnRegion {
  const cut = cutParts(html);
  const drawn = (now: string, before: Drawn | undefined): Drawn =>
    before?.html === now ? before : { html: now, changedIn: next };
  return {
    html,
    changedIn: next,
    skeleton: drawn(cut.skeleton, known?.skeleton),
    parts: new Map([...cut.parts].map(([id, part]) => [id, drawn(part, known?.parts.get(id))])),
  };
}
