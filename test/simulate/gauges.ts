import { z } from 'zod';
import type { ProductApi } from '../helpers/product-api.ts';
import { isWorkerOf, pssBytes } from './memory.ts';
import { ProcessorUse } from './processor.ts';

const healthSchema = z.object({
  memory: z.object({ rssBytes: z.number() }),
  workers: z.array(z.object({ clientId: z.string(), pid: z.number().optional() })),
  eventLoop: z.object({ p50Ms: z.number(), p99Ms: z.number(), maxMs: z.number() }),
});

/** What the product says of itself while it is driven, and what /proc says of its processes. */
export class Gauges {
  readonly #product: ProductApi;
  /** The supervisor's own process, where it is on this machine. */
  readonly #supervisorPid: number | undefined;
  eventLoop = { p50Ms: 0, p99Ms: 0, maxMs: 0 };
  /** PSS where it can be seen, else what the product itself tells (RSS). */
  supervisorBytes = 0;
  workerBytes: readonly number[] = [];
  readonly supervisorProcessor = new ProcessorUse();
  readonly workerProcessor = new ProcessorUse();

  constructor(product: ProductApi, supervisorPid: number | undefined) {
    this.#product = product;
    this.#supervisorPid = supervisorPid;
  }

  /**
   * The event loop's figures are of the worst half minute so far, the memory is that of now.
   * @param messages sent so far; undefined before they are counted
   */
  async read(messages: number | undefined): Promise<void> {
    const { memory, workers, eventLoop } = await this.#product.call(healthSchema, 'GET', '/health');
    for (const key of ['p50Ms', 'p99Ms', 'maxMs'] as const) {
      this.eventLoop[key] = Math.max(this.eventLoop[key], eventLoop[key]);
    }
    this.supervisorBytes =
      (this.#supervisorPid === undefined ? undefined : pssBytes(this.#supervisorPid)) ?? memory.rssBytes;
    const pids = workers.flatMap(({ clientId, pid }) =>
      pid !== undefined && isWorkerOf(pid, clientId) ? [pid] : [],
    );
    this.workerBytes = pids.map(pssBytes).filter((bytes) => bytes !== undefined);
    if (messages === undefined) return;
    if (this.#supervisorPid !== undefined) this.supervisorProcessor.read([this.#supervisorPid], messages);
    this.workerProcessor.read(pids, messages);
  }
}
