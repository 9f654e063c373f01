/** Lets so many through at a time; the others wait in line, up to a bound. */
export class Gate {
  readonly #maxWaiting: number;
  readonly #waiting: Array<() => void> = [];
  #free: number;

  constructor(maxInside: number, maxWaiting: number) {
    this.#free = maxInside;
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves when there is room; false at once when the line is too long. Whoever got true must {@link leave}. */
  async enter(): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    if (this.#waiting.length >= this.#maxWaiting) return false;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return true;
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
