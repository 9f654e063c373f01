/** Measured durations in milliseconds, kept one by one: a run has at most some millions. */
export class Samples {
  readonly #values: number[] = [];
  #sorted = true;

  add(valueMs: number): void {
    this.#values.push(valueMs);
    this.#sorted = false;
  }

  get count(): number {
    return this.#values.length;
  }

  /** The smallest value that `share` (0 to 1) of all values do not exceed; undefined without values. */
  quantile(share: number): number | undefined {
    if (!this.#sorted) this.#values.sort((one, other) => one - other);
    this.#sorted = true;
    return this.#values[Math.max(0, Math.ceil(share * this.#values.length) - 1)];
  }
}

/** Counts by name. */
export class Tally {
  readonly counts = new Map<string, number>();

  add(name: string): void {
    this.counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
