import type { WorkerState } from '../../shared/client.ts';
import type { Clock, Timer } from '../../shared/clock.ts';
import type { RestartPolicy } from './restart-policy.ts';

export interface Watchdog {
  /** The worker's event loop turned. The first beat begins the watch. */
  beat(): void;
  /** The worker told how its chat fares. */
  state(state: WorkerState): void;
  stop(): void;
}

type WatchPolicy = Pick<RestartPolicy, 'heartbeatTimeoutMs' | 'startDeadlineMs' | 'loginDeadlineMs'>;

/** A worker may miss two beats: each is as late as its event loop is. */
const BEATS_MISSED = 2.5;

/** How long a worker that beats so often may be silent, whatever the settings have become since it was started. */
export function longestSilenceMs(heartbeatMs: number, { heartbeatTimeoutMs }: WatchPolicy): number {
  return Math.max(heartbeatTimeoutMs, BEATS_MISSED * heartbeatMs);
}

/**
 * Watches one worker process: it must be under way within the start-up deadline, ready within another once its login is accepted,
 * and from its first heartbeat on never be silent for longer than the time-out. Silence while the supervisor itself stood still
 * (a suspended machine) does not count: the heartbeats of that time wait unread in the pipe.
 * @param heartbeatMs how often this worker was told to beat
 * @param policy asked at each look
 * @param onHang called at most once
 */
export function startWatchdog(
  clock: Clock,
  heartbeatMs: number,
  policy: () => WatchPolicy,
  onHang: (reason: string) => void,
): Watchdog {
  let lastBeatAt: number | undefined;
  let silence: Timer | undefined;
  let deadline: Timer | undefined;
  let awaited: 'start' | 'login' | undefined;
  let stopped = false;

  const stop = (): void => {
    stopped = true;
    silence?.cancel();
    deadline?.cancel();
  };
  const hang = (reason: string): void => {
    stop();
    onHang(reason);
  };
  const expect = (what: 'start' | 'login' | undefined): void => {
    if (what === awaited) return;
    awaited = what;
    deadline?.cancel();
    if (what === undefined) return;
    const { startDeadlineMs, loginDeadlineMs } = policy();
    const withinMs = what === 'start' ? startDeadlineMs : loginDeadlineMs;
    const failure = what === 'start' ? 'did not start' : 'did not load the chats';
    deadline = clock.schedule(withinMs, () => hang(`${failure} within ${seconds(withinMs)}`));
  };
  const listenFor = (delayMs: number): void => {
    const dueAt = clock.now() + delayMs;
    silence = clock.schedule(delayMs, () => {
      const now = clock.now();
      const quietMs = now - (lastBeatAt ?? now);
      const longestMs = longestSilenceMs(heartbeatMs, policy());
      if (now - dueAt > heartbeatMs) listenFor(heartbeatMs);
      else if (quietMs >= longestMs) hang(`gave no heartbeat for ${seconds(longestMs)}`);
      else listenFor(longestMs - quietMs);
    });
  };

  expect('start');
  return {
    beat() {
      if (stopped) return;
      const first = lastBeatAt === undefined;
      lastBeatAt = clock.now();
      if (first) listenFor(longestSilenceMs(heartbeatMs, policy()));
    },
    state(state) {
      if (stopped) return;
      if (state === 'authenticating') expect('login');
      else if (state !== 'starting') expect(undefined);
      else if (awaited !== 'start') expect('start');
    },
    stop,
  };
}

const seconds = (ms: number): string => `${ms / 1000} s`;
