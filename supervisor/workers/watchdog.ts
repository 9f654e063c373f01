import type { Clock, Timer } from '../../shared/clock.ts';
import type { RestartPolicy } from './restart-policy.ts';

export interface Watchdog {
  /** The worker's event loop turned. The first beat begins the watch. */
  beat(): void;
  /** The worker's chat is under way: the start-up deadline is met. */
  started(): void;
  stop(): void;
}

/**
 * Watches one worker process: it must be under way within the start-up deadline, and from its first heartbeat on never be
 * silent for longer than the time-out. Silence while the supervisor itself stood still (a suspended machine) does not
 * count: the heartbeats of that time wait unread in the pipe.
 * @param onHang called at most once
 */
export function startWatchdog(
  clock: Clock,
  policy: Pick<RestartPolicy, 'heartbeatMs' | 'heartbeatTimeoutMs' | 'startDeadlineMs'>,
  onHang: (reason: string) => void,
): Watchdog {
  let lastBeatAt: number | undefined;
  let silence: Timer | undefined;
  let stopped = false;

  const stop = (): void => {
    stopped = true;
    silence?.cancel();
    startDeadline.cancel();
  };
  const hang = (reason: string): void => {
    stop();
    onHang(reason);
  };
  const startDeadline = clock.schedule(policy.startDeadlineMs, () =>
    hang(`did not start within ${seconds(policy.startDeadlineMs)}`),
  );
  const listenFor = (delayMs: number): void => {
    const dueAt = clock.now() + delayMs;
    silence = clock.schedule(delayMs, () => {
      const now = clock.now();
      const quietMs = now - (lastBeatAt ?? now);
      if (now - dueAt > policy.heartbeatMs) listenFor(policy.heartbeatMs);
      else if (quietMs >= policy.heartbeatTimeoutMs) {
        hang(`no heartbeat for ${seconds(policy.heartbeatTimeoutMs)}`);
      } else listenFor(policy.heartbeatTimeoutMs - quietMs);
    });
  };

  return {
    beat() {
      if (stopped) return;
      const first = lastBeatAt === undefined;
      lastBeatAt = clock.now();
      if (first) listenFor(policy.heartbeatTimeoutMs);
    },
    started: () => startDeadline.cancel(),
    stop,
  };
}

const seconds = (ms: number): string => `${ms / 1000} s`;
