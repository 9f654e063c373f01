import { PURCHASES, simulate } from './simulation.ts';

const MAX_ORDERS = 3;
const MAX_LINES = 120;

/** Plays a failed seed again and tells what went wrong, what happened to the orders concerned, and how to play it alone. */
export async function explainFailure(seed: number, purchases = PURCHASES): Promise<string> {
  const { problems, trace } = await simulate({ seed, purchases, trace: true });
  const numbers = new Set(problems.flatMap((problem) => /order (\w+)/i.exec(problem)?.[1] ?? []));
  const stories = [...numbers].slice(0, MAX_ORDERS).flatMap((orderNo) => {
    const from = trace.findIndex((line) => line.includes(orderNo));
    const lines = trace
      .slice(Math.max(0, from))
      .filter((line) => line.includes(orderNo) || line.includes('the process'));
    return ['', `What happened to ${orderNo}:`, ...lines.slice(0, MAX_LINES).map((line) => `  ${line}`)];
  });
  return [
    `Seed ${seed} went wrong:`,
    ...problems.slice(0, 20).map((problem) => `  ${problem}`),
    ...stories,
    '',
    'Play it alone with:',
    `  node --import tsx test/simulation/run.ts --seed ${seed} --purchases ${purchases}`,
  ].join('\n');
}
