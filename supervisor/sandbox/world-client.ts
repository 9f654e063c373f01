import { type Clock, SECOND_MS, type Timer } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CustomerMessage, WorldEvent, WorldFile } from '../../shared/world.ts';
import { SHADOW_PAY_PATH } from './shadow-pay-api.ts';
import { STATUM_PATH } from './statum-api.ts';
import type { World } from './types.ts';
import { WorldApi } from './world-api.ts';
import { isRunning, worldFolder } from './world-file.ts';
import { ensureWorld, stopWorld } from './world-process.ts';
import { USUAL_PATIENCE, type WorldPatience, watchWorld } from './world-watch.ts';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10 * SECOND_MS;

/**
 * Finds the living world of this data folder or starts one, and keeps one alive: when it dies or stands still, another is started.
 * @throws AppError `unavailable` when none comes up.
 */
export async function startWorld(options: {
  dataDir: string;
  clock: Clock;
  logger: Logger;
  patience?: WorldPatience;
}): Promise<World> {
  const { patience = USUAL_PATIENCE } = options;
  const client = new WorldClient({
    folder: worldFolder(options.dataDir),
    clock: options.clock,
    logger: options.logger.child({ part: 'world' }),
    answerWithinMs: patience.answerWithinMs,
    patience,
  });
  await client.attach();
  return client;
}

type WorldContext = Parameters<typeof ensureWorld>[0] & { readonly patience: WorldPatience };

/**
 * Modes: attached (the event stream is open) → lost (it ended, or the world gives no answer) → attached again, to the same process if only the stream broke,
 * else to a new one; each failed try waits longer. → closed, which nothing leaves.
 */
class WorldClient implements World {
  readonly #context: WorldContext;
  readonly #eventListeners = new Set<(event: WorldEvent) => void>();
  readonly #restartListeners = new Set<() => void>();
  #file: WorldFile | undefined;
  #api: WorldApi | undefined;
  #stream = new AbortController();
  #stopWatch: () => void = () => undefined;
  #callbackUrl: string | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retry: Timer | undefined;
  #attaching: Promise<void> | undefined;
  #closed = false;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  get file(): WorldFile {
    if (!this.#file) throw new AppError('unavailable', 'The simulated world is not there yet');
    return this.#file;
  }

  get shadowPayBaseUrl(): string {
    return `http://127.0.0.1:${this.file.httpPort}${SHADOW_PAY_PATH}`;
  }

  get statumBaseUrl(): string {
    return `http://127.0.0.1:${this.file.httpPort}${STATUM_PATH}`;
  }

  async setCallbackUrl(url: string): Promise<void> {
    this.#callbackUrl = url;
    await this.#live().setCallbackUrl(url);
  }

  async sendMessage(clientId: string, fromPhone: string, message: CustomerMessage) {
    return this.#live().sendMessage(clientId, fromPhone, message);
  }

  async editMessage(clientId: string, id: string, text: string) {
    return this.#live().editMessage(clientId, id, text);
  }

  async deleteMessage(clientId: string, id: string) {
    return this.#live().deleteMessage(clientId, id);
  }

  async messages(clientId: string, phone: string, after?: string) {
    return this.#live().messages(clientId, phone, after);
  }

  async phone(phone: string) {
    return this.#live().phone(phone);
  }

  async answerPrompt(phone: string, answer: Parameters<World['answerPrompt']>[1]) {
    return this.#live().answerPrompt(phone, answer);
  }

  async setFaults(faults: Parameters<World['setFaults']>[0]) {
    return this.#live().setFaults(faults);
  }

  async ledger() {
    return this.#live().ledger();
  }

  onEvent(listener: (event: WorldEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onRestart(listener: () => void): () => void {
    this.#restartListeners.add(listener);
    return () => this.#restartListeners.delete(listener);
  }

  async close({ stop }: { stop: boolean }): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    // A world that is just being started is waited for: it must not be left behind when it should end.
    await this.#attaching?.catch((error: unknown) =>
      this.#context.logger.debug({ error: errorText(error) }, 'closed while attaching'),
    );
    this.#stopWatch();
    this.#stream.abort();
    this.#api?.close();
    if (stop && this.#file) await stopWorld(this.#file, this.#context.clock);
  }

  /** Resolves when a world is there and its events are heard. */
  attach(): Promise<void> {
    this.#attaching = this.#attach().finally(() => {
      this.#attaching = undefined;
    });
    return this.#attaching;
  }

  async #attach(): Promise<void> {
    const { logger } = this.#context;
    const before = this.#file;
    const file = await ensureWorld(this.#context);
    const api = new WorldApi(file);
    this.#api?.close();
    this.#api = api;
    this.#file = file;
    if (this.#callbackUrl !== undefined) await api.setCallbackUrl(this.#callbackUrl);
    this.#stream = new AbortController();
    await api.listen(
      (event) => this.#tell(this.#eventListeners, event),
      () => this.#lost(),
      this.#stream.signal,
    );
    this.#stopWatch = watchWorld(file, this.#context, () => this.#stream.abort());
    this.#retryMs = FIRST_RETRY_MS;
    const restarted = before !== undefined && !isSameProcess(before, file);
    logger.info({ pid: file.pid, restarted }, 'the simulated world is there');
    if (restarted) this.#tell(this.#restartListeners, undefined);
  }

  #lost(): void {
    this.#stopWatch();
    if (this.#closed) return;
    const { clock, logger } = this.#context;
    logger.warn({ pid: this.#file?.pid }, 'the simulated world was lost');
    // Calls fail at once instead of waiting for a dead process.
    if (this.#file && !isRunning(this.#file)) {
      this.#api?.close();
      this.#api = undefined;
    }
    const again = () => {
      this.attach().catch((error: unknown) => {
        logger.error({ error: errorText(error) }, 'the simulated world could not be started again');
        if (this.#closed) return;
        this.#retry = clock.schedule(this.#retryMs, again);
        this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      });
    };
    again();
  }

  #live(): WorldApi {
    if (!this.#api) {
      throw new AppError('unavailable', 'The simulated world is being started again; try again in a moment');
    }
    return this.#api;
  }

  #tell<T>(listeners: Set<(value: T) => void>, value: T): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#context.logger.error({ error: errorText(error) }, 'a listener of the world failed');
      }
    }
  }
}

const isSameProcess = (one: WorldFile, other: WorldFile): boolean =>
  one.pid === other.pid && one.pidStartTime === other.pidStartTime;
