import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';

/** The clock is looked at this often at least, so that it is noticed soon when somebody has set it back. */
const LONGEST_TIMER_MS = 30 * SECOND_MS;
/** So much is started in one turn of the event loop; thousands may be due at the same moment, and everybody else has a turn in between. */
const STARTS_PER_TURN = 100;
/** Timers are late, never this early: then it was the clock. */
const SET_BACK_MS = 1 * SECOND_MS;

/**
 * Many due times, one timer: a binary heap of (time, key). Setting a key again replaces its time; what is due is handed to `run`
 * in order of time. Ten thousand waiting orders cost ten thousand small heap entries, not timers. When the machine's clock is set
 * back, what waits moves along with it: a customer who has just paid must not wait for the hour to come round again.
 */
export class Timetable {
  readonly #clock: Clock;
  readonly #run: (key: string) => Promise<void>;
  readonly #dueAt = new Map<string, number>();
  #heap: Array<{ readonly at: number; readonly key: string }> = [];
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** What the clock should show, at least, when the timer fires. */
  #expectedAt = 0;
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
    const now = this.#clock.now();
    const delayMs = Math.min(Math.max(next.at - now, 0), LONGEST_TIMER_MS);
    this.#expectedAt = now + delayMs;
    this.#timer = this.#clock.schedule(delayMs, () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const setBackMs = this.#expectedAt - now;
    if (setBackMs > SET_BACK_MS) this.#shift(setBackMs);
    let started = 0;
    for (
      let next = this.#heap[0];
      next && next.at <= now && started < STARTS_PER_TURN;
      next = this.#heap[0]
    ) {
      this.#pop();
      if (this.#dueAt.get(next.key) !== next.at) continue;
      this.#dueAt.delete(next.key);
      started += 1;
      void this.#run(next.key);
    }
    if (!this.#closed) this.#arm();
  }

  #shift(byMs: number): void {
    this.#heap = this.#heap.map(({ at, key }) => ({ at: at - byMs, key }));
    for (const [key, at] of this.#dueAt) this.#dueAt.set(key, at - byMs);
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
