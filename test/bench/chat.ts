import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../shared/clock.ts';
import type { MachineState } from '../../shared/conversation.ts';
import { silentLogger } from '../../shared/logger.ts';
import { Outbox } from '../../supervisor/chats/outbox.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import { createWorkerPool } from '../../supervisor/workers/pool.ts';
import { next } from '../../worker/conversation/machine.ts';
import { aClient } from '../helpers/a-client.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { ScriptedGateways } from '../orders/scripted-gateways.ts';
import { Samples } from '../simulate/samples.ts';
import { BENCH_TOKEN, BenchNetwork } from './chat-network.ts';
import { CONVERSATIONS, contextFor, messages, phoneOf } from './script.ts';

/*
 * `npm run bench:chat`: what one message costs, from the chat network's socket and back to it, with 1,000 conversations known. The
 * contestants take turns in rounds of one run, so that whatever else the machine does meets them alike.
 */
const ROUNDS = 5;
const MESSAGES_PER_ROUND = 400;
const AT_ONCE = 64;

interface Contestant {
  readonly name: string;
  readonly durable: string;
  say(phone: string, text: string): Promise<number>;
  close(): Promise<void>;
}

/** The product's own parts: a forked worker, turns, the journal on disk, the outbox. */
async function ours(): Promise<Contestant> {
  const folder = temporaryFolder('bench-chat');
  const network = await BenchNetwork.start();
  const clock = systemClock;
  const logger = silentLogger;
  const stores = await openStores({
    dataDir: folder.path,
    clock,
    logger,
    onFatal: (error) => {
      throw error;
    },
  });
  const { gateways } = new ScriptedGateways();
  const float = new FloatKeeper({ stores, gateways, clock });
  const sales = new DaySales(stores);
  sales.start(clock.now());
  const turns = createTurns({
    stores,
    gateways,
    float,
    sales,
    clock,
    ephemeralDisk: false,
    stopping: () => false,
  });
  const pool = createWorkerPool({
    stores,
    turns,
    clock,
    logger,
    dataDir: folder.path,
    world: () => ({ host: '127.0.0.1', chatPort: network.port, token: BENCH_TOKEN }),
    entry: fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url)),
  });
  const outbox = new Outbox({ stores, sender: pool, clock, logger });
  await stores.transact((tx) => tx.clients.put(aClient('cl_bench')));
  outbox.start();
  await pool.startAll();
  return {
    name: 'this product (worker process, journal)',
    durable: 'yes, fdatasync',
    say: (phone, text) => network.say(phone, text),
    async close() {
      await pool.shutdown();
      outbox.close();
      await network.close();
      await stores.close();
      folder.remove();
    },
  };
}

/** See naive-bot.ts. */
async function naive(): Promise<Contestant> {
  const folder = temporaryFolder('bench-naive');
  const network = await BenchNetwork.start();
  const entry = fileURLToPath(new URL('./naive-bot.ts', import.meta.url));
  const bot = fork(entry, [String(network.port), join(folder.path, 'conversations.json')]);
  return {
    name: 'naive bot (one JSON file, rewritten)',
    durable: 'no',
    say: (phone, text) => network.say(phone, text),
    async close() {
      bot.kill('SIGTERM');
      await once(bot, 'exit');
      await network.close();
      folder.remove();
    },
  };
}

/** Nothing but the menu machine in this process: nobody can be quicker, and nothing of it survives. */
async function floor(): Promise<Contestant> {
  const states = new Map<string, MachineState>();
  return {
    name: 'the menu machine alone (floor)',
    durable: 'no',
    async say(phone, text) {
      const startedMs = performance.now();
      const context = contextFor(phone);
      const input = { kind: 'text' as const, text, sentAt: context.now };
      states.set(phone, next(states.get(phone) ?? null, input, context).state);
      return performance.now() - startedMs;
    },
    close: async () => undefined,
  };
}

/** Customer after customer, `atOnce` of them at a time, each writing his next message. */
async function talk(bot: Contestant, from: number, count: number, atOnce: number): Promise<Samples> {
  const samples = new Samples();
  let index = from;
  const one = async (): Promise<void> => {
    while (index < from + count) {
      const mine = index++;
      const text = messages[Math.floor(mine / CONVERSATIONS) % messages.length] ?? 'hi';
      samples.add(await bot.say(phoneOf(mine), text));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return samples;
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

interface Figures {
  readonly bot: Contestant;
  readonly p50Ms: number[];
  readonly p99Ms: number[];
  readonly perSecond: number[];
  next: number;
}

async function measure(contestants: readonly Contestant[]): Promise<readonly Figures[]> {
  const all = contestants.map((bot): Figures => ({ bot, p50Ms: [], p99Ms: [], perSecond: [], next: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const figures of all) {
      const single = await talk(figures.bot, figures.next, MESSAGES_PER_ROUND, 1);
      figures.next += MESSAGES_PER_ROUND;
      figures.p50Ms.push(single.quantile(0.5) ?? 0);
      figures.p99Ms.push(single.quantile(0.99) ?? 0);
      const startedMs = performance.now();
      await talk(figures.bot, figures.next, MESSAGES_PER_ROUND, AT_ONCE);
      figures.next += MESSAGES_PER_ROUND;
      figures.perSecond.push((MESSAGES_PER_ROUND * 1_000) / (performance.now() - startedMs));
    }
  }
  return all;
}

const heapBefore = heapBytes();
const product = await ours();
const heapEmpty = heapBytes();
await talk(product, 0, CONVERSATIONS, AT_ONCE);
const heapFull = heapBytes();
const contestants = [product, await naive(), await floor()];
for (const bot of contestants.slice(1)) await talk(bot, 0, CONVERSATIONS, AT_ONCE);
const figures = await measure(contestants);
for (const bot of contestants) await bot.close();

const number = (value: number): string => (value < 1 ? value.toFixed(3) : value.toFixed(value < 100 ? 1 : 0));
const base = figures[0];
console.log(
  `\nMessage → reply with ${CONVERSATIONS} conversations: medians of ${ROUNDS} rounds of ${MESSAGES_PER_ROUND} messages each way`,
);
console.log(
  `Node ${process.version}, ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)} (own load included)\n`,
);
console.log('| design | survives a power cut | p50 ms | p99 ms | messages/s, 64 at once | ours is |');
console.log('|---|---|---:|---:|---:|---|');
for (const { bot, p50Ms, p99Ms, perSecond } of figures) {
  const ratio = median(p50Ms) / median(base?.p50Ms ?? p50Ms);
  const rate = median(base?.perSecond ?? perSecond) / median(perSecond);
  const compared = bot === product ? '–' : `${number(ratio)} × as quick, ${number(rate)} × the rate`;
  const cells = [median(p50Ms), median(p99Ms), median(perSecond)].map(number);
  console.log(`| ${bot.name} | ${bot.durable} | ${cells.join(' | ')} | ${compared} |`);
}
const stepUs = median(figures.at(-1)?.p50Ms ?? []) * 1_000;
console.log(`\nOne step of the menu machine: ${stepUs.toFixed(0)} µs (median).`);
console.log(
  `Memory of a conversation in the supervisor: ${((heapFull - heapEmpty) / CONVERSATIONS / 1_024).toFixed(1)} KB of heap (${((heapFull - heapEmpty) / 2 ** 20).toFixed(1)} MB for ${CONVERSATIONS}); stores, turns and pool without any: ${((heapEmpty - heapBefore) / 2 ** 20).toFixed(1)} MB.`,
);
process.exit();
