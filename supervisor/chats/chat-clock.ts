import { type Clock, MINUTE_MS } from '../../shared/clock.ts';
import type { TurnService } from './types.ts';

const SAMPLES = 5;
/** An older message has waited while a bot was down, and says nothing of anybody's clock. */
const FRESH_MS = 2 * MINUTE_MS;

/**
 * The chat network's clock, as far as its messages tell it: one that comes from the future shows that this machine's clock is
 * behind. That it is ahead cannot be told from a message that was late.
 */
export class ChatClock {
  readonly #clock: Clock;
  #offsetsMs: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same turns, with an eye on when their messages were sent. */
  watching(turns: TurnService): TurnService {
    return {
      begin: (clientId, request) => {
        this.#note(request.sentAt);
        return turns.begin(clientId, request);
      },
      ask: (clientId, request) => turns.ask(clientId, request),
      commit: (clientId, request) => turns.commit(clientId, request),
    };
  }

  /** Its clock less ours in milliseconds, the middle of the last messages; undefined while there were too few. */
  offsetMs(): number | undefined {
    if (this.#offsetsMs.length < SAMPLES) return undefined;
    return this.#offsetsMs.toSorted((a, b) => a - b)[Math.floor(SAMPLES / 2)];
  }

  #note(sentAt: number): void {
    const offsetMs = sentAt - this.#clock.now();
    if (offsetMs >= -FRESH_MS) this.#offsetsMs = [...this.#offsetsMs, offsetMs].slice(-SAMPLES);
  }
}
