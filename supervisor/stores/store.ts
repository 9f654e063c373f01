import type { AccessRecord } from '../../shared/access.ts';
import type { Alert } from '../../shared/alert.ts';
import type { Ban } from '../../shared/ban.ts';
import type { Client } from '../../shared/client.ts';
import type { Timer } from '../../shared/clock.ts';
import type { Conversation } from '../../shared/conversation.ts';
import type { CredentialSet } from '../../shared/credentials.ts';
import type { EarlyCallback } from '../../shared/delivery-callback.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import type { RestartHistory } from '../../shared/restart.ts';
import type { OwnTexts } from '../../shared/texts.ts';
import { LockLostError } from './errors.ts';
import { Journal, type JournalEntry } from './journal.ts';
import type { FolderLock } from './lock.ts';
import { Maintenance, type MaintenanceParts } from './maintenance.ts';
import type { Reserve } from './reserve.ts';
import { outboxReader, TransactionScope, type Work } from './transaction.ts';
import type {
  Change,
  OrderReader,
  OutboxReader,
  Reader,
  StorageStatus,
  StoredSettings,
  Stores,
  Transaction,
} from './types.ts';

export interface StoreParts extends MaintenanceParts {
  readonly lock: FolderLock;
  readonly reserve: Reserve;
  readonly spaceCheckMs: number;
  onFatal(error: Error): void;
  onJournalWrite?: ((durationMs: number) => void) | undefined;
}

/** A transaction between memory and medium. */
interface Pending extends JournalEntry {
  readonly work: Work;
  settle(error?: Error): void;
}

interface Waiter {
  readonly seq: number;
  settle(error?: Error): void;
}

/**
 * How long a look at the lock and the journal's file is good for, in milliseconds. Nobody takes the folder over before the lock was left alone for
 * seconds, so whoever lost it was stopped for longer than this, and looks again before he writes.
 */
const FOLDER_CHECK_MS = 200;

/** Characters of JSON; what is refused here would have to be held in memory several times to be written. */
const MAX_TRANSACTION_LENGTH = 64 << 20;

/** The stores over a journal: state in memory, one line per transaction on the medium. */
export class JournaledStores implements Stores {
  readonly clients: Reader<Client>;
  readonly orders: OrderReader;
  readonly settings: Reader<StoredSettings>;
  readonly conversations: Reader<Conversation>;
  readonly outbox: OutboxReader;
  readonly credentials: Reader<CredentialSet>;
  readonly callbacks: Reader<EarlyCallback>;
  readonly bans: Reader<Ban>;
  readonly texts: Reader<OwnTexts>;
  readonly alerts: Reader<Alert>;
  readonly access: Reader<AccessRecord>;
  readonly restarts: Reader<RestartHistory>;
  readonly audit: Stores['audit'];
  readonly timelines: Stores['timelines'];
  readonly #parts: StoreParts;
  readonly #scope: TransactionScope;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  readonly #maintenance: Maintenance;
  readonly #journal: Journal<Pending>;
  #appliedSeq: number;
  #waiters: Waiter[] = [];
  #low = false;
  #refusing = false;
  #spaceTimer: Timer | undefined;
  #lastFolderCheck = performance.now();
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  private constructor(parts: StoreParts, journal: Journal<Pending>) {
    const { state, recovered } = parts;
    this.#parts = parts;
    this.#scope = new TransactionScope(state);
    this.clients = state.clients.table;
    this.orders = state.orderReader;
    this.settings = state.settings.table;
    this.conversations = state.conversations.table;
    this.outbox = outboxReader(state);
    this.credentials = state.credentials.table;
    this.callbacks = state.callbacks.table;
    this.bans = state.bans.table;
    this.texts = state.texts.table;
    this.alerts = state.alerts.table;
    this.access = state.access.table;
    this.restarts = state.restarts.table;
    const { audit, timelines } = recovered;
    this.audit = {
      page: (options) => audit.page(options),
      rewrite: (change) => this.#rewrite(() => audit.rewrite(change)),
    };
    this.timelines = {
      read: (orderNo) => timelines.read(orderNo),
      rewrite: (orderNos, change) => this.#rewrite(() => timelines.rewrite(orderNos, change)),
    };
    this.#appliedSeq = recovered.journal.lastSeq;
    this.#journal = journal;
    this.#maintenance = new Maintenance(parts, this.#journal, {
      appliedSeq: () => this.#appliedSeq,
      isLow: () => this.#low,
      fail: (error) => this.fail(error),
    });
  }

  static async start(parts: StoreParts): Promise<JournaledStores> {
    let self: JournaledStores | undefined;
    const store = (): JournaledStores => {
      if (!self) throw new Error('The journal wrote before there was a store');
      return self;
    };
    const journal = await Journal.open<Pending>(parts.dataDir, parts.disk, parts.recovered.journal, {
      beforeWrite: () => store().#checkFolder(),
      durable: (entries, durationMs) => {
        store().#onDurable(entries);
        parts.onJournalWrite?.(durationMs);
      },
      full: () => store().#onFull(),
      refused: (entries, error) => store().#onRefused(entries, error),
      fatal: (error) => store().fail(error),
    });
    self = new JournaledStores(parts, journal);
    if (!(await parts.reserve.acquire())) self.#becomeLow();
    return self;
  }

  transact<T>(work: (tx: Transaction) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#assertOpen();
      const { result, work: done } = this.#scope.run(work);
      const settle = (error?: Error): void => (error ? reject(error) : resolve(result));
      if (done.isEmpty) {
        // It may have read what is not durable yet.
        this.#waitFor(this.#appliedSeq, settle);
        return;
      }
      const body = done.journalBody(this.#parts.clock.now());
      if (body.length > MAX_TRANSACTION_LENGTH) {
        done.revert();
        throw new AppError('invalid', 'That is too much to be saved at once; do it in smaller parts');
      }
      this.#appliedSeq += 1;
      const seq = this.#appliedSeq;
      for (const { orderNo, entry } of done.timeline)
        this.#parts.recovered.timelines.append(seq, orderNo, entry);
      for (const [index, entry] of done.audit.entries())
        this.#parts.recovered.audit.append(seq, index, entry);
      this.#journal.enqueue({ seq, body, work: done, settle });
    });
  }

  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waitFor(this.#appliedSeq, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #rewrite(work: () => Promise<number>): Promise<number> {
    this.#assertOpen();
    await this.durable();
    return this.#maintenance.rewriteLogs(work);
  }

  async forgetPast(): Promise<boolean> {
    this.#assertOpen();
    await this.durable();
    return this.#maintenance.forgetPast();
  }

  onCommit(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stillOwner(): boolean {
    return this.#failure === undefined && this.#parts.lock.stillOwner();
  }

  status(): StorageStatus {
    return {
      writable: !this.#refusing && this.#failure === undefined && this.#closing === undefined,
      low: this.#low,
      journalBytes: this.#maintenance.journalBytes,
      lastSnapshotAt: this.#maintenance.lastSnapshotAt,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Stops for good: nothing is written any more, whoever waits is told, the process is asked to end. */
  fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    for (const entry of this.#journal.fail(error)) entry.settle(error);
    this.#spaceTimer?.cancel();
    this.#settleWaiters(() => true, error);
    this.#parts.onFatal(error);
  }

  async #close(): Promise<void> {
    const { recovered, lock, logger } = this.#parts;
    this.#spaceTimer?.cancel();
    await this.#maintenance.finish(this.#failure === undefined);
    await this.#journal.close();
    for (const file of recovered.logFiles) await file.close();
    await lock.release();
    logger.debug({}, 'The stores are closed');
  }

  #assertOpen(): void {
    if (this.#failure) throw this.#failure;
    if (this.#closing)
      throw new AppError('unavailable', 'The system is shutting down; nothing can be saved any more');
  }

  #waitFor(seq: number, settle: (error?: Error) => void): void {
    if (this.#failure) settle(this.#failure);
    else if (seq <= this.#journal.durableSeq) settle();
    else this.#waiters.push({ seq, settle });
  }

  #checkFolder(): void {
    const now = performance.now();
    if (now - this.#lastFolderCheck < FOLDER_CHECK_MS) return;
    this.#lastFolderCheck = now;
    if (!this.#parts.lock.stillOwner())
      throw new LockLostError('another process has taken it over, or somebody deleted it');
    this.#journal.assertInPlace();
  }

  #onDurable(entries: readonly Pending[]): void {
    const { recovered } = this.#parts;
    const seq = this.#journal.durableSeq;
    this.#refusing = false;
    recovered.timelines.durable(seq);
    recovered.audit.durable(seq);
    for (const entry of entries) {
      entry.settle();
      if (this.#listeners.size > 0) this.#tell(entry.work.changes());
    }
    this.#settleWaiters((waiter) => waiter.seq <= seq);
    if (!this.#closing) this.#maintenance.consider();
  }

  #tell(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.#parts.logger.error({ err: error }, `A listener to stored changes failed: ${errorText(error)}`);
      }
    }
  }

  #settleWaiters(which: (waiter: Waiter) => boolean, error?: Error): void {
    if (this.#waiters.length === 0) return;
    const settled = this.#waiters.filter(which);
    this.#waiters = this.#waiters.filter((waiter) => !which(waiter));
    for (const waiter of settled) waiter.settle(error);
  }

  /** Makes room by giving the reserve away. */
  #onFull(): boolean {
    const released = this.#parts.reserve.release();
    this.#becomeLow();
    return released;
  }

  #becomeLow(): void {
    if (!this.#low)
      this.#parts.logger.error(
        { dataDir: this.#parts.dataDir },
        'The disk is full. Running orders are still recorded, new ones must wait. Free some space; selling resumes by itself',
      );
    this.#low = true;
    this.#spaceTimer?.cancel();
    this.#spaceTimer = this.#parts.clock.schedule(this.#parts.spaceCheckMs, () => void this.#checkSpace());
  }

  async #checkSpace(): Promise<void> {
    try {
      if (this.#failure || this.#closing) return;
      if (!(await this.#parts.reserve.acquire())) return this.#becomeLow();
      this.#low = false;
      this.#refusing = false;
      this.#parts.logger.info({}, 'The disk has room again');
    } catch (error) {
      this.#parts.logger.error({ err: error }, `The reserve could not be rebuilt: ${errorText(error)}`);
      this.#becomeLow();
    }
  }

  /** Not even the reserve was enough: memory goes back to what is on the medium. */
  #onRefused(entries: readonly Pending[], cause: Error): void {
    const { recovered } = this.#parts;
    this.#refusing = true;
    const firstSeq = entries[0]?.seq ?? this.#appliedSeq + 1;
    for (const { work } of [...entries].reverse()) work.revert();
    recovered.timelines.revoke(firstSeq);
    recovered.audit.revoke(firstSeq);
    this.#appliedSeq = firstSeq - 1;
    const error = new AppError(
      'storage-full',
      'The disk is full; nothing was saved. Free some space and try again',
      {
        cause,
      },
    );
    for (const entry of entries) entry.settle(error);
    this.#settleWaiters((waiter) => waiter.seq >= firstSeq, error);
  }
}
