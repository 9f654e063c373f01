import type { WorkerState } from '../../shared/client.ts';
import type { Clock, Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Restart, RestartKind } from '../../shared/restart.ts';
import { WorkerLog } from './log-lines.ts';
import { MemoryHistory, type MemorySample, type TreeMemory } from './memory-watch.ts';
import {
  afterReady,
  cleanHistory,
  decideRestart,
  type RestartHistory,
  type RestartPolicy,
  storedHistory,
} from './restart-policy.ts';
import type { WorkerLogLine, WorkerStatus } from './types.ts';
import type { WorkerExit, WorkerProcess, WorkerStateChange } from './worker-process.ts';

export interface SlotOptions {
  readonly clientId: string;
  readonly retryCount: number;
  readonly policy: RestartPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Starts a process of the next generation. @throws when the system has none to give */
  readonly fork: () => WorkerProcess;
  /** Removes the login from the disk; only called while no process runs. False: there was none. */
  readonly giveUpLogin: () => boolean;
  /** Starts come in turn: `enter` calls back when this client's has come, `settled` frees its place. */
  readonly turn: { readonly enter: (launch: () => void) => void; readonly settled: () => void };
  readonly onStatus: () => void;
  readonly onReady: () => void;
  readonly onPhone: (phone: string) => void;
  readonly onRetryCount: (retryCount: number) => void;
  /** An entry for the client's history: its worker ended, or will be started anew. */
  readonly onRestart: (restart: Restart) => void;
}

/** How long a worker gets to log out on its chat network before it is ended all the same. */
const LOGOUT_TIMEOUT_MS = 15_000;
const LOGIN_GIVEN_UP =
  'The login was removed here, but WhatsApp could not be told: on the phone, remove this device under Linked devices';

/**
 * One client's place in the pool: at most one process at a time, and what is wanted of it.
 *
 * `#wanted` is the target, `#process` the fact; every way out of a process ends in {@link #onExit}, which compares the two.
 * So commands only change the target and, where need be, begin to end the process; they can come in any order and at any time.
 *
 *   no process:  stopped | backing-off, failed, starting (a timer runs until the next fork)
 *   process:     starting → what the worker tells … → stopping (asked to) or backing-off (given up) → exit
 */
export class WorkerSlot {
  readonly #options: SlotOptions;
  readonly #log = new WorkerLog();
  readonly #memory = new MemoryHistory();
  #wanted = false;
  #process: WorkerProcess | undefined;
  #status: WorkerStatus = { state: 'stopped', restarts: 0 };
  #history: RestartHistory;
  #wasReady = false;
  /** The process ends because we asked it to: its end is no failure, and what it says meanwhile no news. */
  #ending = false;
  /** Why the process said that it could not go on. */
  #lastWords: string | undefined;
  /** Why the process is being ended, where somebody asked for it. */
  #asked: { readonly kind: RestartKind; readonly detail: string } | undefined;
  /** The process is to log out; should it not be able to, the login goes when it has ended. */
  #loggingOut = false;
  #forks = 0;
  #startTimer: Timer | undefined;
  #stableTimer: Timer | undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#history = storedHistory(options.policy, options.retryCount);
  }

  get status(): WorkerStatus {
    return this.#status;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  logLines(): readonly WorkerLogLine[] {
    return this.#log.lines();
  }

  /** The process, if what it is told to send now goes out: it said ready, lives, and its heartbeat is fresh. */
  readyProcess(): WorkerProcess | undefined {
    const { state, lastHeartbeatAt } = this.#status;
    if (state !== 'ready' || !this.#process?.alive) return undefined;
    const { clock, policy } = this.#options;
    const fresh = clock.now() - (lastHeartbeatAt ?? 0) < policy.heartbeatTimeoutMs;
    return fresh ? this.#process : undefined;
  }

  /** The process, while it shows a QR code. */
  processAwaitingScan(): WorkerProcess | undefined {
    return this.#status.state === 'awaiting-scan' && this.#process?.alive ? this.#process : undefined;
  }

  /** Over the last day, oldest first. */
  memorySamples(): readonly MemorySample[] {
    return this.#memory.list();
  }

  /** What the process and all that it started were measured to need. */
  noteMemory(pid: number, { bytes, browserBytes, browserPid }: TreeMemory): void {
    if (this.#process?.pid !== pid) return;
    this.#status = statusOf({
      ...this.#status,
      memoryBytes: bytes,
      browserPid,
      browserMemoryBytes: browserPid === undefined ? undefined : browserBytes,
    });
    this.#memory.note({ at: this.#options.clock.now(), bytes, browserBytes });
  }

  noteMessage(): void {
    this.#status = { ...this.#status, lastMessageAt: this.#options.clock.now() };
  }

  /** Wants the worker. One that runs goes on; one that backs off or was given up is started as soon as its turn comes. */
  start(): void {
    this.#wanted = true;
    if (this.#process) return;
    this.#forkInTurn();
  }

  /** {@link start} on a person's word: forgets past failures, so that the retries begin anew. */
  startAnew(): void {
    if (!this.#process) this.#setHistory(cleanHistory);
    this.start();
    // It gave up its browser when nobody scanned; its process is all that runs.
    if (this.#status.state === 'logged-out' && this.#process?.alive) {
      this.restart('commanded', 'Started by a person').catch((error: unknown) => {
        this.#options.logger.error({ error: errorText(error) }, 'The worker could not be started anew');
      });
    }
  }

  /** Wants it no more. Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#asked = undefined;
    await this.#endProcess(undefined);
  }

  /** Ends the process, if there is one, and starts the next; counts as no failure. Resolves when the old one is gone. */
  async restart(kind: RestartKind, detail: string): Promise<void> {
    this.#wanted = true;
    this.#asked = { kind, detail };
    if (this.#process) await this.#endProcess('Restarting');
    else this.startAnew();
  }

  /** Logs out on the chat network, then restarts or, unless `thenStart`, stops. */
  async logOut(thenStart: boolean): Promise<void> {
    this.#wanted = thenStart;
    this.#asked = { kind: 'commanded', detail: 'Logged out by a person' };
    const process = this.#process;
    // The first one's end sees to what is wanted now.
    if (this.#loggingOut) return process?.exited;
    if (process) this.#loggingOut = true;
    if (process?.alive) {
      this.#ending = true;
      this.#update({ state: 'stopping', stateReason: 'Logging out' });
      try {
        await process.logOut(LOGOUT_TIMEOUT_MS);
        this.#loggingOut = false;
      } catch (error) {
        this.#options.logger.warn({ error: errorText(error) }, 'The worker could not log out');
      }
    }
    if (process !== undefined && this.#process === process) return this.#endProcess('Logged out');
    const reason = this.#process || !this.#options.giveUpLogin() ? undefined : LOGIN_GIVEN_UP;
    if (this.#wanted) this.startAnew();
    else if (!this.#process) {
      await this.#endProcess(undefined);
      if (reason !== undefined) this.#replace({ state: 'stopped', stateReason: reason });
    }
  }

  async #endProcess(reason: string | undefined): Promise<void> {
    this.#startTimer?.cancel();
    this.#stableTimer?.cancel();
    const process = this.#process;
    this.#options.turn.settled();
    if (!process) {
      if (this.#status.state !== 'stopped') this.#replace({ state: 'stopped' });
      return;
    }
    this.#ending = true;
    this.#update({ state: 'stopping', stateReason: reason });
    await process.stop();
  }

  #startAfter(delayMs: number, state: WorkerState, reason: string | undefined): void {
    this.#startTimer?.cancel();
    this.#startTimer = this.#options.clock.schedule(delayMs, () => this.#forkInTurn());
    this.#replace({ state, ...(reason === undefined ? {} : { stateReason: reason }) });
  }

  #forkInTurn(): void {
    this.#startTimer?.cancel();
    let came = false;
    this.#options.turn.enter(() => {
      came = true;
      this.#fork();
    });
    if (!came) this.#replace({ state: 'starting', stateReason: 'Waits for its turn to start' });
  }

  #fork(): void {
    this.#wasReady = false;
    this.#ending = false;
    this.#lastWords = undefined;
    let process: WorkerProcess;
    try {
      process = this.#options.fork();
    } catch (error) {
      this.#fail(`could not be started: ${errorText(error)}`);
      return;
    }
    this.#process = process;
    this.#forks += 1;
    process.onState.add((change) => this.#onState(process, change));
    process.onHeartbeat.add(({ eventLoopDelayMs }) => {
      const lastHeartbeatAt = this.#options.clock.now();
      const couldSend = this.readyProcess() !== undefined;
      // Not told to listeners: every worker beats every few seconds, and nobody acts on it.
      this.#status = { ...this.#status, lastHeartbeatAt, eventLoopDelayMs };
      // After a silence that was nobody's fault (a suspended machine, a clock set forward): who found it not ready waits for word.
      if (!couldSend && this.readyProcess()) this.#options.onReady();
    });
    process.onLog.add((line) => {
      const { level, message, fields } = this.#log.add(line);
      this.#options.logger[level]({ ...fields }, message);
    });
    process.onGivenUp.add((reason) => {
      this.#options.logger.warn({ pid: process.pid, reason }, 'Ending a worker that does not work any more');
      this.#stableTimer?.cancel();
      this.#update({ state: 'backing-off', stateReason: `The worker ${reason}` });
    });
    process.onExit.add((exit) => this.#onExit(exit));
    const startedAt = this.#options.clock.now();
    this.#replace({
      state: 'starting',
      startedAt,
      ...(process.pid === undefined ? {} : { pid: process.pid }),
    });
  }

  #onState(process: WorkerProcess, change: WorkerStateChange): void {
    if (!process.alive || this.#ending) return;
    const { clock, policy, turn } = this.#options;
    if (change.state !== 'starting' && change.state !== 'authenticating') turn.settled();
    const ready = change.state === 'ready';
    const becameReady = ready && this.#status.state !== 'ready';
    if (!ready) this.#stableTimer?.cancel();
    if (change.state === 'failed') this.#lastWords = change.reason;
    if (becameReady) {
      this.#wasReady = true;
      this.#history = afterReady(this.#history);
      this.#stableTimer = clock.schedule(policy.stableAfterMs, () => this.#setHistory(cleanHistory));
    }
    const now = clock.now();
    this.#update({
      state: change.state,
      stateReason: change.reason,
      qr: change.qr,
      readySince: ready ? (this.#status.readySince ?? now) : undefined,
      // A state is a sign of life as well; the first heartbeat may be seconds away.
      lastHeartbeatAt: now,
    });
    if (change.phone !== undefined) this.#options.onPhone(change.phone);
    if (becameReady) this.#options.onReady();
  }

  #onExit(exit: WorkerExit): void {
    this.#process = undefined;
    this.#stableTimer?.cancel();
    this.#options.turn.settled();
    const asked = this.#asked;
    this.#asked = undefined;
    if (this.#ending) {
      if (asked) this.#noteRestart(asked.kind, asked.detail, exit);
    } else {
      const kind = exit.givenUp ?? (this.#wasReady ? 'crash' : 'start-failed');
      this.#noteRestart(kind, this.#lastWords ?? `The worker ${exit.text}`, exit);
    }
    const givenUp = this.#loggingOut && this.#options.giveUpLogin();
    this.#loggingOut = false;
    if (!this.#wanted) this.#replace({ state: 'stopped', ...(givenUp && { stateReason: LOGIN_GIVEN_UP }) });
    else if (this.#ending) this.#forkInTurn();
    else this.#fail(exit.text);
  }

  #noteRestart(
    kind: RestartKind,
    detail: string,
    exit?: Partial<Pick<WorkerExit, 'exitCode' | 'signal'>>,
  ): void {
    const { memoryBytes } = this.#status;
    this.#options.onRestart({
      at: this.#options.clock.now(),
      kind,
      detail,
      ...(exit?.exitCode !== undefined && { exitCode: exit.exitCode }),
      ...(exit?.signal !== undefined && { signal: exit.signal }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    });
  }

  #fail(reason: string): void {
    const { policy, random, logger, turn } = this.#options;
    turn.settled();
    const failure = this.#wasReady ? 'crash' : 'start-failed';
    const { history, state, delayMs } = decideRestart(policy, this.#history, failure, random());
    logger.warn(
      { reason, failure, retryCount: history.retryCount, delayMs },
      'A worker ended; it will be started again',
    );
    this.#setHistory(history);
    // What it said itself tells a person more than how it ended.
    this.#startAfter(delayMs, state, this.#lastWords ?? `The worker ${reason}`);
  }

  #setHistory(history: RestartHistory): void {
    const changed = history.retryCount !== this.#history.retryCount;
    this.#history = history;
    if (changed) this.#options.onRetryCount(history.retryCount);
  }

  /** Changes what is named; a value of undefined takes the field away. */
  #update(change: StatusChange): void {
    this.#status = statusOf({ ...this.#status, ...change });
    this.#options.onStatus();
  }

  /** A new beginning: only what outlives a process is kept. */
  #replace(fields: StatusChange & { readonly state: WorkerState }): void {
    const { lastMessageAt } = this.#status;
    this.#status = statusOf({ restarts: Math.max(this.#forks - 1, 0), lastMessageAt, ...fields });
    this.#options.onStatus();
  }
}

type StatusChange = {
  readonly [K in Exclude<keyof WorkerStatus, 'state' | 'restarts'>]?: WorkerStatus[K] | undefined;
} & { readonly state?: WorkerState };

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
