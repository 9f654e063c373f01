import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';

/** The histogram's own timer; what it counts is the time between two of its ticks. */
const RESOLUTION_MS = 20;
const WINDOW_MS = 30 * SECOND_MS;

/** How late the event loop was, in milliseconds: what everything else in this process waited on top of its own work. */
export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Watches the event loop of this process in windows of half a minute. {@link delay} tells of the worse of the last whole window
 * and the present one, so that a stall is seen for 30 to 60 s, however often or seldom somebody asks.
 */
export class EventLoopWatch {
  readonly #clock: Clock;
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #last: EventLoopDelay | undefined;
  #timer: Timer;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#histogram.enable();
    this.#timer = clock.schedule(WINDOW_MS, () => this.#turn());
  }

  get delay(): EventLoopDelay {
    const present = this.#present();
    const last = this.#last ?? present;
    return {
      p50Ms: Math.max(present.p50Ms, last.p50Ms),
      p99Ms: Math.max(present.p99Ms, last.p99Ms),
      maxMs: Math.max(present.maxMs, last.maxMs),
    };
  }

  close(): void {
    this.#timer.cancel();
    this.#histogram.disable();
  }

  #turn(): void {
    this.#last = this.#present();
    this.#histogram.reset();
    this.#timer = this.#clock.schedule(WINDOW_MS, () => this.#turn());
  }

  #present(): EventLoopDelay {
    const histogram = this.#histogram;
    if (histogram.count === 0) return { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    const [p50Ms, p99Ms, maxMs] = [histogram.percentile(50), histogram.percentile(99), histogram.max];
    return { p50Ms: delayMs(p50Ms), p99Ms: delayMs(p99Ms), maxMs: delayMs(maxMs) };
  }
}

/** From one tick to the next, in nanoseconds, to how late that was, in milliseconds with one decimal. */
function delayMs(intervalNs: number): number {
  return Math.round(Math.max(0, intervalNs / 1e6 - RESOLUTION_MS) * 10) / 10;
}
