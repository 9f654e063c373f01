import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Fault } from '../../shared/world.ts';
import { type ApiLedger, type ApiOrder, apiClientSchema } from '../helpers/api-shapes.ts';
import { auditDifferences } from '../helpers/audit.ts';
import { endProcess, processInfo, stillRuns } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { Random } from '../simulation/random.ts';
import { Shoppers } from './shoppers.ts';

const PEOPLE = 8;
/** After a round everything must have come to rest within this long. */
const SETTLE_MS = 150_000;

export interface ChaosReport {
  kills: number;
  stops: number;
  faults: number;
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

/** Kills, stops and misleads the real product under load, round after round, and compares its books with the ledger after each. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const product = await startProduct();
  try {
    return await new Chaos(product, options).run();
  } finally {
    await product.close();
  }
}

class Chaos {
  readonly #product: Product;
  readonly #options: ChaosOptions;
  readonly #random: Random;
  readonly #report: ChaosReport = {
    kills: 0,
    stops: 0,
    faults: 0,
    rounds: 0,
    orders: 0,
    served: 0,
    statuses: {},
    problems: [],
  };

  constructor(product: Product, options: ChaosOptions) {
    this.#product = product;
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
    while (this.#report.kills < target) {
      await this.#progress(shoppers, random.int(1, 12));
      switch (random.weighted({ supervisor: 3, worker: 3, both: 1, stopped: 1, fault: 6 })) {
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
        case 'stopped':
          await this.#stop(random.chance(0.5) ? this.#product.supervisor.pid : undefined, clientIds);
          break;
        case 'fault':
          await this.#misbehave();
      }
    }
  }

  /** Blows follow what people get done, not the clock, so that a slow machine is not only ever starting. */
  async #progress(shoppers: Shoppers, steps: number): Promise<void> {
    const target = shoppers.steps + steps;
    const givesUpAt = Date.now() + 10_000;
    while (shoppers.steps < target && Date.now() < givesUpAt) await delay(20);
  }

  async #killSupervisor(): Promise<void> {
    await this.#product.kill('SIGKILL');
    this.#report.kills += 1;
    await this.#product.restart();
  }

  async #killWorker(clientId: string): Promise<void> {
    const { pid } = await this.#product.client(clientId);
    const info = pid === undefined ? undefined : processInfo(pid);
    if (!info) return;
    endProcess(info, 'SIGKILL');
    this.#report.kills += 1;
  }

  /** SIGSTOP for a while, then SIGCONT: a process that wakes up late must do no harm. */
  async #stop(supervisorPid: number | undefined, clientIds: readonly string[]): Promise<void> {
    const pid = supervisorPid ?? (await this.#product.client(this.#random.pick(clientIds))).pid;
    const info = pid === undefined ? undefined : processInfo(pid);
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
        const health = await this.#product.call(
          z.object({ orders: z.object({ open: z.number() }) }),
          'GET',
          '/health',
        );
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
