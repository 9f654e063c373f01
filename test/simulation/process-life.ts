import type { Clock, Timer } from '../../shared/clock.ts';
import type { Engine } from './engine.ts';

/**
 * One life of the simulated process, as its surroundings see it. Everything that the code under test can await passes through the
 * stores, the gateways, the chats or the clock; each of them asks here whether the process dies at this very place. After
 * that nothing it does reaches anybody and nothing it waits for comes.
 */
export class ProcessLife {
  readonly #engine: Engine;
  readonly #killer: (place: string) => boolean;
  readonly #onDeath: () => void;
  readonly #timers = new Set<Timer>();
  #alive = true;

  constructor(options: {
    engine: Engine;
    /** Whether the process dies at a place that it has come to. */
    killer: (place: string) => boolean;
    onDeath: () => void;
  }) {
    this.#engine = options.engine;
    this.#killer = options.killer;
    this.#onDeath = options.onDeath;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** @returns true when the process is dead, now or since long. */
  diesAt(place: string): boolean {
    if (this.#alive && this.#killer(place)) this.die();
    return !this.#alive;
  }

  die(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#onDeath();
  }

  /** Runs later if the process lives until then. */
  after(delayMs: number, run: () => void): Timer {
    if (!this.#alive) return { cancel: () => undefined };
    const timer = this.#engine.after(delayMs, () => {
      this.#timers.delete(timer);
      if (this.#alive) run();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  /**
   * A call of the outside world: `reach` happens there at once, its answer arrives after `answerMs`. The process may die before
   * the request leaves and before the answer comes.
   */
  call<T>(place: string, reach: () => { readonly answer: T; readonly answerMs: number }): Promise<T> {
    if (this.diesAt(`${place}: before the request`)) return never();
    const { answer, answerMs } = reach();
    if (this.diesAt(`${place}: before the answer`)) return never();
    return new Promise((resolve) => this.after(answerMs, () => resolve(answer)));
  }

  readonly clock: Clock = {
    now: () => this.#engine.now,
    schedule: (delayMs, run) =>
      this.after(delayMs, () => {
        if (!this.diesAt('a timer')) run();
      }),
  };
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
