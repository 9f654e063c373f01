/** More than this many messages behind, the crowd is too small or the product too slow: the rest is not made up for. */
const MAX_BEHIND = 50;

/**
 * Lets whoever wants to write a message do so at an even rate, first come first served. Open loop: the rate does not sink because
 * the product is slow, only when nobody has anything to write.
 */
export class Pacer {
  readonly #everyMs: number;
  readonly #waiting: Array<(go: boolean) => void> = [];
  #dueAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(ratePerSecond: number) {
    this.#everyMs = 1_000 / ratePerSecond;
  }

  start(): void {
    this.#dueAtMs = performance.now();
    this.#tick();
  }

  /** Resolves when it is this caller's turn; false: the crowd goes home. */
  turn(): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** From now on nobody starts anything. What has been begun may be carried to its end without the pacer. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const go of this.#waiting.splice(0)) go(false);
  }

  #tick(): void {
    const now = performance.now();
    while (this.#dueAtMs <= now) {
      const next = this.#waiting.shift();
      if (!next) {
        this.#dueAtMs = Math.max(this.#dueAtMs, now - MAX_BEHIND * this.#everyMs);
        break;
      }
      this.#dueAtMs += this.#everyMs;
      next(true);
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, this.#dueAtMs - performance.now()));
  }
}
