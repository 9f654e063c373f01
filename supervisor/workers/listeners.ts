import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/** Those who want to hear of something. One that throws is logged and cannot hurt the others or the one who tells. */
export class Listeners<Args extends readonly unknown[]> {
  readonly #what: string;
  readonly #logger: Logger;
  readonly #listeners = new Set<(...args: Args) => void>();

  constructor(what: string, logger: Logger) {
    this.#what = what;
    this.#logger = logger;
  }

  /** @returns a function that stops listening */
  add(listener: (...args: Args) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(...args: Args): void {
    for (const listener of this.#listeners) {
      try {
        listener(...args);
      } catch (error) {
        this.#logger.error({ event: this.#what, error: errorText(error) }, 'A listener failed');
      }
    }
  }
}
