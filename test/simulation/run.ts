import { parseArgs } from 'node:util';
import { explainFailure } from './explain.ts';
import { PURCHASES, simulate } from './simulation.ts';

/**
 * Plays one seed, or several from one on, up to the first that goes wrong:
 *   node --import tsx test/simulation/run.ts --seed 17 [--seeds 1] [--purchases 1200] [--trace]
 * Order numbers differ from run to run; everything else is the same. Exits with 1 when a world has gone wrong.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    purchases: { type: 'string', default: String(PURCHASES) },
    trace: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const first = Number(values.seed);
const purchases = Number(values.purchases);
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const startedAt = performance.now();
  const { orders, deaths, problems, trace } = await simulate({ seed, purchases, trace: values.trace });
  for (const line of trace) say(line);
  const tookMs = Math.round(performance.now() - startedAt);
  say(`seed ${seed}: ${orders} orders, ${deaths} deaths, ${problems.length} problems, ${tookMs} ms`);
  if (problems.length === 0) continue;
  process.exitCode = 1;
  say(await explainFailure(seed, purchases));
  break;
}
