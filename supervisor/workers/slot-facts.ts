import type { WorkerState } from '../../shared/client.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Restart, RestartKind } from '../../shared/restart.ts';
import { WorkerLog } from './log-lines.ts';
import { MemoryHistory, type MemorySample, type TreeMemory } from './memory-watch.ts';
import type { WorkerLogLine, WorkerStatus } from './types.ts';
import type { WorkerExit } from './worker-process.ts';

/** Fields of a status to be set; a value of undefined takes the field away. */
type StatusChange = {
  readonly [K in Exclude<keyof WorkerStatus, 'state' | 'restarts'>]?: WorkerStatus[K] | undefined;
} & { readonly state?: WorkerState };

/** All that is known and kept of one client's worker over its processes: status, log, memory, restarts. Decides nothing. */
export class SlotFacts {
  readonly #clock: Clock;
  readonly #log = new WorkerLog();
  readonly #memory = new MemoryHistory();
  readonly #onStatus: () => void;
  readonly #onRestart: (restart: Restart) => void;
  #status: WorkerStatus = { state: 'stopped', restarts: 0 };

  constructor(parts: { clock: Clock; onStatus: () => void; onRestart: (restart: Restart) => void }) {
    this.#clock = parts.clock;
    this.#onStatus = parts.onStatus;
    this.#onRestart = parts.onRestart;
  }

  get status(): WorkerStatus {
    return this.#status;
  }

  logLines(): readonly WorkerLogLine[] {
    return this.#log.lines();
  }

  memorySamples(): readonly MemorySample[] {
    return this.#memory.list();
  }

  noteLog(line: WorkerLogLine): WorkerLogLine {
    return this.#log.add(line);
  }

  /** Changes what is named. */
  update(change: StatusChange): void {
    this.#status = statusOf({ ...this.#status, ...change });
    this.#onStatus();
  }

  /** A new beginning: only what outlives a process is kept. */
  replace(fields: StatusChange & { readonly state: WorkerState; readonly restarts: number }): void {
    const { lastMessageAt } = this.#status;
    this.#status = statusOf({ lastMessageAt, ...fields });
    this.#onStatus();
  }

  /** Figures that change all the time and nobody acts on: listeners are not told. */
  note(figures: Pick<StatusChange, 'lastMessageAt' | 'lastHeartbeatAt' | 'eventLoopDelayMs'>): void {
    this.#status = statusOf({ ...this.#status, ...figures });
  }

  /** As {@link note}; also kept in the history. */
  noteMemory({ bytes, browserBytes, browserPid }: TreeMemory): void {
    this.#status = statusOf({
      ...this.#status,
      memoryBytes: bytes,
      browserPid,
      browserMemoryBytes: browserPid === undefined ? undefined : browserBytes,
    });
    this.#memory.note({ at: this.#clock.now(), bytes, browserBytes });
  }

  noteRestart(kind: RestartKind, detail: string, exit?: WorkerExit): void {
    const { memoryBytes } = this.#status;
    this.#onRestart({
      at: this.#clock.now(),
      kind,
      detail,
      ...(exit?.exitCode !== undefined && { exitCode: exit.exitCode }),
      ...(exit?.signal !== undefined && { signal: exit.signal }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    });
  }
}

/** Leaves out what is undefined or true of another state only, so that a status says nothing that it does not know. */
function statusOf(
  fields: StatusChange & { readonly state: WorkerState; readonly restarts: number },
): WorkerStatus {
  const { state, restarts, readySince, qr, ...rest } = fields;
  const ofState = {
    readySince: state === 'ready' ? readySince : undefined,
    qr: state === 'awaiting-scan' ? qr : undefined,
  };
  const known = Object.entries({ ...rest, ...ofState }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), state, restarts };
}
