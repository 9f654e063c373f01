import { rm } from 'node:fs/promises';
import type { Client } from '../../shared/client.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import { IpcError } from '../../shared/ipc-errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { pictureRef } from '../../shared/picture.ts';
import { settingsFor } from '../../shared/settings.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { Caretaker } from './caretaker.ts';
import { type ClientFacts, rememberFacts } from './client-facts.ts';
import { LaunchQueue, launchRules } from './launch-queue.ts';
import { Listeners } from './listeners.ts';
import { livePolicy } from './live-policy.ts';
import { giveUpLogin, hasLogin, isLinked, removeGivenUpLogins } from './login.ts';
import { MemoryWatch } from './memory-watch.ts';
import { OrphanSweeper, sessionFolder } from './orphans.ts';
import type { WorkerPoolOptions } from './pool-options.ts';
import { RestartBook } from './restart-book.ts';
import type { RestartPolicy } from './restart-policy.ts';
import { WorkerSlot } from './slot.ts';
import { Spawner } from './spawner.ts';
import { dropStrayLogins } from './stray-logins.ts';
import type {
  ChatSender,
  ForgottenLogin,
  SendOutcome,
  WorkerHistory,
  WorkerLogLine,
  WorkerStatus,
} from './types.ts';

const DEFAULT_SEND_TIMEOUT_MS = 60_000;
/** A picture that cannot be sent takes as long as a message, looking for it too, and then its text is a message of its own. */
const PICTURE_SENDS = 3;
const PAIRING_CODE_TIMEOUT_MS = 40_000;

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  return new WorkerPool(options);
}

/**
 * All workers, one per client at most. What is wanted of each client (`desired`) is stored by the client service; the pool
 * makes it so and keeps it so: it starts, watches, restarts and ends processes, and carries messages both ways.
 */
export class WorkerPool implements ChatSender {
  readonly #options: WorkerPoolOptions;
  readonly #logger: Logger;
  readonly #slots = new Map<string, WorkerSlot>();
  readonly #book: RestartBook;
  readonly #memory: MemoryWatch;
  readonly #sweeper: OrphanSweeper;
  readonly #caretaker: Caretaker;
  /** Asked at each use: its values are settings. */
  readonly #policy: () => RestartPolicy;
  readonly #statusListeners: Listeners<[clientId: string]>;
  readonly #readyListeners: Listeners<[clientId: string]>;
  readonly #logListeners: Listeners<[clientId: string]>;
  readonly #launches: LaunchQueue;
  readonly #spawner: Spawner;
  /** Why a client that is ready does not send just now. */
  readonly #notes = new Map<string, string>();
  /** Clients whose login was given up without a word to WhatsApp. */
  readonly #leftOnPhone = new Set<string>();
  /** Workers may be started: from {@link startAll} to {@link shutdown}. */
  #open = false;
  #shutDown = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#logger = options.logger;
    const policy = livePolicy(options.stores, options.policy);
    this.#policy = policy;
    this.#spawner = new Spawner(options, policy);
    this.#launches = new LaunchQueue(options.clock, (kind) =>
      launchRules(effectiveSettings(options.stores.settings), kind),
    );
    this.#book = new RestartBook(options.stores, this.#logger);
    this.#memory = new MemoryWatch({
      clock: options.clock,
      logger: this.#logger,
      everyMs: () => this.#policy().memoryCheckMs,
      workers: () => this.#running(),
      onMeasured: (clientId, pid, memory) => this.#slots.get(clientId)?.noteMemory(pid, memory),
    });
    this.#sweeper = new OrphanSweeper({
      dataDir: options.dataDir,
      logger: this.#logger,
      isLive: (clientId, generation) => {
        const live = this.#slots.get(clientId)?.generation;
        return live !== undefined && (generation === undefined || generation === live);
      },
    });
    this.#caretaker = new Caretaker({
      clock: options.clock,
      logger: this.#logger,
      everyMs: () => this.#policy().sweepEveryMs,
      clients: () => options.stores.clients.values(),
      placeOf: (clientId) => this.#slots.get(clientId),
      start: (clientId) => this.#slot(clientId).start(),
      sweep: () => this.#sweeper.sweep(),
    });
    this.#statusListeners = new Listeners('worker-status', this.#logger);
    this.#readyListeners = new Listeners('worker-ready', this.#logger);
    this.#logListeners = new Listeners('worker-log', this.#logger);
  }

  /**
   * Ends leftovers of an earlier supervisor, then brings back every client that is desired to run. Resolves when all are
   * under way. Only for the owner of the data folder's lock.
   * @throws Error when a leftover worker cannot be killed
   */
  async startAll(): Promise<void> {
    await this.#sweeper.sweep();
    await removeGivenUpLogins(this.#options.dataDir, this.#logger);
    await dropStrayLogins(this.#options);
    if (this.#shutDown) return;
    this.#open = true;
    this.#memory.start();
    this.#caretaker.start();
    for (const client of this.#options.stores.clients.values()) {
      if (client.desired === 'running') this.#slot(client.id).start();
    }
  }

  /** Ends all workers side by side, with the deadlines of the policy; nothing starts any more. The desired states stay. */
  async shutdown(): Promise<void> {
    this.#open = false;
    this.#shutDown = true;
    this.#caretaker.stop();
    await Promise.all([this.#memory.stop(), ...[...this.#slots.values()].map((slot) => slot.stop())]);
  }

  /** Starts a client's worker on a person's word. One that runs goes on undisturbed. */
  start(clientId: string): void {
    // Before startAll this is no loss: it starts whoever is desired to run.
    if (this.#open) this.#slot(clientId).startAnew();
  }

  /** Resolves when no process is left. */
  async stop(clientId: string): Promise<void> {
    await this.#slots.get(clientId)?.stop();
  }

  /** Resolves when the old process is gone and the next one is under way. */
  async restart(clientId: string, by = 'a person'): Promise<void> {
    if (this.#open) await this.#slot(clientId).restart('commanded', `Restarted by ${by}`);
  }

  /** Logs out on the chat network; then the worker starts anew or is stopped. */
  async logOut(clientId: string, after: 'start' | 'stop'): Promise<void> {
    if (this.#open) await this.#slot(clientId).logOut(after === 'start');
  }

  /** There is a login that {@link logOut} would end, whether a worker runs or not. */
  hasLogin(clientId: string): boolean {
    return hasLogin(this.#options.dataDir, clientId);
  }

  /**
   * A code that logs the client in when it is typed on `phone`.
   * @throws AppError `conflict` while no login is awaited
   */
  async pairingCode(clientId: string, phone: string): Promise<string> {
    const process = this.#slots.get(clientId)?.processAwaitingScan();
    if (!process)
      throw new AppError(
        'conflict',
        'A pairing code can be had only while a QR code is shown; start the bot',
      );
    try {
      return await process.pairingCode(phone, PAIRING_CODE_TIMEOUT_MS);
    } catch (error) {
      throw new AppError('unavailable', `WhatsApp gave no pairing code: ${errorText(error)}`, {
        cause: error,
      });
    }
  }

  /**
   * Stops a client that exists no more, logs it out where WhatsApp can be reached, and forgets it with its login.
   * @returns what its login has become
   */
  async forget(clientId: string): Promise<ForgottenLogin> {
    const linked = isLinked(this.#options.dataDir, clientId);
    this.#leftOnPhone.delete(clientId);
    if (linked && this.#open) await this.#slot(clientId).logOut(false);
    await this.stop(clientId);
    this.#slots.delete(clientId);
    const left = this.#leftOnPhone.delete(clientId) || (linked && !this.#open);
    await rm(sessionFolder(this.#options.dataDir, clientId), { recursive: true, force: true, maxRetries: 4 });
    return linked ? (left ? 'left-on-phone' : 'logged-out') : 'none';
  }

  /** The simulated chat network is elsewhere now: its workers are restarted at once, and no failure is counted. */
  reconnectSandbox(): void {
    for (const [clientId, slot] of this.#slots) {
      if (!this.#open || !slot.wanted || this.#client(clientId)?.mode !== 'sandbox') continue;
      slot.restart('moved', 'The simulated world started anew').catch((error: unknown) => {
        this.#logger.error({ clientId, error: errorText(error) }, 'A sandbox worker could not be restarted');
      });
    }
  }

  status(clientId: string): WorkerStatus {
    const status = this.#slots.get(clientId)?.status ?? { state: 'stopped', restarts: 0 };
    const note = status.state === 'ready' ? this.#notes.get(clientId) : undefined;
    return note === undefined ? status : { ...status, stateReason: note };
  }

  logLines(clientId: string): readonly WorkerLogLine[] {
    return this.#slots.get(clientId)?.facts.logLines() ?? [];
  }

  history(clientId: string): WorkerHistory {
    return {
      restarts: this.#book.list(clientId),
      memory: this.#slots.get(clientId)?.facts.memorySamples() ?? [],
    };
  }

  /** Fires on each line that a worker adds to its log. */
  onLogLine(listener: (clientId: string) => void): () => void {
    return this.#logListeners.add(listener);
  }

  /** Fires on each change of a worker's state, not on its heartbeats. */
  onStatus(listener: (clientId: string) => void): () => void {
    return this.#statusListeners.add(listener);
  }

  onReady(listener: (clientId: string) => void): () => void {
    return this.#readyListeners.add(listener);
  }

  canSend(clientId: string): boolean {
    return this.#slots.get(clientId)?.readyProcess() !== undefined;
  }

  note(clientId: string, reason: string | undefined): void {
    if (this.#notes.get(clientId) === reason) return;
    if (reason === undefined) this.#notes.delete(clientId);
    else this.#notes.set(clientId, reason);
    this.#statusListeners.tell(clientId);
  }

  async send({ clientId, pictureId, ...rest }: Parameters<ChatSender['send']>[0]): Promise<SendOutcome> {
    const process = this.#slots.get(clientId)?.readyProcess();
    if (!process) return { outcome: 'not-sent', reason: 'The worker is not ready' };
    try {
      const typingMs = this.#typingMs(clientId);
      const picture = this.#options.pictures && pictureRef(this.#client(clientId)?.picture, pictureId);
      const message = { ...rest, ...(picture && { picture }), ...(typingMs > 0 && { typingMs }) };
      const usualMs = this.#options.sendTimeoutMs ?? DEFAULT_SEND_TIMEOUT_MS;
      const reply = await process.send(message, picture ? PICTURE_SENDS * usualMs : usualMs);
      return reply.sent
        ? { outcome: 'sent', messageId: reply.messageId }
        : { outcome: 'not-sent', reason: reply.reason };
    } catch (error) {
      const certain = error instanceof IpcError && !error.sent;
      return { outcome: certain ? 'not-sent' : 'unknown', reason: errorText(error) };
    }
  }

  #typingMs(clientId: string): number {
    const client = this.#client(clientId);
    if (!client || client.mode === 'sandbox') return 0;
    return settingsFor(effectiveSettings(this.#options.stores.settings), client.overrides).typingMs;
  }

  *#running(): Iterable<{ clientId: string; pid: number }> {
    for (const [clientId, slot] of this.#slots) {
      const { pid } = slot.status;
      if (pid !== undefined) yield { clientId, pid };
    }
  }

  #client(clientId: string): Client | undefined {
    return this.#options.stores.clients.get(clientId);
  }

  #slot(clientId: string): WorkerSlot {
    const known = this.#slots.get(clientId);
    if (known) return known;
    const logger = this.#logger.child({ clientId });
    const slot: WorkerSlot = new WorkerSlot({
      retryCount: this.#client(clientId)?.retryCount ?? 0,
      policy: () => this.#policy(),
      memoryLimits: () => this.#spawner.memoryLimits(clientId),
      refusal: () => this.#spawner.refusal(clientId),
      sweep: () => this.#sweeper.sweep(),
      onMemoryDoubt: () => this.#memory.now(clientId),
      clock: this.#options.clock,
      logger,
      random: this.#options.random ?? Math.random,
      fork: () => this.#spawner.fork(clientId, slot, logger),
      giveUpLogin: () => this.#giveUpLogin(clientId, logger),
      turn: {
        enter: (launch) => this.#launches.enter(clientId, this.#spawner.kindOf(clientId), launch),
        settled: () => this.#launches.settled(clientId),
      },
      onStatus: () => this.#statusListeners.tell(clientId),
      onReady: () => {
        this.#memory.soon(clientId);
        this.#readyListeners.tell(clientId);
      },
      onPhone: (phone) => this.#remember(clientId, { phone }),
      onRetryCount: (retryCount) => this.#remember(clientId, { retryCount }),
      onLogLine: () => this.#logListeners.tell(clientId),
      onRestart: (restart) => this.#book.note(clientId, restart),
    });
    this.#slots.set(clientId, slot);
    return slot;
  }

  #giveUpLogin(clientId: string, logger: Logger): boolean {
    const left = giveUpLogin(this.#options.dataDir, clientId, logger);
    if (left) this.#leftOnPhone.add(clientId);
    return left;
  }

  #remember(clientId: string, facts: ClientFacts): void {
    rememberFacts(this.#options.stores, this.#logger, clientId, facts);
  }
}
