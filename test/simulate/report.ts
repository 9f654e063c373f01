import { cpus, loadavg } from 'node:os';
import type { Gauges } from './gauges.ts';
import type { SimulateOptions } from './options.ts';
import type { Results } from './results.ts';
import type { Samples } from './samples.ts';

const ms = (value: number | undefined): string =>
  value === undefined ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const quantiles = (samples: Samples): string =>
  `p50 ${ms(samples.quantile(0.5))}   p99 ${ms(samples.quantile(0.99))}   max ${ms(samples.quantile(1))}   (${samples.count})`;

/** Unlike the times above it hardly depends on what else the machine does. */
function processorTime({ supervisorProcessor, workerProcessor }: Gauges): string {
  const each = (perMessageMs: number | undefined): string =>
    perMessageMs === undefined ? '–' : `${perMessageMs.toFixed(2)} ms`;
  return `for each message: supervisor ${each(supervisorProcessor.perMessageMs)}, workers ${each(workerProcessor.perMessageMs)}`;
}

/** One line on how it goes. */
export function progressLine(results: Results, gauges: Gauges, elapsedS: number): string {
  const { replies, outcomes, messages, open, failures } = results;
  return [
    `${String(elapsedS).padStart(4)} s`,
    `${messages} messages (${Math.round(messages / Math.max(1, elapsedS))}/s)`,
    `bought ${outcomes.of('airtime told')}, open ${open}`,
    `reply p50 ${ms(replies.quantile(0.5))} p99 ${ms(replies.quantile(0.99))}`,
    `loop p99 ${ms(gauges.eventLoop.p99Ms)}`,
    ...(failures > 0 ? [`FAILURES ${failures}`] : []),
  ].join(' · ');
}

export function table(
  results: Results,
  gauges: Gauges,
  run: {
    readonly options: SimulateOptions;
    readonly seconds: number;
    readonly differences: readonly string[];
  },
): string {
  const { eventLoop, supervisorBytes, workerBytes } = gauges;
  const { options, seconds, differences } = run;
  const ends = [...results.outcomes.counts].sort((one, other) => other[1] - one[1]);
  const workers = [...workerBytes].sort((one, other) => one - other);
  const median = workers[Math.floor(workers.length / 2)];
  const rows: readonly (readonly [string, string])[] = [
    [
      'load',
      `${options.clients} clients, ${options.customers} customers, ${options.rate} messages/s asked, ${(results.messages / seconds).toFixed(0)} sent, ${seconds.toFixed(0)} s, the first ${options.warmUpSeconds} of them not in the times`,
    ],
    [
      'machine',
      `${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}; simulator on Node ${process.version}`,
    ],
    ['messages', String(results.messages)],
    ['purchases', ends.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'],
    ['message → reply', quantiles(results.replies)],
    ['  without the HTTP API', quantiles(results.networkReplies)],
    ['  API call alone', quantiles(results.calls)],
    ['confirm → airtime told', quantiles(results.purchases)],
    [
      'supervisor event loop',
      `p50 ${ms(eventLoop.p50Ms)}   p99 ${ms(eventLoop.p99Ms)}   max ${ms(eventLoop.maxMs)} late`,
    ],
    ['processor time', processorTime(gauges)],
    ['supervisor memory', megabytes(supervisorBytes)],
    [
      'worker memory (PSS)',
      median === undefined
        ? 'not on this machine'
        : `median ${megabytes(median)}, largest ${megabytes(workers.at(-1) ?? median)}, ${workers.length} running`,
    ],
    ['failures', String(results.failures)],
    [
      'audit against the ledger',
      differences.length === 0 ? 'no difference' : `${differences.length} DIFFERENCES`,
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
