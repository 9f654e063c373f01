import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

/**
 * The long chaos: npm run chaos -- --minutes 10 [--seed 1]. At least a hundred kills, an audit after every ten. Exits with 1 when the books
 * and the ledger differ.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${values.seed}`);
const { problems, kills, orders } = await runChaos({
  seed: Number(values.seed),
  durationMs: Number(values.minutes) * 60_000,
  minKills: 100,
  killsPerRound: 10,
  say,
});
for (const problem of problems) say(`PROBLEM: ${problem}`);
say(problems.length === 0 ? `clean after ${kills} kills, ${orders} orders` : 'NOT CLEAN');
if (problems.length > 0) process.exitCode = 1;
