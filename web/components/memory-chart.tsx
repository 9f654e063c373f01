import type { JSX } from 'preact';
import { MINUTE_MS } from '../../shared/clock.ts';
import { formatClock } from '../../shared/nairobi.ts';
import { EmptyState } from './panel.tsx';

export interface MemoryPoint {
  readonly at: number;
  /** Of the worker with its browser. */
  readonly bytes: number;
  readonly browserBytes: number;
}

const WIDTH = 300;
const HEIGHT = 100;
/** More points than this do not make the line any better. */
const MAX_POINTS = 180;
/** A gap longer than this is a time without a worker, not a straight line. */
const GAP_MS = 5 * MINUTE_MS;

const MEGABYTE = 1_048_576;
const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;

/** The next round number of megabytes at or above. */
function roundMegabytes(bytes: number): number {
  const steps = [25, 50, 100, 200, 300, 500, 800, 1_000, 1_500, 2_000];
  const step = steps.find((candidate) => candidate * MEGABYTE >= bytes);
  return (step ?? Math.ceil(bytes / (1_000 * MEGABYTE)) * 1_000) * MEGABYTE;
}

/** How much memory a bot has needed, minute by minute, over at most a day. */
export function MemoryChart({ samples }: { samples: readonly MemoryPoint[] }): JSX.Element {
  const points = thinned(samples);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) {
    return (
      <EmptyState icon="chart" title="Not measured long enough yet">
        <p>A running bot is measured once a minute; its line begins with the second look.</p>
      </EmptyState>
    );
  }
  const top = samples.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const scale = roundMegabytes(top);
  const hasBrowser = points.some(({ browserBytes }) => browserBytes > 0);
  const line = (value: (point: MemoryPoint) => number): string =>
    points
      .map((point, index) => {
        const x = ((point.at - first.at) / (last.at - first.at)) * WIDTH;
        const y = HEIGHT - (value(point) / scale) * HEIGHT;
        const previous = points[index - 1];
        const broken = previous === undefined || point.at - previous.at > GAP_MS * spread(samples, points);
        return `${broken ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      })
      .join('');
  return (
    <figure class="chart">
      <div class="chart-frame">
        <div class="chart-scale" aria-hidden="true">
          <span>{megabytes(scale)}</span>
          <span>{megabytes(scale / 2)}</span>
          <span>0</span>
        </div>
        <svg
          class="chart-bars chart-low"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Memory since ${formatClock(first.at)}: now ${megabytes(last.bytes)}, at most ${megabytes(top)}.`}
        >
          <path class="chart-grid" d={`M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}`} />
          <path class="chart-line" d={line(({ bytes }) => bytes)} />
          {hasBrowser ? (
            <path class="chart-line chart-line-browser" d={line((point) => point.browserBytes)} />
          ) : null}
        </svg>
        <div class="chart-days" aria-hidden="true">
          <span>{formatClock(first.at)}</span>
          <span>{formatClock(last.at)}</span>
        </div>
      </div>
      <figcaption class="chart-legend">
        <span>
          <span class="chart-key chart-key-live" aria-hidden="true" /> Now{' '}
          <span class="money">{megabytes(last.bytes)}</span>
        </span>
        {hasBrowser ? (
          <span>
            <span class="chart-key chart-key-simulated" aria-hidden="true" /> its browser{' '}
            <span class="money">{megabytes(last.browserBytes)}</span>
          </span>
        ) : null}
        <span class="muted">
          at most <span class="money">{megabytes(top)}</span>
        </span>
      </figcaption>
    </figure>
  );
}

/** How many samples one drawn point stands for. */
function spread(samples: readonly MemoryPoint[], points: readonly MemoryPoint[]): number {
  return Math.max(1, Math.ceil(samples.length / points.length));
}

/** Every n-th sample, the last one always. */
function thinned(samples: readonly MemoryPoint[]): readonly MemoryPoint[] {
  const step = Math.max(1, Math.ceil(samples.length / MAX_POINTS));
  return samples.filter((_, index) => (samples.length - 1 - index) % step === 0);
}
