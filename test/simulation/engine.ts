import { nextTick } from 'node:process';
import type { Timer } from '../../shared/clock.ts';

/** Something that is due; also the handle on it, because there are hundreds of thousands of them. */
class Event implements Timer {
  readonly at: number;
  readonly seq: number;
  run: (() => void) | undefined;
  readonly #onCancel: () => void;

  constructor(at: number, seq: number, run: () => void, onCancel: () => void) {
    this.at = at;
    this.seq = seq;
    this.run = run;
    this.#onCancel = onCancel;
  }

  cancel(): void {
    if (!this.run) return;
    this.run = undefined;
    this.#onCancel();
  }
}

/**
 * Simulated time: a queue of events by due time, ties by the order in which they were made. Between two events everything that
 * promises set off runs to its end, so a run depends on nothing but the events themselves.
 */
export class Engine {
  #now: number;
  #seq = 0;
  #cancelled = 0;
  #heap: Event[] = [];
  #stopped = false;

  constructor(startAt = 1_700_000_000_000) {
    this.#now = startAt;
  }

  get now(): number {
    return this.#now;
  }

  /** Events still to come. */
  get pending(): number {
    return this.#heap.length - this.#cancelled;
  }

  at(at: number, run: () => void): Timer {
    const event = new Event(Math.max(at, this.#now), this.#seq, run, this.#onCancel);
    this.#seq += 1;
    this.#push(event);
    return event;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.at(this.#now + Math.max(delayMs, 0), run);
  }

  /** Time goes on no more: what is known is enough. */
  stop(): void {
    this.#stopped = true;
  }

  /** Lets time go on until `until`, or to the last event if that comes first. */
  async run(until = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    for (let event = this.#heap[0]; event && event.at <= until && !this.#stopped; event = this.#heap[0]) {
      this.#pop();
      const { run } = event;
      if (!run) {
        this.#cancelled -= 1;
        continue;
      }
      event.run = undefined;
      this.#now = event.at;
      run();
      await settled();
    }
    if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
  }

  readonly #onCancel = (): void => {
    this.#cancelled += 1;
    if (this.#cancelled > 1_000 && this.#cancelled > this.#heap.length / 2) this.#sweep();
  };

  #sweep(): void {
    const kept = this.#heap.filter(({ run }) => run);
    this.#heap = [];
    this.#cancelled = 0;
    for (const event of kept) this.#push(event);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || isBefore(last, child)) break;
      heap[index] = child;
      index = child === right ? 2 * index + 2 : 2 * index + 1;
    }
    heap[index] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}

/**
 * Resolves when no promise has anything left to run: Node runs a next tick only when all of them are through. Waiting for a turn of
 * the event loop instead would cost more than most events do.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => nextTick(resolve));
}
