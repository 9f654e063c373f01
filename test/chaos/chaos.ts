import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Fault } from '../../shared/world.ts';
import { type ApiLedger, type ApiOrder, apiClientSchema } from '../helpers/api-shapes.ts';
import { auditDifferences } from '../helpers/audit.ts';
import { endProcess, type ProcessInfo, processInfo, stillRuns } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { dataFolderOn, mountSmallDisk, type SmallDisk } from '../helpers/small-disk.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { Random } from '../simulation/random.ts';
import { Shoppers } from './shoppers.ts';

const storageSchema = z.object({ storage: z.object({ writable: z.boolean() }) });

const PEOPLE = 8;
/** After a round everything must have come to rest within this long. */
const SETTLE_MS = 150_000;

export interface ChaosReport {
  kills: number;
  stops: number;
  faults: number;
  /** How often the disk was full; stays 0 where mounting a small one is not permitted. */
  fullDisks: number;
  rounds: number;
  orders: number;
  served: number;
  readonly statuses: Record<string, number>;
  readonly problems: string[];
}

export interface ChaosOptions {
  readonly seed: number;
  /** Rounds of disturbance, each followed by an audit, go on until this much time has passed and `kills` have been dealt. */
  readonly durationMs: number;
  readonly killsPerRound: number;
  readonly minKills: number;
  readonly say: (line: string) => void;
}

/** Room for the product's reserve and what a run writes down. */
const DISK_MEGABYTES = 128;

/**
 * Kills, stops and misleads the real product under load, fills its disk, round after round, and compares its books with the
 * ledger after each.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const disk = mountSmallDisk(DISK_MEGABYTES);
  if (!disk) options.say('mounting a small disk is not permitted here: the disk will not be full');
  const worldFolder = temporaryFolder('chaos-world');
  let product: Product | undefined;
  try {
    product = await startProduct(disk ? { dataDir: dataFolderOn(disk, worldFolder.path) } : {});
    return await new Chaos(product, disk, options).run();
  } finally {
    await product?.close();
    disk?.remove();
    worldFolder.remove();
  }
}

class Chaos {
  readonly #product: Product;
  readonly #disk: SmallDisk | undefined;
  readonly #options: ChaosOptions;
  readonly #random: Random;
  readonly #report: ChaosReport = {
    kills: 0,
    stops: 0,
    faults: 0,
    fullDisks: 0,
    rounds: 0,
    orders: 0,
    served: 0,
    statuses: {},
    problems: [],
  };

  constructor(product: Product, disk: SmallDisk | undefined, options: ChaosOptions) {
    this.#product = product;
    this.#disk = disk;
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<ChaosReport> {
    const { durationMs, minKills, say } = this.#options;
    const report = this.#report;
    const clientIds = [await this.#client('Chaos one'), await this.#client('Chaos two')];
    const shoppers = new Shoppers(this.#product, new Random(this.#options.seed + 1), clientIds);
    const endsAt = Date.now() + durationMs;
    while (report.problems.length === 0 && (Date.now() < endsAt || report.kills < minKills)) {
      const shopping = shoppers.shop(PEOPLE);
      await this.#disturb(clientIds, shoppers);
      shoppers.close();
      await this.#calm();
      await shopping;
      const orders = await this.#settle();
      const ledger = await this.#product.ledger();
      const differences = auditDifferences(orders, ledger);
      report.problems.push(...differences);
      if (differences.length > 0) say(evidence(differences, orders, ledger));
      report.rounds += 1;
      report.orders = orders.length;
      report.served = shoppers.served;
      for (const status of Object.keys(report.statuses)) delete report.statuses[status];
      for (const { status } of orders) report.statuses[status] = (report.statuses[status] ?? 0) + 1;
      say(`round ${report.rounds}: ${JSON.stringify(report)}`);
    }
    return report;
  }

  async #client(name: string): Promise<string> {
    const body = {
      name,
      mode: 'sandbox',
      overrides: { promptsPerPayerPerHour: 20, payersPerChatPerDay: 50 },
    };
    const { id } = await this.#product.call(apiClientSchema, 'POST', '/api/v1/clients', body);
    await this.#product.readyClient(id);
    return id;
  }

  async #disturb(clientIds: readonly string[], shoppers: Shoppers): Promise<void> {
    const random = this.#random;
    const target = this.#report.kills + this.#options.killsPerRound;
    // Once in each round at a place of its own, so that a short run meets it too.
    const fullDiskAt = this.#disk && this.#report.kills + random.int(0, this.#options.killsPerRound - 1);
    let diskWasFull = false;
    while (this.#report.kills < target) {
      await this.#progress(shoppers, random.int(1, 12));
      if (fullDiskAt !== undefined && !diskWasFull && this.#report.kills >= fullDiskAt) {
        diskWasFull = true;
        await this.#fullDisk(shoppers, clientIds);
        continue;
      }
      switch (random.weighted({ supervisor: 3, worker: 3, both: 1, world: 1, stopped: 1, fault: 6 })) {
        case 'supervisor':
          await this.#killSupervisor();
          break;
        case 'worker':
          await this.#killWorker(random.pick(clientIds));
          break;
        case 'both':
          await this.#killWorker(random.pick(clientIds));
          await this.#killSupervisor();
          break;
        case 'world':
          await this.#killWorld();
          break;
        case 'stopped':
          await this.#stop(random.chance(0.5) ? this.#product.supervisor.pid : undefined, clientIds);
          break;
        case 'fault':
          await this.#misbehave();
      }
    }
  }

  /** Blows follow what people get done, not the clock, so that a slow machine is not only ever starting. */
  async #progress(shoppers: Shoppers, steps: number, patienceMs = 10_000): Promise<void> {
    const target = shoppers.steps + steps;
    const givesUpAt = Date.now() + patienceMs;
    while (shoppers.steps < target && Date.now() < givesUpAt) await delay(20);
  }

  async #killSupervisor(): Promise<void> {
    await this.#product.kill('SIGKILL');
    this.#report.kills += 1;
    await this.#product.restart();
  }

  async #killWorker(clientId: string): Promise<void> {
    const info = await this.#worker(clientId);
    if (!info) return;
    endProcess(info, 'SIGKILL');
    this.#report.kills += 1;
  }

  async #worker(clientId: string): Promise<ProcessInfo | undefined> {
    const { pid } = await this.#product.waitFor('the client’s process id', async () => {
      const answer = await this.#product.api('GET', `/api/v1/clients/${clientId}`);
      // While the disk is full it may have to be asked again.
      if (answer.status >= 500) return undefined;
      return { pid: apiClientSchema.parse(answer.body).pid };
    });
    return pid === undefined ? undefined : processInfo(pid);
  }

  /** Both gateways, the phones and the chat network at once. The supervisor starts it again; its ledger is on its own disk. */
  async #killWorld(): Promise<void> {
    const file = readFileSync(join(this.#product.dataDir, 'sandbox/world.json'), 'utf8');
    const info = processInfo(z.object({ pid: z.number() }).parse(JSON.parse(file)).pid);
    if (!info) return;
    endProcess(info, 'SIGKILL');
    this.#report.kills += 1;
    await this.#product.waitFor('the simulated world to be there again', async () => {
      const { status } = await this.#product.api('GET', '/api/v1/sandbox/ledger');
      return !stillRuns(info) && status === 200;
    });
  }

  /** For a while there is only the reserve, sometimes not even that; a kill in the middle must be survived too. */
  async #fullDisk(shoppers: Shoppers, clientIds: readonly string[]): Promise<void> {
    const random = this.#random;
    this.#disk?.fill();
    this.#report.fullDisks += 1;
    await this.#progress(shoppers, random.int(1, 12), 3_000);
    if (random.chance(0.5)) {
      this.#disk?.fill();
      await this.#progress(shoppers, random.int(1, 6), 3_000);
    }
    if (random.chance(0.5)) await this.#killWorker(random.pick(clientIds));
    if (random.chance(0.5)) {
      await this.#product.kill('SIGKILL');
      this.#report.kills += 1;
    }
    this.#disk?.empty();
    if (this.#product.supervisor.ending) await this.#product.restart();
    await this.#product.waitFor('selling to go on with room on the disk', async () => {
      // 503 until it is.
      const { body } = await this.#product.api('GET', '/health');
      return storageSchema.parse(body).storage.writable;
    });
  }

  /** SIGSTOP for a while, then SIGCONT: a process that wakes up late must do no harm. */
  async #stop(supervisorPid: number | undefined, clientIds: readonly string[]): Promise<void> {
    const info =
      supervisorPid === undefined
        ? await this.#worker(this.#random.pick(clientIds))
        : processInfo(supervisorPid);
    if (!info) return;
    endProcess(info, 'SIGSTOP');
    this.#report.stops += 1;
    await delay(this.#random.int(300, 2_500));
    if (stillRuns(info)) endProcess(info, 'SIGCONT');
  }

  async #misbehave(): Promise<void> {
    const random = this.#random;
    const times = random.int(1, 4);
    const delayMs = random.int(20, 400);
    const modes = ['slow', 'timeout-before', 'timeout-after', 'error-500', 'garbage', 'empty'] as const;
    const fault: Fault = { mode: random.pick(modes), times, delayMs };
    const faults = random.pick([
      { shadowPay: { ...fault, op: 'push' as const } },
      { shadowPay: { ...fault, op: 'status' as const, times: times * 3 } },
      { statum: { ...fault, op: 'airtime' as const } },
      // Not error-500: a network's "not delivered" that nobody hears cannot be known.
      {
        statum: {
          mode: random.pick(['slow', 'timeout-before', 'garbage', 'empty'] as const),
          op: 'callback' as const,
          times,
          delayMs,
        },
      },
      { statum: { mode: 'duplicate-callback' as const, times } },
      { statum: { mode: 'insufficient' as const, times: 1 } },
      { shadowPay: { mode: 'insufficient' as const, times: 1 } },
    ]);
    await this.#product.faults(faults);
    this.#report.faults += 1;
  }

  /** Nothing breaks any more, and whoever still has a prompt on the screen cancels it. */
  async #calm(): Promise<void> {
    await this.#product.faults({ shadowPay: { mode: 'ok' }, statum: { mode: 'ok' } });
    for (const { state, phone, checkoutRequestId } of (await this.#product.ledger()).prompts) {
      if (state !== 'pending') continue;
      const body = { answer: 'cancel', checkoutRequestId };
      await this.#product.api('POST', `/api/v1/sandbox/phones/${phone}/prompt`, body);
    }
  }

  /** Waits until no order is open. What waits for a person has come to rest. */
  async #settle(): Promise<readonly ApiOrder[]> {
    return this.#product.waitFor(
      'every order to come to an end or to a person',
      async () => {
        await this.#calm();
        const orders = await this.#product.orders();
        const { body } = await this.#product.api('GET', '/health');
        const health = z.object({ orders: z.object({ open: z.number() }) }).parse(body);
        if (health.orders.open === 0 && orders.every(({ status }) => status !== 'open')) return orders;
        await delay(500);
        return undefined;
      },
      SETTLE_MS,
    );
  }
}

/** The accused orders, and all that the ledger has for their phones. */
function evidence(differences: readonly string[], orders: readonly ApiOrder[], ledger: ApiLedger): string {
  return orders
    .filter(({ orderNo }) => differences.some((difference) => difference.includes(orderNo)))
    .flatMap((order) => [
      JSON.stringify(order),
      ...ledger.prompts
        .filter(({ phone }) => phone === order.payerPhone)
        .map((prompt) => JSON.stringify(prompt)),
      ...ledger.topUps
        .filter(({ phone }) => phone === order.recipientPhone)
        .map((topUp) => JSON.stringify(topUp)),
    ])
    .join('\n');
}
