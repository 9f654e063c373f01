import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Timer } from '../shared/clock.ts';

/** Coarse on purpose: hundreds of workers on one machine must not wake it up for their own measurements. */
const RESOLUTION_MS = 200;

export interface Heartbeat {
  readonly eventLoopDelayMs: number;
  readonly rssBytes: number;
}

/**
 * Beats at once and then every `everyMs`, telling the longest delay of the event loop since the last beat.
 * @returns a function that stops it
 */
export function startHeartbeat(
  everyMs: number,
  clock: Clock,
  beat: (heartbeat: Heartbeat) => void,
): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let timer: Timer;
  const run = (): void => {
    // The histogram counts from one of its own ticks to the next, so its resolution is part of every value.
    const longestMs = delay.count === 0 ? 0 : Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
    delay.reset();
    beat({ eventLoopDelayMs: Math.round(longestMs * 10) / 10, rssBytes: process.memoryUsage.rss() });
    timer = clock.schedule(everyMs, run);
  };
  timer = clock.schedule(0, run);
  return () => {
    timer.cancel();
    delay.disable();
  };
}
