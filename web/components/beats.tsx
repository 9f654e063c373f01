import type { JSX } from 'preact';
import { MINUTE_MS } from '../../shared/clock.ts';
import { formatClock } from '../../shared/nairobi.ts';
import type { Beat, BeatTone } from '../models/bots.ts';

const SLICE_MS = 30 * MINUTE_MS;
const WIDTH = 6;
const GAP = 2;
const HEIGHT = 20;

const meanings: Record<BeatTone, string> = {
  good: 'well',
  busy: 'starting',
  new: 'waiting to be linked',
  warn: 'in trouble for a while',
  bad: 'down',
  idle: 'stopped',
  none: 'not watched',
};

/** How a bot has been over the last 24 hours: one bar for each half hour, coloured by the worst of it. */
export function Beats({ beats }: { beats: readonly Beat[] }): JSX.Element {
  return (
    <figure class="beats">
      <svg
        viewBox={`0 0 ${beats.length * (WIDTH + GAP) - GAP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Last 24 hours: ${summary(beats)}`}
      >
        {beats.map(({ at, tone }, index) => (
          <rect key={at} class={`beat-${tone}`} x={index * (WIDTH + GAP)} y="0" width={WIDTH} height={HEIGHT}>
            <title>{`${formatClock(at)}–${formatClock(at + SLICE_MS)}: ${meanings[tone]}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <span>24 h ago</span>
        <span>{summary(beats)}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

/** `no trouble`, or how many of the half hours had any. */
function summary(beats: readonly Beat[]): string {
  const watched = beats.filter(({ tone }) => tone !== 'none');
  const troubled = watched.filter(({ tone }) => tone === 'bad' || tone === 'warn').length;
  if (watched.length === 0) return 'not watched yet';
  if (troubled > 0 && watched.length === 1) return 'trouble in the last half hour';
  if (troubled > 0) return `trouble in ${troubled} of ${watched.length} half hours`;
  if (watched.every(({ tone }) => tone === 'idle')) return 'stopped';
  return watched.at(-1)?.tone === 'new' ? meanings.new : 'no trouble';
}
