import { errorText } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';

/**
 * What has been started so far, so that it can be ended from any moment on, the start included: a product that is told to stop
 * while it starts, or that fails to start, must leave no process behind.
 */
export class Lifecycle {
  readonly #ends: Array<{ readonly what: string; readonly run: () => Promise<void> }> = [];
  #stopping = false;

  /** True: nothing new may be begun. The start looks at it after each step that takes time. */
  get stopping(): boolean {
    return this.#stopping;
  }

  askToStop(): void {
    this.#stopping = true;
  }

  /** Registers how a part ends, right after it has been started. */
  onEnd(what: string, run: () => Promise<void>): void {
    this.#ends.push({ what, run });
  }

  /**
   * Ends everything, the youngest part first. A part that fails to end does not keep the older ones from it.
   * @throws AggregateError of what failed
   */
  async end(logger: Logger): Promise<void> {
    this.#stopping = true;
    const failures: unknown[] = [];
    for (let last = this.#ends.pop(); last; last = this.#ends.pop()) {
      try {
        await last.run();
      } catch (error) {
        logger.error({ what: last.what, error: errorText(error) }, 'a part could not be ended properly');
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be ended properly');
  }
}
