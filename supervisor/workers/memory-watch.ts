import { type Clock, MINUTE_MS, type Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type ProcessStat, type ProcessTable, readMemory, readProcessTable, treeOf } from './processes.ts';

/** What a worker and everything it started need, in bytes of PSS. */
export interface TreeMemory {
  readonly bytes: number;
  /** The part of it that is not the worker itself: its browser. */
  readonly browserBytes: number;
  /** The worker's first child that leads a group of its own, as a browser does. */
  readonly browserPid: number | undefined;
  /** All that belongs to the worker now, itself included. */
  readonly processes: readonly ProcessStat[];
}

/** Measures one tree, process after process. Undefined when its root is gone. */
export async function measureTree(table: ProcessTable, rootPid: number): Promise<TreeMemory | undefined> {
  const processes = treeOf(table, rootPid);
  let bytes = 0;
  let browserBytes = 0;
  for (const { pid } of processes) {
    const own = (await readMemory(pid)) ?? 0;
    if (pid === rootPid && own === 0) return undefined;
    bytes += own;
    if (pid !== rootPid) browserBytes += own;
  }
  const browserPid = processes.find(
    ({ pid, parentPid, group }) => parentPid === rootPid && group === pid,
  )?.pid;
  return { bytes, browserBytes, browserPid, processes };
}

export interface MemoryWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** From the end of one round to the start of the next; asked each time. */
  readonly everyMs: () => number;
  /** The processes to measure: whose they are, and their pid. */
  readonly workers: () => Iterable<{ readonly clientId: string; readonly pid: number }>;
  readonly onMeasured: (clientId: string, pid: number, memory: TreeMemory) => void;
}

/** When many ask at once, as after a start of them all, the rounds for them are so far apart. */
const ROUND_OUT_OF_TURN_MS = 2_000;
/** When no worker has been new for so long, all are measured once: the more of them share their pages, the less each needs. */
const WAVE_OVER_MS = 3_000;

/**
 * Measures every worker's tree again and again, one tree at a time and in the thread pool, so that nobody waits for it. A worker
 * that is new, or about which there is doubt, is measured out of turn.
 */
export class MemoryWatch {
  readonly #options: MemoryWatchOptions;
  /** To the next round of all. */
  #timer: Timer | undefined;
  /** To the next round of those in {@link #asked}. */
  #soonTimer: Timer | undefined;
  /** To the round of all after a wave of starts. */
  #waveTimer: Timer | undefined;
  readonly #asked = new Set<string>();
  #lastAskedRoundAt = Number.NEGATIVE_INFINITY;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#next();
  }

  /** Resolves when no measurement is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#soonTimer?.cancel();
    this.#waveTimer?.cancel();
    await this.#round;
  }

  /** Measures this client's new worker, together with those that come up just then, and all once no more come up. */
  soon(clientId: string): void {
    if (this.#stopped) return;
    this.#waveTimer?.cancel();
    this.#waveTimer = this.#options.clock.schedule(WAVE_OVER_MS, () => void this.#measure(() => true));
    this.#asked.add(clientId);
    if (this.#soonTimer) return;
    const sinceMs = this.#options.clock.now() - this.#lastAskedRoundAt;
    // A clock that was set back must not hold anything up.
    const waitMs = sinceMs < 0 ? 0 : ROUND_OUT_OF_TURN_MS - sinceMs;
    if (waitMs <= 0) this.#measureAsked();
    else this.#soonTimer = this.#options.clock.schedule(waitMs, () => this.#measureAsked());
  }

  /** Measures this client's worker now: there is doubt about it. */
  now(clientId: string): void {
    if (this.#stopped) return;
    this.#asked.add(clientId);
    this.#measureAsked();
  }

  #next(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.schedule(this.#options.everyMs(), () => {
      void this.#measure(() => true).then(() => this.#next());
    });
  }

  #measureAsked(): void {
    this.#soonTimer?.cancel();
    this.#soonTimer = undefined;
    this.#lastAskedRoundAt = this.#options.clock.now();
    const meant = new Set(this.#asked);
    this.#asked.clear();
    void this.#measure((clientId) => meant.has(clientId));
  }

  /** A round after the one under way. Never rejects. */
  #measure(isMeant: (clientId: string) => boolean): Promise<void> {
    this.#round = this.#round.then(() =>
      this.#measureThose(isMeant).catch((error: unknown) =>
        this.#options.logger.warn({ error: errorText(error) }, "The workers' memory could not be measured"),
      ),
    );
    return this.#round;
  }

  async #measureThose(isMeant: (clientId: string) => boolean): Promise<void> {
    if (this.#stopped) return;
    const table = await readProcessTable();
    for (const { clientId, pid } of [...this.#options.workers()]) {
      if (this.#stopped) return;
      if (!isMeant(clientId)) continue;
      const memory = table.has(pid) ? await measureTree(table, pid) : undefined;
      if (memory && !this.#stopped) this.#options.onMeasured(clientId, pid, memory);
    }
  }
}

export interface MemorySample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly bytes: number;
  readonly browserBytes: number;
}

const KEPT_SAMPLES = 24 * 60;
const SAMPLE_EVERY_MS = MINUTE_MS;
const FIELDS = 3;
const FIRST_SAMPLES = 60;

/** One client's memory over the last day, a sample a minute, as packed numbers: 34 KB when full. */
export class MemoryHistory {
  #numbers = new Float64Array(FIRST_SAMPLES * FIELDS);
  #count = 0;
  /** Where the next one goes once the ring is full. */
  #next = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  note({ at, bytes, browserBytes }: MemorySample): void {
    // A clock set back starts a minute anew; otherwise nothing would be kept until it has caught up.
    if (at >= this.#lastAt && at - this.#lastAt < SAMPLE_EVERY_MS) return;
    this.#lastAt = at;
    if (this.#count < KEPT_SAMPLES && this.#count * FIELDS === this.#numbers.length) this.#grow();
    this.#numbers.set([at, bytes, browserBytes], this.#next * FIELDS);
    this.#next = (this.#next + 1) % KEPT_SAMPLES;
    this.#count = Math.min(this.#count + 1, KEPT_SAMPLES);
  }

  /** Oldest first. */
  list(): MemorySample[] {
    const first = this.#count < KEPT_SAMPLES ? 0 : this.#next;
    return Array.from({ length: this.#count }, (_, index) => {
      const place = ((first + index) % KEPT_SAMPLES) * FIELDS;
      const [at = 0, bytes = 0, browserBytes = 0] = this.#numbers.subarray(place, place + FIELDS);
      return { at, bytes, browserBytes };
    });
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#numbers.length * 2, KEPT_SAMPLES * FIELDS));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

/** For people. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
