import type { Clock, Timer } from '../../shared/clock.ts';

/** A clock that stands still until a test moves it. Due timers run in order of their time, inside {@link advance}. */
export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ at: number; readonly run: () => void }>();

  constructor(startAt = 1_700_000_000_000) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + Math.max(delayMs, 0), run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves time on, running what falls due on the way, timers set by timers included. */
  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }

  /** Time goes by while nothing runs, as on a suspended machine: afterwards everything due runs late. */
  suspend(forMs: number): void {
    this.#now += forMs;
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now).sort((a, b) => a.at - b.at);
    for (const timer of due) if (this.#timers.delete(timer)) timer.run();
  }

  /** Sets the wall clock back, as a correction of the machine's time does: timers still fire after the time they were given. */
  setBack(byMs: number): void {
    this.#now -= byMs;
    const timers = [...this.#timers];
    this.#timers.clear();
    for (const timer of timers) {
      timer.at -= byMs;
      this.#timers.add(timer);
    }
  }

  /** Milliseconds until each waiting timer, soonest first. */
  delays(): number[] {
    return [...this.#timers].map((timer) => timer.at - this.#now).sort((a, b) => a - b);
  }
}
