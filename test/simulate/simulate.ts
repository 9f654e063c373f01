import { setTimeout as delay } from 'node:timers/promises';
import { auditDifferences } from '../helpers/audit.ts';
import type { ProductApi } from '../helpers/product-api.ts';
import { Crowd } from './crowd.ts';
import { Gauges } from './gauges.ts';
import { PhoneNetwork } from './network.ts';
import type { SimulateOptions } from './options.ts';
import { progressLine, table } from './report.ts';
import { Results } from './results.ts';
import { openLimits, openShops } from './shops.ts';

/** Orders that nobody waits for any more (a callback on its way) get this long to come to rest. */
const REST_LIMIT_MS = 20_000;
/** Phone numbers of one run on a product that has seen others. */
const PHONES_PER_RUN = 50_000;
const RUNS = 90;

export interface Output {
  /** A line that stays. */
  line(text: string): void;
  /** A line that the next one may replace. */
  progress(text: string): void;
}

/** Drives a running product, waits for its orders to come to rest, audits them. @returns true when nothing was wrong */
export async function simulate(
  run: {
    readonly product: ProductApi;
    readonly supervisorPid: number | undefined;
    readonly options: SimulateOptions;
    /** Ends the load early. */
    readonly signal: AbortSignal;
  },
  output: Output,
): Promise<boolean> {
  const { product, options, signal } = run;
  const closeLimits = await openLimits(product);
  output.line(
    'Opened for this run: 20 prompts per payer and hour (setting promptsPerPayerPerHour), 1,000 messages in a row per chat (messagesInARow), a simulated float of KES 50,000,000.',
  );
  const results = new Results();
  const gauges = new Gauges(product, run.supervisorPid);
  const network = new PhoneNetwork(product);
  try {
    const clientIds = await openShops(product, options.clients);
    const crowd = new Crowd(
      { ...options, clientIds, firstPhone: (Math.floor(Date.now() / 1_000) % RUNS) * PHONES_PER_RUN },
      { network, results },
    );
    await network.listen((error) => {
      results.fail(error.message);
      crowd.end();
    });
    const seconds = await load(crowd, { results, gauges, options, signal }, output);
    const differences = await audited(product);
    output.line(`\n${table(results, gauges, { options, seconds, differences })}`);
    for (const text of results.failureTexts) output.line(`failure: ${text}`);
    for (const text of differences) output.line(`difference: ${text}`);
    return results.failures === 0 && differences.length === 0;
  } finally {
    await network.close();
    await closeLimits();
  }
}

/** The crowd at work, a progress line each second. @returns how long it wrote messages */
async function load(
  crowd: Crowd,
  run: {
    readonly results: Results;
    readonly gauges: Gauges;
    readonly options: SimulateOptions;
    readonly signal: AbortSignal;
  },
  output: Output,
): Promise<number> {
  const { results, gauges, options, signal } = run;
  const startedAtMs = performance.now();
  const elapsedS = (): number => (performance.now() - startedAtMs) / 1_000;
  let over = false;
  const done = crowd.run().finally(() => {
    over = true;
  });
  let seconds: number | undefined;
  const totalSeconds = options.warmUpSeconds + options.seconds;
  for (let tick = 1; !over; tick += 1) {
    results.counting = elapsedS() >= options.warmUpSeconds;
    await Promise.race([done, delay(Math.max(1, startedAtMs + tick * 1_000 - performance.now()))]);
    if (seconds === undefined) {
      await gauges.read(results.counting ? results.messages : undefined);
      if (elapsedS() >= totalSeconds || signal.aborted) {
        seconds = elapsedS();
        crowd.end();
      }
    }
    const doing = seconds === undefined ? '' : ' · no new messages, purchases end';
    output.progress(progressLine(results, gauges, Math.round(elapsedS())) + doing);
  }
  return seconds ?? elapsedS();
}

/** Every order's differences from what the simulated world really did, once the orders have come to rest. */
async function audited(product: ProductApi): Promise<readonly string[]> {
  const simulated = async () => (await product.orders()).filter(({ mode }) => mode !== 'live');
  const deadlineMs = performance.now() + REST_LIMIT_MS;
  let orders = await simulated();
  while (orders.some(({ status }) => status === 'open') && performance.now() < deadlineMs) {
    await delay(250);
    orders = await simulated();
  }
  return [
    ...orders
      .filter(({ status }) => status === 'open' || status === 'attention')
      .map(
        ({ orderNo, status, payment, delivery }) =>
          `order ${orderNo} did not come to its end: ${status} (payment ${payment.state}, delivery ${delivery.state})`,
      ),
    ...auditDifferences(orders, await product.ledger()),
  ];
}
