import { type Clock, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { TaskQueue } from '../../shared/task-queue.ts';

/** A person who mistypes the number needs two or three. */
const CODES_IN_WINDOW = 5;
const WINDOW_MS = 10 * MINUTE_MS;

/**
 * Paces the pairing codes of each client: WhatsApp asks whoever owns the number whether to log in, so that codes without end would
 * trouble a stranger, and WhatsApp blocks accounts for it.
 */
export class PairingPace {
  readonly #clock: Clock;
  readonly #queue = new TaskQueue();
  /** When codes were asked for, oldest first. */
  readonly #asked = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs `ask` unless this client has had its codes; one after another. What WhatsApp refused or left unanswered counts too, for that is
   * when it begins to block; only what never reached it (`conflict`) does not.
   * @throws AppError `too-many-requests`; what `ask` throws
   */
  run(clientId: string, ask: () => Promise<string>): Promise<string> {
    return this.#queue.run(clientId, async () => {
      const now = this.#clock.now();
      // A time ahead of now is from before the clock was set back.
      const asked = (this.#asked.get(clientId) ?? []).filter((at) => at <= now && now - at < WINDOW_MS);
      this.#asked.set(clientId, asked);
      const [oldest = now] = asked;
      if (asked.length >= CODES_IN_WINDOW) {
        const minutes = Math.ceil((oldest + WINDOW_MS - now) / MINUTE_MS);
        throw new AppError(
          'too-many-requests',
          `This bot has asked for ${CODES_IN_WINDOW} pairing codes within ten minutes. Scan the QR code, or try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
        );
      }
      asked.push(now);
      try {
        return await ask();
      } catch (error) {
        if (error instanceof AppError && error.code === 'conflict') asked.pop();
        throw error;
      }
    });
  }

  forget(clientId: string): void {
    this.#asked.delete(clientId);
  }
}
