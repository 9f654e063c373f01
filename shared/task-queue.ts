/** Runs tasks of the same key one after another, tasks of different keys side by side, at most `limit` at once. */
export class TaskQueue {
  readonly #limit: number;
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #waiting: Array<() => void> = [];
  #running = 0;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** Resolves or rejects as the task does. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const started = before.then(() => this.#limited(task));
    // The chain goes on whether the task succeeds or not; its own caller hears of the failure.
    const settled = started.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, settled);
    void settled.then(() => {
      if (this.#tails.get(key) === settled) this.#tails.delete(key);
    });
    return started;
  }

  /** Keys with work under way or waiting. */
  get size(): number {
    return this.#tails.size;
  }

  /** Resolves when everything queued up to now has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  async #limited<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // A waiting task takes over this one's place, so that the count stays right without a gap.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
