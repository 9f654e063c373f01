import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { endProcess, type ProcessInfo, processesOf, processInfo, stillRuns } from './processes.ts';
import { ProductApi } from './product-api.ts';
import { type Ending, SupervisorProcess } from './supervisor-process.ts';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

export interface ProductOptions {
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The data folder; a fresh temporary one when left out. Whoever made it removes it after closing. */
  readonly dataDir?: string;
}

/** Starts the real, built product on a fresh data folder and a free port. Close it at the test's end. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const product = new Product(options);
  try {
    await product.restart();
  } catch (error) {
    await product.close().catch(() => undefined);
    throw error;
  }
  return product;
}

/** The product seen from outside: its API, its log, its processes. It may be killed and started again on the same folder. */
export class Product extends ProductApi {
  override readonly token = 'test-admin-token-0123456789';
  readonly #folder: { readonly path: string; remove(): void };
  readonly #env: Readonly<Record<string, string>>;
  readonly #processes = new Map<string, ProcessInfo>();
  #supervisor: SupervisorProcess | undefined;
  #url = '';
  #laterByMs = 0;

  constructor(options: ProductOptions) {
    super();
    const { dataDir } = options;
    this.#folder =
      dataDir === undefined ? temporaryFolder('product') : { path: dataDir, remove: () => undefined };
    this.#env = {
      DATA_DIR: this.dataDir,
      PORT: '0',
      HOST: '127.0.0.1',
      ADMIN_UI_TOKEN: this.token,
      ...options.env,
    };
  }

  get dataDir(): string {
    return this.#folder.path;
  }

  /** Where it listens now; changes with each restart. */
  override get url(): string {
    return this.#url;
  }

  get supervisor(): SupervisorProcess {
    if (!this.#supervisor) throw new Error('the product was never started');
    return this.#supervisor;
  }

  /**
   * Starts it (again) on its folder and waits until it is ready.
   * @param laterByMs how much later than last time its clock stands, as if it had been off for so long.
   */
  async restart({ laterByMs = 0 }: { laterByMs?: number } = {}): Promise<void> {
    if (this.#supervisor && !this.#supervisor.ending) await this.stop();
    this.#laterByMs += laterByMs;
    this.#supervisor = new SupervisorProcess(this.#env, this.#laterByMs);
    const { url } = await this.#supervisor.line('listening');
    if (!url) throw new Error('the "listening" line tells no url');
    this.#url = url;
    await this.waitFor('/health/ready', async () => (await this.api('GET', '/health/ready')).status === 200);
  }

  /** Starts a second supervisor on the same folder, which is not expected to live. */
  rival(): SupervisorProcess {
    return new SupervisorProcess(this.#env, this.#laterByMs);
  }

  /** Sends the supervisor a signal and waits for its end. */
  async kill(signal: NodeJS.Signals): Promise<Ending> {
    this.#remember(this.supervisor.children());
    this.supervisor.signal(signal);
    return this.supervisor.ended;
  }

  /** Kills one client's worker at once; the supervisor lives on. */
  async killWorker(clientId: string): Promise<void> {
    const { pid } = await this.client(clientId);
    const info = pid === undefined ? undefined : processInfo(pid);
    if (!info) throw new Error(`client ${clientId} has no worker to kill`);
    endProcess(info, 'SIGKILL');
    await this.waitFor('the killed worker to be gone', () => !stillRuns(info));
  }

  /** A graceful stop by SIGTERM. */
  async stop(): Promise<Ending> {
    this.#remember(this.supervisor.children());
    this.supervisor.signal('SIGTERM');
    await this.waitFor('the product to stop', () => this.supervisor.ending);
    return this.supervisor.ended;
  }

  /** Stops everything that belongs to this product, removes its folder, and fails if a process had been left behind. */
  async close(): Promise<void> {
    try {
      if (this.#supervisor && !this.#supervisor.ending) await this.stop();
      endWorld(this.dataDir);
      await this.waitFor('every process of the product to end', () => this.leftovers().length === 0);
    } finally {
      for (const info of this.leftovers()) endProcess(info, 'SIGKILL');
      this.#folder.remove();
    }
  }

  /** What still runs of this product: everything it ever started, and whatever names its data folder. */
  leftovers(): readonly ProcessInfo[] {
    return [...[...this.#processes.values()].filter(stillRuns), ...processesOf(this.dataDir)];
  }

  /** As {@link waitFor}, with the log's end in the failure. A product that is just down gives nothing. */
  override waitFor<T>(
    what: string,
    probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
    deadlineMs?: number,
  ): Promise<T> {
    const context = () => this.logs();
    return waitFor(what, () => unlessDown(probe), {
      ...(deadlineMs !== undefined && { deadlineMs }),
      context,
    });
  }

  logs(): string {
    return this.#supervisor?.tail() ?? '';
  }

  #remember(processes: readonly ProcessInfo[]): void {
    for (const info of processes) this.#processes.set(`${info.pid}/${info.startTime}`, info);
  }
}

/** The simulated world outlives a killed supervisor on purpose; a test's end is its end. */
function endWorld(dataDir: string): void {
  const file = join(dataDir, 'sandbox/world.json');
  if (!existsSync(file)) return;
  const { pid } = z.object({ pid: z.number() }).parse(JSON.parse(readFileSync(file, 'utf8')));
  const world = processesOf(dataDir).find((info) => info.pid === pid);
  if (world) endProcess(world, 'SIGTERM');
}

/** A refused or cut connection is what a killed product looks like. */
async function unlessDown<T>(probe: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof TypeError && error.message === 'fetch failed') return undefined;
    throw error;
  }
}
