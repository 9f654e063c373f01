import { errorText } from '../../shared/errors.ts';
import type { RestartKind } from '../../shared/restart.ts';
import { LOGIN_GIVEN_UP } from './login.ts';
import { megabytes, type TreeMemory } from './memory-watch.ts';
import { NextStart } from './next-start.ts';
import { decideMemory, type Failure } from './restart-policy.ts';
import { Retries } from './retries.ts';
import { SlotFacts } from './slot-facts.ts';
import type { SlotOptions } from './slot-options.ts';
import type { WorkerStatus } from './types.ts';
import { classifyEnd, type LifeFacts } from './worker-end.ts';
import type { WorkerExit, WorkerHeartbeat, WorkerProcess, WorkerStateChange } from './worker-process.ts';

/** How long a worker gets to log out on its chat network before it is ended all the same. */
const LOGOUT_TIMEOUT_MS = 15_000;

/** One process, with what is known of it and wanted of it until it has ended. */
type Life = { -readonly [Fact in keyof LifeFacts]: LifeFacts[Fact] } & {
  readonly process: WorkerProcess;
  /** It is to log out; should it not be able to, the login goes when it has ended. */
  loggingOut: boolean;
};

/**
 * One client's place in the pool: at most one process at a time, and what is wanted of it.
 *
 * `#wanted` is the target, `#life` the fact; every way out of a process ends in {@link #onExit}, which compares the two.
 * So commands only change the target and, where need be, begin to end the process; they can come in any order and at any time.
 *
 *   no process:  stopped | backing-off, failed, logged-out, starting (a timer runs until the next fork)
 *   process:     starting → what the worker tells … → stopping (asked to) or backing-off (given up) → exit
 */
export class WorkerSlot {
  readonly #options: SlotOptions;
  readonly facts: SlotFacts;
  readonly #next: NextStart;
  readonly #retries: Retries;
  #wanted = false;
  #life: Life | undefined;
  #forks = 0;
  #lastTurnAt = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.facts = new SlotFacts(options);
    this.#next = new NextStart(options, {
      fork: () => this.#fork(),
      wait: (stateReason) => this.#replace({ state: 'starting', stateReason }),
      refused: (stateReason) => this.#replace({ state: 'backing-off', stateReason }),
      blocked: (reason) => this.#fail({ kind: 'start-failed', wasReady: false }, reason),
    });
    this.#retries = new Retries(options);
  }

  get status(): WorkerStatus {
    return this.facts.status;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  /** True: neither is there a process nor does anything lead to one. */
  get idle(): boolean {
    return !this.#life && this.status.state === 'stopped';
  }

  /** The generation of its process, while there is one. */
  get generation(): number | undefined {
    return this.#life?.process.generation;
  }

  /** The process, if what it is told to send now goes out: it said ready, lives, and its heartbeat is fresh. */
  readyProcess(): WorkerProcess | undefined {
    const { state, lastHeartbeatAt } = this.status;
    const process = this.#life?.process;
    if (state !== 'ready' || !process?.alive) return undefined;
    const fresh = this.#options.clock.now() - (lastHeartbeatAt ?? 0) < process.silenceMs;
    return fresh ? process : undefined;
  }

  /** The process, while it shows a QR code. */
  processAwaitingScan(): WorkerProcess | undefined {
    const process = this.#life?.process;
    return this.status.state === 'awaiting-scan' && process?.alive ? process : undefined;
  }

  /** A customer wrote. */
  noteMessage(): void {
    this.#lastTurnAt = this.#options.clock.now();
    this.facts.note({ lastMessageAt: this.#lastTurnAt });
  }

  /** A turn was committed, or a message is being sent. */
  noteActivity(): void {
    this.#lastTurnAt = this.#options.clock.now();
  }

  /** What the process and all that it started were measured to need. */
  noteMemory(pid: number, memory: TreeMemory): void {
    const process = this.#life?.process;
    if (process?.pid !== pid) return;
    const { clock, policy, memoryLimits } = this.#options;
    const now = clock.now();
    this.facts.noteMemory(memory);
    if (!process.alive) return;
    const limits = memoryLimits();
    const { bytes } = memory;
    const decision = decideMemory(policy(), limits, {
      bytes,
      runsForMs: now - (this.status.startedAt ?? now),
      quietForMs: now - this.#lastTurnAt,
    });
    if (decision === 'end')
      process.giveUp('memory', `needed ${megabytes(bytes)}, and may need ${megabytes(limits.hardBytes)}`);
    else if (decision === 'renew') {
      const detail = `The worker needed ${megabytes(bytes)}; renewed while nobody was talking to it`;
      this.#inBackground(this.restart('memory', detail));
    }
  }

  /** Wants the worker. One that runs goes on; one that backs off or was given up is started as soon as its turn comes. */
  start(): void {
    this.#wanted = true;
    if (!this.#life) this.#next.inTurn();
  }

  /** {@link start} on a person's word: forgets past failures, so that the retries begin anew. */
  startAnew(): void {
    if (!this.#life) this.#retries.forget();
    this.start();
    // It gave up its browser when nobody scanned; its process is all that runs.
    if (this.status.state === 'logged-out' && this.#life?.process.alive)
      this.#inBackground(this.restart('commanded', 'Started by a person'));
  }

  /** Wants it no more. Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#wanted = false;
    if (this.#life) this.#life.asked = undefined;
    await this.#endProcess(undefined);
  }

  /** Ends the process, if there is one, and starts the next; counts as no failure. Resolves when the old one is gone. */
  async restart(kind: RestartKind, detail: string): Promise<void> {
    this.#wanted = true;
    if (!this.#life) return this.startAnew();
    this.#life.asked = { kind, detail };
    await this.#endProcess('Restarting');
  }

  /** Logs out on the chat network, then restarts or, unless `thenStart`, stops. */
  async logOut(thenStart: boolean): Promise<void> {
    this.#wanted = thenStart;
    const life = this.#life;
    if (!life) return this.#logOutWithoutProcess();
    life.asked = { kind: 'commanded', detail: 'Logged out by a person' };
    // The first one's end sees to what is wanted now.
    if (life.loggingOut) return life.process.exited;
    life.loggingOut = true;
    if (life.process.alive) {
      life.ending = true;
      this.facts.update({ state: 'stopping', stateReason: 'Logging out' });
      try {
        await life.process.logOut(LOGOUT_TIMEOUT_MS);
        life.loggingOut = false;
      } catch (error) {
        this.#options.logger.warn({ error: errorText(error) }, 'The worker could not log out');
      }
    }
    if (this.#life === life) await this.#endProcess('Logged out');
    else if (!this.#life) await this.#logOutWithoutProcess();
    else if (this.#wanted) this.startAnew();
  }

  /** Nobody is there to tell WhatsApp, so only what is here can go. */
  async #logOutWithoutProcess(): Promise<void> {
    const stateReason = this.#options.giveUpLogin() ? LOGIN_GIVEN_UP : undefined;
    if (this.#wanted) {
      this.startAnew();
      return;
    }
    await this.#endProcess(undefined);
    if (stateReason !== undefined) this.#replace({ state: 'stopped', stateReason });
  }

  async #endProcess(reason: string | undefined): Promise<void> {
    this.#next.cancel();
    this.#retries.notReady();
    const life = this.#life;
    if (!life) {
      if (this.status.state !== 'stopped') this.#replace({ state: 'stopped' });
      await this.#next.swept();
      return;
    }
    life.ending = true;
    this.facts.update({ state: 'stopping', stateReason: reason });
    await life.process.stop();
    await this.#next.swept();
  }

  #fork(): void {
    let process: WorkerProcess;
    try {
      process = this.#options.fork();
    } catch (error) {
      const text = `The worker could not be started: ${errorText(error)}`;
      this.facts.noteRestart('start-failed', text);
      this.#fail({ kind: 'start-failed', wasReady: false }, text);
      return;
    }
    const life: Life = {
      process,
      wasReady: false,
      ending: false,
      asked: undefined,
      lastWords: undefined,
      loggingOut: false,
    };
    this.#life = life;
    this.#forks += 1;
    process.onState.add((change) => this.#onState(life, change));
    process.onHeartbeat.add((heartbeat) => this.#onHeartbeat(heartbeat));
    process.onLog.add((line) => {
      const { level, message, fields } = this.facts.noteLog(line);
      this.#options.logger[level]({ ...fields }, message);
      this.#options.onLogLine();
    });
    process.onGivenUp.add((reason) => {
      this.#options.logger.warn({ pid: process.pid, reason }, 'Ending a worker that does not work any more');
      this.#retries.notReady();
      this.facts.update({ state: 'backing-off', stateReason: `The worker ${reason}` });
    });
    process.onExit.add((exit) => this.#onExit(life, exit));
    const startedAt = this.#options.clock.now();
    this.#replace({
      state: 'starting',
      startedAt,
      ...(process.pid === undefined ? {} : { pid: process.pid }),
    });
  }

  #onHeartbeat({ eventLoopDelayMs, rssBytes }: WorkerHeartbeat): void {
    const lastHeartbeatAt = this.#options.clock.now();
    const couldSend = this.readyProcess() !== undefined;
    // Not told to listeners: every worker beats every few seconds, and nobody acts on it.
    this.facts.note({ lastHeartbeatAt, eventLoopDelayMs });
    // After a silence that was nobody's fault (a suspended machine, a clock set forward): who found it not ready waits for word.
    if (!couldSend && this.readyProcess()) this.#options.onReady();
    // What it shares with others counts in full here, so it is a reason to look and no more.
    if (rssBytes > this.#options.memoryLimits().hardBytes) this.#options.onMemoryDoubt();
  }

  #onState(life: Life, change: WorkerStateChange): void {
    if (!life.process.alive || life.ending) return;
    const { clock, turn } = this.#options;
    if (change.state !== 'starting' && change.state !== 'authenticating') turn.settled();
    const before = this.status.state;
    const ready = change.state === 'ready';
    if (!ready) this.#retries.notReady();
    if (change.state === 'failed') {
      // It ends itself now. Whether it has failed for good, or comes back in seconds, the policy says when it has ended.
      life.lastWords = { reason: change.reason, cause: change.cause };
      this.facts.update({ state: 'backing-off', stateReason: change.reason });
      return;
    }
    if (change.state === 'logged-out' && before !== 'logged-out')
      this.facts.noteRestart('logged-out', change.reason ?? 'The login was lost');
    if (ready && before !== 'ready') {
      life.wasReady = true;
      this.#retries.ready();
    }
    const now = clock.now();
    this.facts.update({
      state: change.state,
      stateReason: change.reason,
      qr: change.qr,
      readySince: ready ? (this.status.readySince ?? now) : undefined,
      // A state is a sign of life as well; the first heartbeat may be seconds away.
      lastHeartbeatAt: now,
    });
    if (change.phone !== undefined) this.#options.onPhone(change.phone);
    if (ready && before !== 'ready') this.#options.onReady();
  }

  #onExit(life: Life, exit: WorkerExit): void {
    this.#life = undefined;
    this.#retries.notReady();
    this.#options.turn.settled();
    this.#next.sweep();
    const loginGivenUp = life.loggingOut && this.#options.giveUpLogin();
    const ended = { state: 'stopped', ...(loginGivenUp && { stateReason: LOGIN_GIVEN_UP }) } as const;
    const { note, failure } = classifyEnd(life, exit);
    if (note) this.facts.noteRestart(note.kind, note.detail, exit);
    if (!this.#wanted) this.#replace(ended);
    else if (failure) this.#fail(failure, failure.reason);
    else this.#next.inTurn();
  }

  #fail(failure: Failure, reason: string): void {
    const { logger, turn } = this.#options;
    turn.settled();
    const { history, state, delayMs } = this.#retries.failed(failure);
    logger.warn(
      { reason, failure: failure.kind, retryCount: history.retryCount, delayMs },
      'A worker ended; it will be started again',
    );
    this.#next.after(delayMs);
    this.#replace({ state, stateReason: reason });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#options.logger.error({ error: errorText(error) }, 'The worker could not be started anew');
    });
  }

  /** A new beginning: only what outlives a process is kept. */
  #replace(fields: Omit<Parameters<SlotFacts['replace']>[0], 'restarts'>): void {
    this.facts.replace({ restarts: Math.max(this.#forks - 1, 0), ...fields });
  }
}
