import { MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';

/**
 * When a worker counts as dead, and when it is started again (DESIGN section 5). Pure: no clock, no randomness of its own.
 * All times in milliseconds.
 */
export interface RestartPolicy {
  /** After a crash of a worker that had been ready: first, second, … time; the last one repeats. */
  readonly crashDelaysMs: readonly number[];
  /** After a start that did not lead to ready: one retry each. */
  readonly startDelaysMs: readonly number[];
  /** At most this is added to a start's delay, so that many workers do not come back in step. */
  readonly startJitterMs: number;
  /** After the retries: `failed`, and a probe after this, doubled each time up to {@link probeMaxMs}. */
  readonly probeFirstMs: number;
  readonly probeMaxMs: number;
  /** How long ready must hold until past failures are forgotten. */
  readonly stableAfterMs: number;
  /** How often a worker says that its event loop turns. */
  readonly heartbeatMs: number;
  /** Silence after which it counts as hung. */
  readonly heartbeatTimeoutMs: number;
  /** A worker that has not told any state of its chat until then has failed to start. */
  readonly startDeadlineMs: number;
  /** What a worker gets to close by itself when asked, before SIGTERM. */
  readonly closeDeadlineMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly killAfterMs: number;
  /** Between two rounds of measuring every worker's memory. */
  readonly memoryCheckMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  crashDelaysMs: [5 * SECOND_MS, 10 * SECOND_MS, 15 * SECOND_MS, 20 * SECOND_MS],
  startDelaysMs: [10 * SECOND_MS, 15 * SECOND_MS, 20 * SECOND_MS],
  startJitterMs: SECOND_MS,
  probeFirstMs: MINUTE_MS,
  probeMaxMs: 30 * MINUTE_MS,
  stableAfterMs: 5 * MINUTE_MS,
  heartbeatMs: 5 * SECOND_MS,
  heartbeatTimeoutMs: 15 * SECOND_MS,
  startDeadlineMs: 60 * SECOND_MS,
  closeDeadlineMs: 10 * SECOND_MS,
  killAfterMs: 2 * SECOND_MS,
  memoryCheckMs: 30 * SECOND_MS,
};

/** What of a worker's past counts for its next start. */
export interface RestartHistory {
  /** Crashes and failed starts in a row, until ready has held; stored with the client. */
  readonly retryCount: number;
  /** Failed starts since the worker was last ready. */
  readonly startFailures: number;
}

export const cleanHistory: RestartHistory = { retryCount: 0, startFailures: 0 };

/** `crash`: it had been ready. `start-failed`: it ended, or was ended, before it was. */
export type Failure = 'crash' | 'start-failed';

export interface RestartDecision {
  readonly history: RestartHistory;
  /** What the worker is shown as until it is started again. */
  readonly state: 'backing-off' | 'failed';
  readonly delayMs: number;
}

/**
 * What is left of the history when the supervisor itself starts: only the count was stored. A client that had been given up
 * stays in the slow lane if it fails at once, but its probes begin anew, since the cause may have gone with the old process.
 */
export function storedHistory(policy: RestartPolicy, retryCount: number): RestartHistory {
  return { retryCount, startFailures: Math.min(retryCount, policy.startDelaysMs.length) };
}

/** The history of a worker that has just become ready: retries of a later start are counted anew, the stored count is not. */
export function afterReady(history: RestartHistory): RestartHistory {
  return { ...history, startFailures: 0 };
}

/**
 * When to start again after a failure. A worker that reaches ready is never given up, however often it crashes: it serves
 * customers in between.
 * @param random from 0 to 1, spreads the starts
 */
export function decideRestart(
  policy: RestartPolicy,
  history: RestartHistory,
  failure: Failure,
  random: number,
): RestartDecision {
  const retryCount = history.retryCount + 1;
  if (failure === 'crash') {
    const delayMs = nth(policy.crashDelaysMs, history.retryCount);
    return { history: { retryCount, startFailures: 0 }, state: 'backing-off', delayMs };
  }
  const startFailures = history.startFailures + 1;
  const jitterMs = Math.round(random * policy.startJitterMs);
  const retries = policy.startDelaysMs.length;
  if (startFailures <= retries) {
    return {
      history: { retryCount, startFailures },
      state: 'backing-off',
      delayMs: nth(policy.startDelaysMs, startFailures - 1) + jitterMs,
    };
  }
  const probeMs = policy.probeFirstMs * 2 ** Math.min(startFailures - retries - 1, 30);
  return {
    history: { retryCount, startFailures },
    state: 'failed',
    delayMs: Math.min(probeMs + jitterMs, policy.probeMaxMs),
  };
}

/** The entry at `index`, else the last one. */
function nth(delaysMs: readonly number[], index: number): number {
  return delaysMs[Math.min(index, delaysMs.length - 1)] ?? 0;
}
