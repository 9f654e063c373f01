import { parseArgs } from 'node:util';
import { explainFailure } from './explain.ts';
import { PURCHASES, simulate } from './simulation.ts';

/**
 * Plays one seed, or several from one on, up to the first that goes wrong:
 *   node --import tsx test/simulation/run.ts --seed 17 [--seeds 1 | --orders 20000] [--purchases 1200] [--trace] [--brief] [--report]
 * Order numbers differ from run to run; everything else is the same. `--report` ends with one line of JSON for programs (simulation.test.ts reads it).
 * Exits with 1 when a world has gone wrong.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    orders: { type: 'string' },
    purchases: { type: 'string', default: String(PURCHASES) },
    trace: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const first = Number(values.seed);
const purchases = Number(values.purchases);
/** With a number of orders to come to, as many worlds as that takes. */
const most = first + (values.orders === undefined ? Number(values.seeds ?? 1) : Number.POSITIVE_INFINITY);
const enough = values.orders === undefined ? Number.POSITIVE_INFINITY : Number(values.orders);
const played = { worlds: 0, orders: 0, deaths: 0 };
const places = new Map<string, { seen: number; died: number }>();
for (let seed = first; seed < most && played.orders < enough; seed += 1) {
  const startedAt = performance.now();
  const world = await simulate({ seed, purchases, trace: values.trace, brief: values.brief });
  for (const line of world.trace) say(line);
  const tookMs = Math.round(performance.now() - startedAt);
  const { orders, deaths, problems } = world;
  say(`seed ${seed}: ${orders} orders, ${deaths} deaths, ${problems.length} problems, ${tookMs} ms`);
  played.worlds += 1;
  played.orders += orders;
  played.deaths += deaths;
  for (const [place, { seen, died }] of world.places) {
    const sum = places.get(place) ?? { seen: 0, died: 0 };
    places.set(place, { seen: sum.seen + seen, died: sum.died + died });
  }
  if (problems.length === 0) continue;
  process.exitCode = 1;
  say(values.brief ? `Seed ${seed} went wrong:\n  ${problems[0]}` : await explainFailure(seed, purchases));
  break;
}
if (values.report) say(JSON.stringify({ ...played, places: [...places] }));
