/** The step in which room is given out; a record's place is a number of such units. */
const UNIT_BYTES = 64;
const SLAB_UNITS = 1 << 14;
const SLAB_BYTES = SLAB_UNITS * UNIT_BYTES;

/** The largest record, in bytes. */
export const MAX_RECORD_BYTES = SLAB_BYTES;

/**
 * Room for many small records outside the JavaScript heap: a million orders would otherwise be some thirty million objects
 * for the garbage collector to walk. Freed places are kept by size and used again.
 *
 * While a hold is on, freed places stay as they are, so that a snapshot can read the image it started with.
 */
export class Arena {
  readonly #slabs: Buffer[] = [];
  /** Free places by size in units. */
  readonly #free: number[][] = [];
  #nextUnit = 0;
  #holds = 0;
  #heldBack: { place: number; units: number }[] = [];

  /** @returns the place of a copy of these bytes. */
  store(bytes: Uint8Array): number {
    const place = this.#allocate(unitsOf(bytes.length));
    this.#slab(place).set(bytes, offsetOf(place));
    return place;
  }

  /** @param length of the text in UTF-8. */
  storeText(text: string, length: number): number {
    const place = this.#allocate(unitsOf(length));
    this.#slab(place).write(text, offsetOf(place), length, 'utf8');
    return place;
  }

  text(place: number, length: number): string {
    const offset = offsetOf(place);
    return this.#slab(place).toString('utf8', offset, offset + length);
  }

  bytes(place: number, length: number): Buffer {
    const offset = offsetOf(place);
    return this.#slab(place).subarray(offset, offset + length);
  }

  free(place: number, length: number): void {
    const units = unitsOf(length);
    if (this.#holds > 0) this.#heldBack.push({ place, units });
    else this.#addFree(place, units);
  }

  /** From now on until `release`, nothing that is stored at this moment is overwritten. */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    for (const { place, units } of this.#heldBack) this.#addFree(place, units);
    this.#heldBack = [];
  }

  #allocate(units: number): number {
    const reused = this.#free[units]?.pop();
    if (reused !== undefined) return reused;
    if (units > SLAB_UNITS) throw new RangeError(`A record may have at most ${MAX_RECORD_BYTES} bytes`);
    const left = SLAB_UNITS * this.#slabs.length - this.#nextUnit;
    if (units > left) {
      if (left > 0) this.#addFree(this.#nextUnit, left);
      this.#nextUnit = SLAB_UNITS * this.#slabs.length;
      this.#slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES));
    }
    const place = this.#nextUnit;
    this.#nextUnit += units;
    return place;
  }

  #addFree(place: number, units: number): void {
    const places = this.#free[units];
    if (places) places.push(place);
    else this.#free[units] = [place];
  }

  #slab(place: number): Buffer {
    const slab = this.#slabs[Math.floor(place / SLAB_UNITS)];
    if (!slab) throw new RangeError(`No record is stored at ${place}`);
    return slab;
  }
}

const unitsOf = (length: number): number => Math.max(1, Math.ceil(length / UNIT_BYTES));
const offsetOf = (place: number): number => (place % SLAB_UNITS) * UNIT_BYTES;
