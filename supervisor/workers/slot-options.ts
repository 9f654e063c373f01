import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Restart } from '../../shared/restart.ts';
import type { MemoryLimits, RestartPolicy } from './restart-policy.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What a client's place in the pool is told, and whom it tells. */
export interface SlotOptions {
  readonly retryCount: number;
  /** Asked at each use: its values are settings. */
  readonly policy: () => RestartPolicy;
  readonly memoryLimits: () => MemoryLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Starts a process of the next generation. @throws when the system has none to give */
  readonly fork: () => WorkerProcess;
  /** Removes the login from the disk; only called while no process runs. False: there was none. */
  readonly giveUpLogin: () => boolean;
  /** Why there is no memory for a start now; undefined when there is. */
  readonly refusal: () => string | undefined;
  /** Resolves when nothing is left of an ended worker. */
  readonly sweep: () => Promise<unknown>;
  /** Workers start one after another. */
  readonly turn: {
    /** Calls `launch` when this worker's turn has come; at once where nobody is before it. */
    enter(launch: () => void): void;
    /** Its start has ended, well or not: the next one's turn may come. */
    settled(): void;
  };
  readonly onStatus: () => void;
  readonly onReady: () => void;
  readonly onPhone: (phone: string) => void;
  readonly onRetryCount: (retryCount: number) => void;
  readonly onLogLine: () => void;
  /** An entry for the client's history: its worker ended, or will be started anew. */
  readonly onRestart: (restart: Restart) => void;
  /** The worker's own process needs so much that the whole should be measured now. */
  readonly onMemoryDoubt: () => void;
}
