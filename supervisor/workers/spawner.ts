import { AppError } from '../../shared/errors.ts';
import { IPC_PROTOCOL, type WorkerInit } from '../../shared/ipc.ts';
import type { Logger } from '../../shared/logger.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { freeMemory } from './free-memory.ts';
import type { LaunchKind } from './launch-queue.ts';
import { megabytes } from './memory-watch.ts';
import { sessionFolder } from './orphans.ts';
import type { WorkerPoolOptions } from './pool-options.ts';
import type { MemoryLimits, RestartPolicy } from './restart-policy.ts';
import { whatsappChat } from './whatsapp-chat.ts';
import { defaultWorkerEntry, WorkerProcess } from './worker-process.ts';

/** Who is told when a worker has work in hand. */
interface Activity {
  /** A customer wrote. */
  noteMessage(): void;
  /** A turn was committed. */
  noteActivity(): void;
}

/** How a client's worker is started: its mode decides what it talks to and what it may need, free memory whether it starts now. */
export class Spawner {
  readonly #options: WorkerPoolOptions;
  readonly #policy: () => RestartPolicy;
  /** Begins with the time, so that no worker of an earlier supervisor can have the same. */
  #generation: number;

  /** @param policy asked at each use: its values are settings */
  constructor(options: WorkerPoolOptions, policy: () => RestartPolicy) {
    this.#options = options;
    this.#policy = policy;
    this.#generation = options.clock.now();
  }

  kindOf(clientId: string): LaunchKind {
    return this.#options.stores.clients.get(clientId)?.mode === 'sandbox' ? 'sandbox' : 'browser';
  }

  memoryLimits(clientId: string): MemoryLimits {
    return this.#policy().memory[this.kindOf(clientId)];
  }

  /** Why there is no memory for a start now. Starts are spaced, so that each sees what those before it took. */
  refusal(clientId: string): string | undefined {
    const free = (this.#options.freeMemory ?? freeMemory)();
    const { memoryReserveBytes } = this.#policy();
    const { startBytes } = this.memoryLimits(clientId);
    if (free === undefined || free - startBytes >= memoryReserveBytes) return undefined;
    return `Waits for memory: ${megabytes(free)} are free; this start needs ${megabytes(startBytes)}, and ${megabytes(memoryReserveBytes)} must stay free. Stop a bot, or lower the limits in the settings`;
  }

  /**
   * Starts a process of the next generation.
   * @throws when the system has none to give, or the client is gone
   */
  fork(clientId: string, activity: Activity, logger: Logger): WorkerProcess {
    const { turns, pictures, clock, dataDir, entry, execPath, execArgv } = this.#options;
    this.#generation += 1;
    return new WorkerProcess({
      entry: entry ?? defaultWorkerEntry,
      ...(execPath !== undefined && { execPath }),
      ...(execArgv !== undefined && { execArgv }),
      generation: this.#generation,
      dataDir,
      init: {
        protocol: IPC_PROTOCOL,
        clientId,
        heartbeatMs: this.#policy().heartbeatMs,
        chat: this.#chatOf(clientId),
      },
      turns: {
        begin: (id, request) => {
          activity.noteMessage();
          return turns.begin(id, request);
        },
        ask: (id, request) => turns.ask(id, request),
        commit: (id, request) => {
          activity.noteActivity();
          return turns.commit(id, request);
        },
      },
      pictures,
      clock,
      policy: this.#policy,
      logger,
    });
  }

  /** Phones on the screen, or WhatsApp. */
  #chatOf(clientId: string): WorkerInit['chat'] {
    const { dataDir, browser = {}, stores, world } = this.#options;
    const client = stores.clients.get(clientId);
    if (!client) throw new AppError('not-found', 'There is no such client');
    if (client.mode === 'sandbox') {
      const { host, chatPort, token } = world();
      return { kind: 'sandbox', host, port: chatPort, token };
    }
    return whatsappChat(sessionFolder(dataDir, clientId), browser, effectiveSettings(stores.settings));
  }
}
