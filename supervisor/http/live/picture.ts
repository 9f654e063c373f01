import { Buffer } from 'node:buffer';

/** A part of a page that changes as a whole, drawn and ready to be sent. */
export interface Region {
  readonly id: string;
  readonly html: string;
}

const NOTHING = Buffer.alloc(0);

/**
 * A room as everybody sees it who looks at it, region by region, each with the number of the picture in which it last changed. So a
 * browser is sent only what it has not seen, and what many browsers are sent is put together once.
 */
export class RoomPicture {
  #version = 0;
  #regions = new Map<string, { readonly html: string; readonly changedIn: number }>();
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
        return [id, known?.html === html ? known : { html, changedIn: next }];
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
    const changed = [...this.#regions.values()].filter(({ changedIn }) => changedIn > version);
    const frame = Buffer.from(changed.map(({ html }) => html).join(''));
    this.#frames.set(version, frame);
    return frame;
  }
}
