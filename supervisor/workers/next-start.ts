import type { Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { SlotOptions } from './slot-options.ts';

type Parts = Pick<SlotOptions, 'clock' | 'logger' | 'policy' | 'refusal' | 'sweep' | 'turn'>;

interface Outcomes {
  /** Everything is there for the next process. */
  readonly fork: () => void;
  /** It takes longer: for its turn, or for the end of what is left of the last process. */
  readonly wait: (reason: string | undefined) => void;
  /** There is no memory; another try follows by itself. */
  readonly refused: (reason: string) => void;
  /** What is left of the last process does not go. */
  readonly blocked: (reason: string) => void;
}

/**
 * The way to a worker's next process. It leads past four things, in this order: the back-off, the worker's turn among all that start,
 * the end of everything that the last process left behind, and free memory. Each wish to start or not to start makes those before it void.
 */
export class NextStart {
  readonly #parts: Parts;
  readonly #outcomes: Outcomes;
  #timer: Timer | undefined;
  /** Rises with every wish: what was waited for in the name of an earlier one does not count any more. */
  #wish = 0;
  /** Set while something may be left of the last process. */
  #sweeping: Promise<Error | undefined> | undefined;

  constructor(parts: Parts, outcomes: Outcomes) {
    this.#parts = parts;
    this.#outcomes = outcomes;
  }

  after(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.schedule(delayMs, () => this.inTurn());
  }

  inTurn(): void {
    this.#timer?.cancel();
    this.#wish += 1;
    const wish = this.#wish;
    let came = false;
    this.#parts.turn.enter(() => {
      came = true;
      if (!this.#sweeping) {
        this.#admit();
        return;
      }
      this.#outcomes.wait(undefined);
      void this.#sweeping.then((problem) => {
        if (this.#wish !== wish) return;
        if (problem) this.#outcomes.blocked(problem.message);
        else this.#admit();
      });
    });
    if (!came) this.#outcomes.wait('Waits for its turn to start');
  }

  /** No start is wanted any more, and what is under way has ended. */
  cancel(): void {
    this.#wish += 1;
    this.#timer?.cancel();
    this.#parts.turn.settled();
  }

  /** Begins to remove what the process that has just ended left behind; the next one waits for it. */
  sweep(): void {
    const sweeping: Promise<Error | undefined> = this.#parts
      .sweep()
      .then(
        () => undefined,
        (error: unknown) => {
          const text = errorText(error);
          this.#parts.logger.error({ error: text }, 'Leftovers of a worker could not be removed');
          return error instanceof Error ? error : new Error(text);
        },
      )
      .finally(() => {
        if (this.#sweeping === sweeping) this.#sweeping = undefined;
      });
    this.#sweeping = sweeping;
  }

  /** Resolves when nothing is left of the last process, or it could not be removed. */
  async swept(): Promise<void> {
    await this.#sweeping;
  }

  #admit(): void {
    const { refusal, turn, policy } = this.#parts;
    const reason = refusal();
    if (reason === undefined) {
      this.#outcomes.fork();
      return;
    }
    turn.settled();
    // No failure of the worker's, so nothing is counted; it comes back by itself when there is memory.
    this.after(policy().noMemoryRetryMs);
    this.#outcomes.refused(reason);
  }
}
