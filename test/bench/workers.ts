/**
 * What the supervision of workers costs and how fast it is, on the built product with many sandbox clients.
 * `npm run bench:workers [clients]`
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readMemory, readProcessTable, treeOf } from '../../supervisor/workers/processes.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const count = Number(process.argv[2] ?? 100);
const TICKS_PER_SECOND = 100;
const IDLE_MS = 20_000;

const clientsSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      pid: z.number().optional(),
      memoryBytes: z.number().optional(),
    }),
  ),
});
const healthSchema = z.object({
  eventLoop: z.object({ p50Ms: z.number(), p99Ms: z.number(), maxMs: z.number() }),
});

const product = await startProduct();
try {
  await bench(product);
} finally {
  await product.close();
}

async function bench(target: Product): Promise<void> {
  await target.call(z.unknown(), 'PATCH', '/api/v1/settings', {
    memoryCheckSeconds: 5,
    crashRetrySeconds: [1],
  });
  const from = performance.now();
  for (let index = 0; index < count; index += 1) {
    await target.call(z.unknown(), 'POST', '/api/v1/clients', { name: `Shop ${index}`, mode: 'sandbox' });
  }
  const all = await target.waitFor('all to be ready', () => everyoneReady(target), 300_000);
  row(`${all.length} sandbox clients made and ready`, seconds(performance.now() - from));

  const memory = await memoryAgainstKernel(target);
  row('memory reported, worst difference to the kernel', `${(memory.worst * 100).toFixed(1)} %`);
  row('memory per worker (PSS), median', `${(memory.medianBytes / 1e6).toFixed(1)} MB`);

  const before = cpuTicks(target.supervisor.pid);
  await delay(IDLE_MS);
  const used = (cpuTicks(target.supervisor.pid) - before) / TICKS_PER_SECOND / (IDLE_MS / 1_000);
  row('processor use of the idle supervisor', `${(used * 100).toFixed(1)} % of a core`);
  const { eventLoop } = await target.call(healthSchema, 'GET', '/health');
  row('event loop of the supervisor, p99', `${eventLoop.p99Ms} ms`);

  const [first, second, third, ...others] = all;
  if (!first?.pid || !second?.pid || !third) throw new Error('at least three clients are needed');
  const crash = await strike(target, first, 'SIGKILL');
  row('crash noticed after', `${crash.noticedMs.toFixed(0)} ms`);
  row('ready again after its back-off (1 s) in', seconds(crash.readyMs - crash.noticedMs - 1_000));
  const hang = await strike(target, second, 'SIGSTOP');
  row('hang (SIGSTOP) noticed after', seconds(hang.noticedMs));

  const victims = others.slice(0, Math.min(50, others.length));
  const customer = new Customer(target, third.id, '254700000042');
  const calm = await talk(customer, 5);
  for (const { pid } of victims) if (pid !== undefined) process.kill(pid, 'SIGKILL');
  const during = await talk(customer, 5);
  row(`slowest answer to another customer: before`, `${calm.toFixed(0)} ms`);
  row(`  while ${victims.length} workers are killed at once`, `${during.toFixed(0)} ms`);
  const again = performance.now();
  await target.waitFor('all to be ready again', () => everyoneReady(target), 300_000);
  row(`all ${victims.length} ready again after`, seconds(performance.now() - again));

  const stopping = performance.now();
  const { code } = await target.stop();
  row(`SIGTERM with ${all.length} clients: exit ${code} after`, seconds(performance.now() - stopping));
  row(
    'processes left',
    String(target.leftovers().filter(({ command }) => command.includes('--client=')).length),
  );
}

type Seen = z.infer<typeof clientsSchema>['items'][number];

async function clientsOf(target: Product): Promise<Seen[]> {
  return (await target.call(clientsSchema, 'GET', '/api/v1/clients')).items;
}

async function everyoneReady(target: Product): Promise<Seen[] | false> {
  const items = await clientsOf(target);
  return items.every(({ state }) => state === 'ready') && items;
}

/** Asked over the API every few milliseconds, which is part of what is measured. */
async function strike(target: Product, { id, pid }: Seen, signal: NodeJS.Signals) {
  if (pid === undefined) throw new Error('no process to strike');
  const from = performance.now();
  process.kill(pid, signal);
  let noticedMs: number | undefined;
  for (;;) {
    const { state, pid: now } = await target.client(id);
    if (state !== 'ready') noticedMs ??= performance.now() - from;
    else if (now !== pid && noticedMs !== undefined) return { noticedMs, readyMs: performance.now() - from };
    await delay(2);
  }
}

async function memoryAgainstKernel(target: Product): Promise<{ worst: number; medianBytes: number }> {
  await target.waitFor('every worker to be measured', async () =>
    (await clientsOf(target)).every(({ memoryBytes }) => memoryBytes !== undefined),
  );
  // Another round: what was measured while others still started has changed since.
  await delay(8_000);
  const table = await readProcessTable();
  let worst = 0;
  const all: number[] = [];
  for (const { pid, memoryBytes } of await clientsOf(target)) {
    if (pid === undefined || memoryBytes === undefined) continue;
    let kernel = 0;
    for (const process of treeOf(table, pid)) kernel += (await readMemory(process.pid)) ?? 0;
    worst = Math.max(worst, Math.abs(memoryBytes - kernel) / kernel);
    all.push(memoryBytes);
  }
  return { worst, medianBytes: all.sort((one, other) => one - other)[Math.floor(all.length / 2)] ?? 0 };
}

/** @returns the slowest answer, in milliseconds */
async function talk(customer: Customer, times: number): Promise<number> {
  let slowest = 0;
  for (let turn = 0; turn < times; turn += 1) {
    const from = performance.now();
    await customer.say('menu', screens.menu);
    slowest = Math.max(slowest, performance.now() - from);
  }
  return slowest;
}

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function row(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(56)} ${value}\n`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
