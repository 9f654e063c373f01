import { cpus, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { browserFlags, installedBrowsers } from '../../worker/chat/whatsapp/browser.ts';
import { SimulatedWhatsApp } from '../whatsapp-web/simulated/server.ts';
import { latencyTable } from './browser-latency.ts';
import { type BrowserSet, type Fleet, PlainFleet, productFleet } from './whatsapp-fleets.ts';

/*
 * `npm run bench:browser`: what a bot on WhatsApp costs. On the simulated WhatsApp Web: memory (PSS of each bot's whole tree of
 * processes) by browser and flags, one bot and ten; then the time from a customer's message to the reply against the plain
 * library's echo.
 *
 *   --clients 10      how many bots stand side by side
 *   --flags           also our flags without each one of them, and with some others
 *   --only memory     or latency
 *   --messages 300    how many are timed with one bot; with all of them it is as many together
 */
const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '10' },
    messages: { type: 'string', default: '300' },
    flags: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const CLIENTS = Number(values.clients);
/** A page that has just become ready still tidies up. */
const SETTLE_MS = 4_000;

const rootOnly = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const installed = installedBrowsers();
const kinds = (['headless-shell', 'chromium'] as const).flatMap((kind) => {
  const executablePath = installed[kind];
  return executablePath === undefined ? [] : [{ kind, executablePath, ours: browserFlags(kind, []) }];
});

const sets = (): BrowserSet[] =>
  kinds.flatMap(({ kind, executablePath, ours }) => [
    { name: `${kind}, Puppeteer's defaults`, executablePath, args: rootOnly },
    { name: `${kind}, our flags`, executablePath, args: ours },
  ]);

/** What would be without each of our flags, and with others. */
function singleFlags(): BrowserSet[] {
  const others = [
    '--js-flags=--max-semi-space-size=1',
    '--js-flags=--lite-mode',
    '--renderer-process-limit=1',
  ];
  return kinds.flatMap(({ kind, executablePath, ours }) => [
    ...ours
      .filter((flag) => !rootOnly.includes(flag))
      .map((flag) => ({
        name: `${kind}, without ${flag}`,
        executablePath,
        args: ours.filter((each) => each !== flag),
      })),
    ...others.map((flag) => ({ name: `${kind}, with ${flag}`, executablePath, args: [...ours, flag] })),
  ]);
}

const MB = 1_000_000;
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length);
const mb = (bytes: number): string => (bytes / MB).toFixed(0);

async function perBot(fleet: Fleet): Promise<{ node: number; browser: number; processes: number }> {
  await wait(SETTLE_MS);
  const trees = await fleet.memory();
  return {
    node: mean(trees.map(({ node }) => node)),
    browser: mean(trees.map(({ browser }) => browser)),
    processes: median(trees.map(({ processes }) => processes)),
  };
}

/** One line of the table. @returns bytes per bot with all of them, node included */
async function row(fleet: Fleet, clients: number): Promise<number> {
  await fleet.add();
  const one = await perBot(fleet);
  for (let index = 1; index < clients; index += 1) await fleet.add();
  const all = await perBot(fleet);
  const cells = [
    fleet.name,
    `${mb(one.browser)} + ${mb(one.node)}`,
    `${mb(all.browser)} + ${mb(all.node)}`,
    mb(all.browser + all.node),
    String(all.processes),
    median(fleet.startMs).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  return all.browser + all.node;
}

async function memoryTable(
  whatsapp: SimulatedWhatsApp,
  best: { kind: string; executablePath: string },
): Promise<void> {
  console.log(
    `| browser and flags | MB of one bot (browser + node) | each of ${CLIENTS} | together | processes | start → QR code, ms |`,
  );
  console.log('|---|---:|---:|---:|---:|---:|');
  const measure = async (set: BrowserSet): Promise<number> => {
    const fleet = new PlainFleet(whatsapp, set);
    return row(fleet, CLIENTS).finally(() => fleet.close());
  };
  let defaults: number | undefined;
  for (const set of sets()) {
    const bytes = await measure(set);
    if (set.executablePath === installed.chromium && set.args === rootOnly) defaults = bytes;
  }
  if (values.flags) for (const set of singleFlags()) await measure(set);
  const product = await productFleet(whatsapp, best.executablePath);
  try {
    const bytes = await row({ ...product, name: `this product (${best.kind})` }, CLIENTS);
    const supervisor = await product.supervisorBytes();
    console.log(
      `\nThe supervisor beside them: ${mb(supervisor)} MB; all together ${mb(supervisor + CLIENTS * bytes)} MB.`,
    );
    if (defaults !== undefined)
      console.log(
        `A bot of this product takes ${((100 * bytes) / defaults).toFixed(0)} % of one with Puppeteer's defaults.`,
      );
  } finally {
    await product.close();
  }
}

const [best] = kinds;
if (best === undefined) throw new Error('There is no browser here');
const load = (): string => loadavg()[0]?.toFixed(1) ?? '?';
const whatsapp = await SimulatedWhatsApp.start();
// What the plain library can read; it breaks on today's.
whatsapp.idShape = 'old';
console.log(`Node ${process.version}, ${cpus().length} cores, load average ${load()} at the start\n`);
if (values.only !== 'latency') await memoryTable(whatsapp, best);
if (values.only !== 'memory')
  await latencyTable({ whatsapp, ...best, clients: CLIENTS, messages: Number(values.messages) });
console.log(`\nLoad average at the end: ${load()}.`);
await whatsapp.close();
