import type { Client } from '../../shared/client.ts';
import type { Clock, Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/** What the caretaker sees of a client's place in the pool. */
interface Place {
  /** Neither is there a process nor does anything lead to one. */
  readonly idle: boolean;
}

export interface CaretakerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** From one round to the next; asked each time. */
  readonly everyMs: () => number;
  readonly clients: () => Iterable<Pick<Client, 'id' | 'desired'>>;
  readonly placeOf: (clientId: string) => Place | undefined;
  readonly start: (clientId: string) => void;
  /** Ends leftover processes. */
  readonly sweep: () => Promise<unknown>;
}

/** Goes its round once in a while: whatever was overlooked, by a defect or by the system, is put right. */
export class Caretaker {
  readonly #options: CaretakerOptions;
  #timer: Timer | undefined;

  constructor(options: CaretakerOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, everyMs } = this.#options;
    this.#timer = clock.schedule(everyMs(), () => {
      this.start();
      this.#round();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #round(): void {
    const { logger, clients, placeOf, start, sweep } = this.#options;
    for (const { id, desired } of clients()) {
      const place = placeOf(id);
      if (desired !== 'running' || (place && !place.idle)) continue;
      logger.error({ clientId: id }, 'A worker that should run was not under way; starting it');
      start(id);
    }
    sweep().catch((error: unknown) => {
      logger.error({ error: errorText(error) }, 'Leftovers of workers could not be removed');
    });
  }
}
