/**
 * What the supervision of workers costs and how fast it is, on the built product with many sandbox clients.
 * `npm run bench:workers [clients]`: about three minutes on a machine that has nothing else to do. `npm run bench:workers 50 kill`: only
 * what a shop's customers notice when all other workers are killed at once, with the launch rules as they are and without them.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readMemory, readProcessTable, treeOf } from '../../supervisor/workers/processes.ts';
import { descendants } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { loggedInClient, startOnWhatsApp } from '../whatsapp-web/shop.ts';
import { SimulatedWhatsApp } from '../whatsapp-web/simulated/server.ts';
import { latencies, SteadyTalk } from './steady-talk.ts';

const count = Number(process.argv[2] ?? 100);
const TICKS_PER_SECOND = 100;
/** The longest that the product's own figure of its event loop reaches back: no start is in it then. */
const IDLE_MS = 61_000;
/** What a talk's first answers take is not counted: they load what nobody has needed yet. */
const WARM_UP_MS = 2_000;
const CALM_MS = 8_000;
const READY_WITHIN_MS = 120_000;
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

console.log(`Node ${process.version}, ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}\n`);
row('', 'measured', 'goal');
if (process.argv[3] === 'kill') {
  await onProduct((target) => benchKills(target, 'launch rules as they are', {}));
  await onProduct((target) => benchKills(target, 'all launched at once', { sandboxStartsAtOnce: 1_000 }));
} else {
  await onProduct(bench);
  await benchBrowser();
}

async function onProduct(work: (target: Product) => Promise<void>): Promise<void> {
  const product = await startProduct();
  try {
    await work(product);
  } finally {
    await product.close();
  }
}

async function bench(target: Product): Promise<void> {
  await settings(target, { memoryCheckSeconds: 5, crashRetrySeconds: [1] });
  const from = performance.now();
  await makeClients(target);
  const all = await target.waitFor('all to be ready', () => everyoneReady(target), READY_WITHIN_MS);
  row(`${all.length} sandbox clients made and ready`, seconds(performance.now() - from), 'all ready');

  const memory = await memoryAgainstKernel(target);
  row('memory reported, worst difference to the kernel', `${(memory.worst * 100).toFixed(1)} %`, '5 %');
  row('memory per worker (PSS), median', `${(memory.medianBytes / 1e6).toFixed(1)} MB`);

  // As it comes: measuring memory more often than anybody does would be no idling.
  await settings(target, { memoryCheckSeconds: 30 });
  const before = cpuTicks(target.supervisor.pid);
  await delay(IDLE_MS);
  const used = (cpuTicks(target.supervisor.pid) - before) / TICKS_PER_SECOND / (IDLE_MS / 1_000);
  row(
    `processor use of the idle supervisor, over ${seconds(IDLE_MS)}`,
    `${(used * 100).toFixed(1)} %`,
    '5 %',
  );
  const { eventLoop } = await target.call(healthSchema, 'GET', '/health');
  row('event loop of the idle supervisor, p99 late', `${eventLoop.p99Ms} ms`, '20 ms');

  const [first, second, third, ...others] = all;
  if (!first?.pid || !second?.pid || !third) throw new Error('at least three clients are needed');
  const crash = await strike(target, first.id, () => kill(first.pid, 'SIGKILL'));
  row('crash noticed after', `${crash.noticedMs.toFixed(0)} ms`, '200 ms');
  row('ready again after its back-off (1 s) in', seconds(crash.readyMs - crash.noticedMs - 1_000), '2 s');
  const hang = await strike(target, second.id, () => kill(second.pid, 'SIGSTOP'));
  row('hang (SIGSTOP) noticed after', seconds(hang.noticedMs), '20 s');

  await killAll(target, third, others.slice(0, 50));

  const stopping = performance.now();
  const { code } = await target.stop();
  row(
    `SIGTERM with ${all.length} clients: exit ${code} after`,
    seconds(performance.now() - stopping),
    '25 s',
  );
  const left = target.leftovers().filter(({ command }) => command.includes('--client='));
  row('processes left', String(left.length), '0');
}

async function benchKills(target: Product, how: string, launchRules: object): Promise<void> {
  await settings(target, { crashRetrySeconds: [1], ...launchRules });
  await makeClients(target);
  const all = await target.waitFor('all to be ready', () => everyoneReady(target), READY_WITHIN_MS);
  row(how, `load ${loadavg()[0]?.toFixed(1)}`);
  const [talking, ...others] = all;
  if (talking) await killAll(target, talking, others);
}

/** Kills the workers of all `victims` at once while customers talk to the bot of `talking`. */
async function killAll(target: Product, talking: Seen, victims: readonly Seen[]): Promise<void> {
  const talk = await SteadyTalk.begin(target, talking.id);
  await delay(WARM_UP_MS);
  const calm = talk.phase();
  await delay(CALM_MS);
  const during = talk.phase();
  const killed = new Set(victims.map(({ pid }) => pid));
  const from = performance.now();
  for (const pid of killed) kill(pid, 'SIGKILL');
  await target.waitFor(
    'all to be ready again',
    async () => {
      // Seldom, because the answer is long and what is measured meanwhile should not be this question.
      await delay(250);
      const now = await everyoneReady(target);
      // A dead one may not have been noticed yet.
      return now && !now.some(({ pid }) => killed.has(pid));
    },
    READY_WITHIN_MS,
  );
  const backMs = performance.now() - from;
  talk.phase();
  await talk.end();
  row("answers to another shop's customers, p50 / p99 / max", latencies(calm));
  row(`  from the killing of ${victims.length} workers until all are back`, latencies(during), 'as before');
  row(`all ${victims.length} ready again after`, seconds(backMs));
  const untouched = (await clientsOf(target)).find(({ id }) => id === talking.id);
  row('  the untouched worker is the same process', untouched?.pid === talking.pid ? 'yes' : 'no', 'yes');
}

/** A shop on the simulated WhatsApp Web, in a real browser. */
async function benchBrowser(): Promise<void> {
  const whatsapp = await SimulatedWhatsApp.start();
  try {
    const target = await startOnWhatsApp(whatsapp);
    try {
      const { id, pid } = await loggedInClient(target, whatsapp);
      const browser = descendants(pid ?? 0).find(({ command }) => /--user-data-dir/.test(command));
      const dead = await strike(target, id, () => kill(browser?.pid, 'SIGKILL'));
      row('dead browser noticed after', `${dead.noticedMs.toFixed(0)} ms`, '1000 ms');
      row('ready again after its back-off (5 s) in', seconds(dead.readyMs - dead.noticedMs - 5_000));
    } finally {
      await target.close();
    }
  } finally {
    await whatsapp.close();
  }
}

async function makeClients(target: Product): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await target.call(z.unknown(), 'POST', '/api/v1/clients', { name: `Shop ${index}`, mode: 'sandbox' });
  }
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
async function strike(target: Product, id: string, hit: () => void) {
  const { pid } = await target.client(id);
  const from = performance.now();
  hit();
  let noticedMs: number | undefined;
  for (;;) {
    const { state, pid: now } = await target.client(id);
    const elapsedMs = performance.now() - from;
    if (elapsedMs > READY_WITHIN_MS)
      throw new Error(`${id} is ${state} ${seconds(elapsedMs)} after the strike`);
    if (state !== 'ready') noticedMs ??= elapsedMs;
    else if (now !== pid && noticedMs !== undefined) return { noticedMs, readyMs: elapsedMs };
    await delay(2);
  }
}

async function memoryAgainstKernel(target: Product): Promise<{ worst: number; medianBytes: number }> {
  await target.waitFor('every worker to be measured', async () =>
    (await clientsOf(target)).every(({ memoryBytes }) => memoryBytes !== undefined),
  );
  // What was measured while others still started has changed since, because all share the same pages: another round, please.
  const early = new Map((await clientsOf(target)).map(({ pid, memoryBytes }) => [pid, memoryBytes]));
  await target.waitFor(
    'every worker to be measured anew',
    async () => (await clientsOf(target)).every(({ pid, memoryBytes }) => early.get(pid) !== memoryBytes),
    READY_WITHIN_MS,
  );
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

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) throw new Error('no process to strike');
  process.kill(pid, signal);
}

async function settings(target: Product, values: object): Promise<void> {
  await target.call(z.unknown(), 'PATCH', '/api/v1/settings', values);
}

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function row(what: string, value: string, goal = ''): void {
  console.log(`${what.padEnd(58)} ${value.padEnd(24)} ${goal}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
