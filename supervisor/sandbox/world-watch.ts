import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { WorldFile } from '../../shared/world.ts';
import { WorldApi } from './world-api.ts';

/** How long a world may stand still until it is replaced. */
export interface WorldPatience {
  /** From one question whether it answers to the next. */
  readonly askEveryMs: number;
  readonly answerWithinMs: number;
}

export const USUAL_PATIENCE: WorldPatience = { askEveryMs: 5 * SECOND_MS, answerWithinMs: 5 * SECOND_MS };

/**
 * Asks a world again and again whether it answers: one that has been frozen keeps all its connections open, so nothing else would tell.
 * @param onFrozen called at most once, when two questions in a row had no answer
 * @returns how to stop watching
 */
export function watchWorld(
  file: WorldFile,
  { clock, logger, patience }: { clock: Clock; logger: Logger; patience: WorldPatience },
  onFrozen: () => void,
): () => void {
  const api = new WorldApi(file, patience.answerWithinMs);
  let timer: Timer;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    timer.cancel();
    api.close();
  };
  const ask = async (missed: number): Promise<void> => {
    try {
      await api.health();
      if (!stopped) next(0, patience.askEveryMs);
    } catch (error) {
      if (stopped) return;
      if (missed === 0) return next(1, 0);
      logger.warn({ pid: file.pid, error: errorText(error) }, 'the simulated world stands still');
      stop();
      onFrozen();
    }
  };
  const next = (missed: number, delayMs: number): void => {
    timer = clock.schedule(delayMs, () => void ask(missed));
  };
  next(0, patience.askEveryMs);
  return stop;
}
