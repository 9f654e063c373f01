import { type Clock, SECOND_MS } from '../../../shared/clock.ts';
import { PictureError } from '../transport.ts';

/**
 * The page draws and uploads each picture on its own: a hundred at once took it a quarter of a minute and gigabytes of memory, while
 * everybody else's messages waited.
 */
const AT_ONCE = 2;

/** Lets few pictures be under way in a page at once. One that would wait longer is left out: its words are worth more in time. */
export class PictureTurns {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock;
    this.#waitMs = waitMs;
  }

  /**
   * Resolves or rejects as `send` does.
   * @throws PictureError when its turn has not come in time; nothing was begun then
   */
  async run<T>(send: () => Promise<T>): Promise<T> {
    if (this.#underWay < AT_ONCE) this.#underWay += 1;
    else await this.#turn();
    try {
      return await send();
    } finally {
      const [next] = this.#waiting;
      // It takes over this one's place, so that the count stays right without a gap.
      if (next) next();
      else this.#underWay -= 1;
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(this.#waitMs, () => {
        this.#waiting.delete(begin);
        reject(
          new PictureError(
            `Too many pictures are under way: its turn did not come within ${this.#waitMs / SECOND_MS} s`,
          ),
        );
      });
      const begin = (): void => {
        timer.cancel();
        this.#waiting.delete(begin);
        resolve();
      };
      this.#waiting.add(begin);
    });
  }
}
