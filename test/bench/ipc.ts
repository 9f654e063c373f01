/**
 * How long a request and its reply take between supervisor and worker: over our own frames on a pipe, and over Node's own IPC
 * channel, in turns in the same run. `npm run bench:ipc`
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { IpcChannel } from '../../shared/ipc-channel.ts';
import type { IpcPort } from '../../shared/ipc-port.ts';
import { silentLogger } from '../../shared/logger.ts';
import { framedChild } from '../helpers/framed-child.ts';
import { echoTables, nodePort } from './ipc-echo.ts';

const entry = fileURLToPath(new URL('./ipc-echo.ts', import.meta.url));
const ONE_BY_ONE = 3_000;
const AT_ONCE = 10_000;
const ROUNDS = 9;
const TEXT = 'x'.repeat(300);

const framed = framedChild(entry, ['framed']);
const node = fork(entry, ['node'], { execArgv: ['--import', 'tsx'] });
const channelOver = (port: IpcPort) =>
  new IpcChannel(port, { generation: 1, ...echoTables, logger: silentLogger, timeoutMs: 600_000 });
const channels = { 'own frames': channelOver(framed.port), "Node's IPC": channelOver(nodePort(node)) };

type Name = keyof typeof channels;
const results = new Map<Name, { oneByOneUs: number[]; atOnceUs: number[] }>();

async function measure(name: Name): Promise<void> {
  const ask = () => channels[name].request('echo', { text: TEXT });
  const known = results.get(name) ?? { oneByOneUs: [], atOnceUs: [] };
  results.set(name, known);
  let from = performance.now();
  for (let count = 0; count < ONE_BY_ONE; count += 1) await ask();
  known.oneByOneUs.push(((performance.now() - from) * 1_000) / ONE_BY_ONE);
  from = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  known.atOnceUs.push(((performance.now() - from) * 1_000) / AT_ONCE);
}

/** The best round: what else the machine has to do makes a round slower, never quicker. */
const best = (values: readonly number[]): number => Math.min(...values);

const names: readonly Name[] = ['own frames', "Node's IPC"];
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const name of names) await measure(name);
  // The first round only warms up.
  if (round === 0) results.clear();
}
const rows = names.map((name) => {
  const { oneByOneUs, atOnceUs } = results.get(name) ?? { oneByOneUs: [], atOnceUs: [] };
  return { name, oneByOne: best(oneByOneUs), atOnce: best(atOnceUs) };
});
process.stdout.write('microseconds per request and reply, best of 9 rounds\n');
for (const { name, oneByOne, atOnce } of rows) {
  process.stdout.write(
    `${name.padEnd(12)} one by one ${oneByOne.toFixed(1).padStart(7)}   many at once ${atOnce.toFixed(1).padStart(7)}\n`,
  );
}
const [own, theirs] = rows;
if (own && theirs) {
  process.stdout.write(
    `ratio        one by one ${(own.oneByOne / theirs.oneByOne).toFixed(2).padStart(7)}   many at once ${(own.atOnce / theirs.atOnce).toFixed(2).padStart(7)}\n`,
  );
}
framed.child.kill();
node.kill();
