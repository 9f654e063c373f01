import type { Clock, Timer } from '../../shared/clock.ts';
import { DAY_MS } from '../../shared/clock.ts';

/**
 * Many due times, one timer: a binary heap of (time, key). Setting a key again replaces its time; what is due is handed to `run`
 * in order of time. Ten thousand waiting orders cost ten thousand small heap entries, not timers.
 */
export class Timetable {
  readonly #clock: Clock;
  readonly #run: (key: string) => Promise<void>;
  readonly #dueAt = new Map<string, number>();
  readonly #heap: Array<{ readonly at: number; readonly key: string }> = [];
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #closed = false;

  /** @param run must not reject; what it rejects with is rethrown as an unhandled rejection, which ends the process. */
  constructor(clock: Clock, run: (key: string) => Promise<void>) {
    this.#clock = clock;
    this.#run = run;
  }

  set(key: string, at: number): void {
    if (this.#closed || this.#dueAt.get(key) === at) return;
    this.#dueAt.set(key, at);
    this.#push({ at, key });
    this.#arm();
  }

  delete(key: string): void {
    // The heap entry stays and is recognised as outdated when it comes up.
    this.#dueAt.delete(key);
  }

  get size(): number {
    return this.#dueAt.size;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#dueAt.clear();
    this.#heap.length = 0;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (!next || next.at >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = next.at;
    this.#timer = this.#clock.schedule(Math.min(next.at - this.#clock.now(), DAY_MS), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let next = this.#heap[0]; next && next.at <= now; next = this.#heap[0]) {
      this.#pop();
      if (this.#dueAt.get(next.key) !== next.at) continue;
      this.#dueAt.delete(next.key);
      void this.#run(next.key);
    }
    if (!this.#closed) this.#arm();
  }

  #push(entry: { at: number; key: string }): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || above.at <= entry.at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const child = right && left && right.at < left.at ? right : left;
      if (!child || child.at >= last.at) break;
      heap[index] = child;
      index = child === right ? 2 * index + 2 : 2 * index + 1;
    }
    heap[index] = last;
  }
}
