import { availableParallelism } from 'node:os';
import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';
import type { Settings } from '../../shared/settings.ts';

/** A browser's start costs seconds of processor time, a sandbox worker's tenths of one. */
export type LaunchKind = 'browser' | 'sandbox';

export interface LaunchRules {
  /** From one launch of this kind to the next. */
  readonly spacingMs: number;
  /** How many of this kind may be between their launch and {@link LaunchQueue.settled}. */
  readonly atOnce: number;
  /** A start that takes longer than this does not keep the others waiting. */
  readonly holdMs: number;
}

/** A sandbox worker starts in tenths of a second; one that takes so long waits for something, and needs no processor for it. */
const SANDBOX_HOLD_MS = 3 * SECOND_MS;

export function launchRules(
  settings: Settings,
  kind: LaunchKind,
  processors = availableParallelism(),
): LaunchRules {
  const { browserStartSpacingSeconds, browserStartsAtOnce, sandboxStartSpacingMs, sandboxStartsAtOnce } =
    settings;
  if (kind === 'browser') {
    const spacingMs = browserStartSpacingSeconds * SECOND_MS;
    return { spacingMs, atOnce: browserStartsAtOnce, holdMs: Number.POSITIVE_INFINITY };
  }
  // A start keeps a processor busy for all its time. One is left to the conversations that go on meanwhile.
  const atOnce = sandboxStartsAtOnce || Math.max(1, processors - 1);
  return { spacingMs: sandboxStartSpacingMs, atOnce, holdMs: SANDBOX_HOLD_MS };
}

interface Lane {
  /** Client → what starts it, in the order in which they came. */
  readonly waiting: Map<string, () => void>;
  /** Client → what lets the next one start although this one has not settled. */
  readonly launching: Map<string, Timer | undefined>;
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
    land(lane, clientId);
    lane.waiting.set(clientId, launch);
    this.#next(kind);
  }

  /** The client's start has ended, well or not, or is not wanted any more: its place is free. */
  settled(clientId: string): void {
    for (const kind of ['browser', 'sandbox'] as const) {
      const lane = this.#lanes[kind];
      const waited = lane.waiting.delete(clientId);
      const launched = land(lane, clientId);
      if (waited || launched) this.#next(kind);
    }
  }

  #holdFor(holdMs: number, kind: LaunchKind, clientId: string): Timer {
    return this.#clock.schedule(holdMs, () => {
      land(this.#lanes[kind], clientId);
      this.#next(kind);
    });
  }

  #next(kind: LaunchKind): void {
    const lane = this.#lanes[kind];
    for (;;) {
      const [first] = lane.waiting;
      const { spacingMs, atOnce, holdMs } = this.#rules(kind);
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
      lane.launching.set(
        clientId,
        Number.isFinite(holdMs) ? this.#holdFor(holdMs, kind, clientId) : undefined,
      );
      lane.lastAt = this.#clock.now();
      launch();
    }
  }
}

/** @returns false when it was not under way */
function land(lane: Lane, clientId: string): boolean {
  lane.launching.get(clientId)?.cancel();
  return lane.launching.delete(clientId);
}

function emptyLane(): Lane {
  return { waiting: new Map(), launching: new Map(), lastAt: undefined, timer: undefined };
}
