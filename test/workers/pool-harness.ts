import { fileURLToPath } from 'node:url';
import type { Client } from '../../shared/client.ts';
import type { TurnBegin } from '../../shared/ipc.ts';
import { silentLogger } from '../../shared/logger.ts';
import { createWorkerPool } from '../../supervisor/workers/pool.ts';
import type { RestartPolicy } from '../../supervisor/workers/restart-policy.ts';
import type { WorkerStatus } from '../../supervisor/workers/types.ts';
import { aClient as client } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { joinedProgram } from '../helpers/joined-program.ts';
import { memoryStores } from '../helpers/memory-stores.ts';
import { nobodyAsks } from '../helpers/nobody-asks.ts';
import { temporaryFolder } from '../helpers/temp.ts';

/** Lazily: who only needs a client here does not wait for it. */
export const fixtureWorker = (): string =>
  joinedProgram(fileURLToPath(new URL('./fixtures/worker.ts', import.meta.url)));

export { client };

/** A pool of real processes that run the fixture worker, with stores in memory and a clock that the test moves. */
export function poolHarness(
  options: {
    clients?: readonly Client[];
    policy?: Partial<RestartPolicy>;
    behaviour?: string;
    execPath?: string;
    freeMemory?: () => number;
    /** Between two starts. Not at all unless a test is about it: nobody moves the clock for it. */
    sandboxStartSpacingMs?: number;
  } = {},
) {
  const folder = temporaryFolder('pool');
  const stores = memoryStores(options.clients ?? [client('a')], {
    sandboxStartSpacingMs: options.sandboxStartSpacingMs ?? 0,
    // Not by the processors that this machine happens to have.
    sandboxStartsAtOnce: 10,
  });
  const clock = new FakeClock();
  const policy = { heartbeatMs: 20, ...options.policy };
  const turns: (TurnBegin & { clientId: string })[] = [];
  const world = { host: '127.0.0.1', chatPort: 1, token: options.behaviour ?? 'behaves' };
  const pool = createWorkerPool({
    stores,
    turns: {
      begin: async (clientId, request) => {
        turns.push({ clientId, ...request });
        return { status: 'duplicate' };
      },
      ask: nobodyAsks,
      commit: async () => ({ status: 'committed' }),
    },
    clock,
    logger: silentLogger,
    dataDir: folder.path,
    world: () => world,
    policy,
    entry: fixtureWorker(),
    execArgv: [],
    random: () => 0,
    ...(options.execPath !== undefined && { execPath: options.execPath }),
    freeMemory: options.freeMemory ?? (() => Number.POSITIVE_INFINITY),
  });
  const pids = new Set<number>();
  const states: string[] = [];
  pool.onStatus((id) => {
    const { pid, state } = pool.status(id);
    if (pid !== undefined) pids.add(pid);
    const entry = `${id} ${state}`;
    if (states.at(-1) !== entry) states.push(entry);
  });

  return {
    pool,
    stores,
    clock,
    turns,
    world,
    dataDir: folder.path,
    /** Of every process that the pool has started. */
    pids,
    /** Every change of state since the start: `<client> <state>`. */
    states,
    until(clientId: string, wanted: (status: WorkerStatus) => boolean): Promise<WorkerStatus> {
      return new Promise((resolve) => {
        const check = (): void => {
          const status = pool.status(clientId);
          if (!wanted(status)) return;
          forget();
          resolve(status);
        };
        const forget = pool.onStatus(check);
        check();
      });
    },
    ready(clientId: string): Promise<WorkerStatus> {
      return this.until(clientId, ({ state }) => state === 'ready');
    },
    pid(clientId: string): number {
      const { pid } = pool.status(clientId);
      if (pid === undefined) throw new Error(`${clientId} has no process`);
      return pid;
    },
    say(text: string, clientId = 'a') {
      return pool.send({ clientId, outboxId: 'ob1', chatId: 'c1', text, lookFirst: false });
    },
    async dispose(): Promise<void> {
      const ended = pool.shutdown();
      for (const pid of pids) {
        if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      }
      await ended;
      folder.remove();
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
