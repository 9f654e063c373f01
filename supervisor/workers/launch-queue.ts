import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';
import type { Settings } from '../../shared/settings.ts';

/** A browser's start costs seconds of processor time, a sandbox worker's tenths of one. */
export type LaunchKind = 'browser' | 'sandbox';

export interface LaunchRules {
  /** From one launch of this kind to the next. */
  readonly spacingMs: number;
  /** How many of this kind may be between their launch and {@link LaunchQueue.settled}. */
  readonly atOnce: number;
}

export function launchRules(settings: Settings, kind: LaunchKind): LaunchRules {
  const { browserStartSpacingSeconds, browserStartsAtOnce, sandboxStartSpacingMs } = settings;
  return kind === 'sandbox'
    ? { spacingMs: sandboxStartSpacingMs, atOnce: Number.POSITIVE_INFINITY }
    : { spacingMs: browserStartSpacingSeconds * SECOND_MS, atOnce: browserStartsAtOnce };
}

interface Lane {
  /** Client → what starts it, in the order in which they came. */
  readonly waiting: Map<string, () => void>;
  readonly launching: Set<string>;
  lastAt: number | undefined;
  timer: Timer | undefined;
}

/**
 * Lets workers start one after another, so that a hundred that come back together neither starve each other past their
 * start-up deadlines nor the conversations that run already. One that may start at once does so before {@link enter} returns.
 */
export class LaunchQueue {
  readonly #clock: Clock;
  /** Asked at each launch: they are settings. */
  readonly #rules: (kind: LaunchKind) => LaunchRules;
  readonly #lanes: Readonly<Record<LaunchKind, Lane>> = { browser: emptyLane(), sandbox: emptyLane() };

  constructor(clock: Clock, rules: (kind: LaunchKind) => LaunchRules) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /** Calls `launch` when the client's turn has come. Who waits already keeps his place. */
  enter(clientId: string, kind: LaunchKind, launch: () => void): void {
    const lane = this.#lanes[kind];
    lane.launching.delete(clientId);
    lane.waiting.set(clientId, launch);
    this.#next(kind);
  }

  /** The client's start has ended, well or not, or is not wanted any more: its place is free. */
  settled(clientId: string): void {
    for (const kind of ['browser', 'sandbox'] as const) {
      const lane = this.#lanes[kind];
      const waited = lane.waiting.delete(clientId);
      const launched = lane.launching.delete(clientId);
      if (waited || launched) this.#next(kind);
    }
  }

  #next(kind: LaunchKind): void {
    const lane = this.#lanes[kind];
    for (;;) {
      const [first] = lane.waiting;
      const { spacingMs, atOnce } = this.#rules(kind);
      if (!first || lane.timer || lane.launching.size >= atOnce) return;
      // A clock that was set back must not hold anybody up for longer than the spacing.
      const sinceMs = lane.lastAt === undefined ? spacingMs : Math.max(this.#clock.now() - lane.lastAt, 0);
      if (sinceMs < spacingMs) {
        lane.timer = this.#clock.schedule(spacingMs - sinceMs, () => {
          lane.timer = undefined;
          lane.lastAt = undefined;
          this.#next(kind);
        });
        return;
      }
      const [clientId, launch] = first;
      lane.waiting.delete(clientId);
      lane.launching.add(clientId);
      lane.lastAt = this.#clock.now();
      launch();
    }
  }
}

function emptyLane(): Lane {
  return { waiting: new Map(), launching: new Set(), lastAt: undefined, timer: undefined };
}
