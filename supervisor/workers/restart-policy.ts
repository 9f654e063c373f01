import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { RestartKind } from '../../shared/restart.ts';
import type { Settings } from '../../shared/settings.ts';

/**
 * When a worker counts as dead, and when it is started again. Pure: no clock, no randomness of its own. All times in
 * milliseconds, all sizes in bytes.
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
  /** From a worker that ended because its login was lost to the next start. */
  readonly lostLoginMs: number;
  /** To the next try with an account that WhatsApp has blocked. */
  readonly bannedProbeMs: number;
  /** How long ready must hold until past failures are forgotten. */
  readonly stableAfterMs: number;
  /** How often a worker says that its event loop turns. */
  readonly heartbeatMs: number;
  /** Silence after which it counts as hung. */
  readonly heartbeatTimeoutMs: number;
  /** A worker that has not told any state of its chat until then has failed to start. */
  readonly startDeadlineMs: number;
  /** One whose login is accepted must be ready until then. */
  readonly loginDeadlineMs: number;
  /** What a worker gets to close by itself when asked, before SIGTERM. */
  readonly closeDeadlineMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly killAfterMs: number;
  /** Between two rounds of measuring every worker's memory. */
  readonly memoryCheckMs: number;
  /** What a worker may need with all that it started, without and with a browser. */
  readonly memory: Readonly<Record<'sandbox' | 'browser', MemoryLimits>>;
  /** Nobody has written for so long: a restart disturbs nobody. */
  readonly idleMs: number;
  /** Between two restarts for the soft limit. */
  readonly renewEveryMs: number;
  /** Must be left free by a start. */
  readonly memoryReserveBytes: number;
  /** To the next look whether there is memory for a start. */
  readonly noMemoryRetryMs: number;
  /** Between two comparisons of what runs with what should. */
  readonly sweepEveryMs: number;
}

export interface MemoryLimits {
  /** Above this a worker is restarted when idle. */
  readonly softBytes: number;
  /** Above this it is restarted at once. */
  readonly hardBytes: number;
  /** What a start is reckoned to need. */
  readonly startBytes: number;
}

const MEGABYTE = 1024 * 1024;

/** The policy that the settings ask for. */
export function restartPolicyOf(settings: Settings): RestartPolicy {
  return {
    crashDelaysMs: settings.crashRetrySeconds.map((delay) => delay * SECOND_MS),
    startDelaysMs: settings.startRetrySeconds.map((delay) => delay * SECOND_MS),
    startJitterMs: SECOND_MS,
    probeFirstMs: MINUTE_MS,
    probeMaxMs: settings.probeMaxMinutes * MINUTE_MS,
    lostLoginMs: 10 * SECOND_MS,
    bannedProbeMs: settings.bannedProbeHours * HOUR_MS,
    stableAfterMs: settings.stableMinutes * MINUTE_MS,
    heartbeatMs: Math.round(settings.heartbeatSeconds * SECOND_MS),
    heartbeatTimeoutMs: settings.heartbeatTimeoutSeconds * SECOND_MS,
    startDeadlineMs: settings.startDeadlineSeconds * SECOND_MS,
    loginDeadlineMs: settings.loginDeadlineSeconds * SECOND_MS,
    closeDeadlineMs: settings.closeDeadlineSeconds * SECOND_MS,
    killAfterMs: settings.killAfterSeconds * SECOND_MS,
    memoryCheckMs: settings.memoryCheckSeconds * SECOND_MS,
    memory: {
      sandbox: {
        softBytes: settings.sandboxMemorySoftMb * MEGABYTE,
        hardBytes: settings.sandboxMemoryHardMb * MEGABYTE,
        startBytes: settings.sandboxStartMb * MEGABYTE,
      },
      browser: {
        softBytes: settings.browserMemorySoftMb * MEGABYTE,
        hardBytes: settings.browserMemoryHardMb * MEGABYTE,
        startBytes: settings.browserStartMb * MEGABYTE,
      },
    },
    idleMs: settings.idleSeconds * SECOND_MS,
    renewEveryMs: settings.renewEveryMinutes * MINUTE_MS,
    memoryReserveBytes: settings.memoryReserveMb * MEGABYTE,
    noMemoryRetryMs: 10 * SECOND_MS,
    sweepEveryMs: settings.sweepMinutes * MINUTE_MS,
  };
}

/** What of a worker's past counts for its next start. */
export interface FailureHistory {
  /** Crashes and failed starts in a row, until ready has held; stored with the client. */
  readonly retryCount: number;
  /** Failed starts since the worker was last ready. */
  readonly startFailures: number;
  /** True: it was restarted for want of memory, and ready has not held since. */
  readonly memoryRestarted: boolean;
}

export const cleanHistory: FailureHistory = { retryCount: 0, startFailures: 0, memoryRestarted: false };

/** How a worker can fail; the other reasons for a restart are no failures. */
export type FailureKind = Exclude<RestartKind, 'commanded' | 'moved'>;

/** How a worker ended by itself, or was ended. */
export interface Failure {
  readonly kind: FailureKind;
  /** Whether it had been ready since its start. */
  readonly wasReady: boolean;
}

export interface RestartDecision {
  readonly history: FailureHistory;
  /** What the worker is shown as until it is started again. */
  readonly state: 'backing-off' | 'failed' | 'logged-out';
  readonly delayMs: number;
}

/**
 * What is left of the history when the supervisor itself starts: only the count was stored. A client that had been given up
 * stays in the slow lane if it fails at once, but its probes begin anew, since the cause may have gone with the old process.
 */
export function storedHistory(policy: RestartPolicy, retryCount: number): FailureHistory {
  const startFailures = Math.min(retryCount, policy.startDelaysMs.length);
  return { retryCount, startFailures, memoryRestarted: false };
}

/** The history of a worker that has just become ready: retries of a later start are counted anew, the stored count is not. */
export function afterReady(history: FailureHistory): FailureHistory {
  return { ...history, startFailures: 0 };
}

/**
 * When to start again after a failure.
 *
 *   crash, hang, browser, garbage, start-failed   back-off; a worker that reaches ready is never given up, however often it
 *                                                 crashes: it serves customers in between
 *   memory                                        at once and not counted, the first time until ready has held; then as a crash
 *   logged-out                                    soon, for the next QR code; not counted
 *   banned                                        failed, and left alone for a day: trying often makes a ban worse
 *   bad-config, version                           failed at once: no retry can mend it; the slowest probes only
 * @param random from 0 to 1, spreads the starts
 */
export function decideRestart(
  policy: RestartPolicy,
  history: FailureHistory,
  { kind, wasReady }: Failure,
  random: number,
): RestartDecision {
  switch (kind) {
    case 'logged-out':
      return { history, state: 'logged-out', delayMs: policy.lostLoginMs };
    case 'banned':
      return { history: givenUp(policy, history), state: 'failed', delayMs: policy.bannedProbeMs };
    case 'bad-config':
    case 'version':
      return { history: givenUp(policy, history), state: 'failed', delayMs: policy.probeMaxMs };
    case 'memory':
      if (!history.memoryRestarted)
        return { history: { ...history, memoryRestarted: true }, state: 'backing-off', delayMs: 0 };
      break;
    default:
  }
  return wasReady ? afterCrash(policy, history) : afterFailedStart(policy, history, random);
}

function afterCrash(policy: RestartPolicy, history: FailureHistory): RestartDecision {
  const retryCount = history.retryCount + 1;
  const delayMs = nth(policy.crashDelaysMs, history.retryCount);
  return { history: { ...history, retryCount, startFailures: 0 }, state: 'backing-off', delayMs };
}

function afterFailedStart(policy: RestartPolicy, history: FailureHistory, random: number): RestartDecision {
  const retryCount = history.retryCount + 1;
  const startFailures = history.startFailures + 1;
  const next = { ...history, retryCount, startFailures };
  const jitterMs = Math.round(random * policy.startJitterMs);
  const retries = policy.startDelaysMs.length;
  if (startFailures <= retries) {
    const delayMs = nth(policy.startDelaysMs, startFailures - 1) + jitterMs;
    return { history: next, state: 'backing-off', delayMs };
  }
  const probeMs = policy.probeFirstMs * 2 ** Math.min(startFailures - retries - 1, 30);
  return { history: next, state: 'failed', delayMs: Math.min(probeMs + jitterMs, policy.probeMaxMs) };
}

/** As after the last retry, so that whatever fails next is not retried quickly. */
function givenUp(policy: RestartPolicy, history: FailureHistory): FailureHistory {
  const retries = policy.startDelaysMs.length;
  const startFailures = Math.max(history.startFailures, retries);
  return { ...history, retryCount: history.retryCount + 1, startFailures };
}

/** The entry at `index`, else the last one. */
function nth(delaysMs: readonly number[], index: number): number {
  return delaysMs[Math.min(index, delaysMs.length - 1)] ?? 0;
}

/** What to do about the memory that a worker was measured to need. */
export function decideMemory(
  policy: Pick<RestartPolicy, 'renewEveryMs' | 'idleMs'>,
  limits: MemoryLimits,
  facts: { readonly bytes: number; readonly runsForMs: number; readonly quietForMs: number },
): 'fine' | 'renew' | 'end' {
  if (facts.bytes > limits.hardBytes) return 'end';
  if (facts.bytes <= limits.softBytes || facts.runsForMs < policy.renewEveryMs) return 'fine';
  return facts.quietForMs >= policy.idleMs ? 'renew' : 'fine';
}
