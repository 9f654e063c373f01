import type { JSX } from 'preact';
import { formatKes } from '../../shared/money.ts';
import { formatDayShort } from '../../shared/nairobi.ts';
import type { SalesDay } from '../models/overview.ts';
import { EmptyState } from './panel.tsx';
import { Kes } from './values.tsx';

const BAR = 8;
const GAP = 3;
const HEIGHT = 100;

/** The next round sum at or above `sumKes`: one, one and a half, two, three, four, five, six or eight times a power of ten. */
export function roundScale(sumKes: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(sumKes, 1)));
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((scale) => scale >= sumKes) ?? 10 * power
  );
}

/** Sales day by day, live below and simulated on top. Drawn on the server: it needs no script, and grows with the page. */
export function SalesChart({ days }: { days: readonly SalesDay[] }): JSX.Element {
  const total = (day: SalesDay): number => day.live.sumKes + day.simulated.sumKes;
  const best = days.reduce<SalesDay | undefined>((a, b) => (a && total(a) >= total(b) ? a : b), undefined);
  if (!best || total(best) === 0) {
    return (
      <EmptyState icon="chart" title="Sales will grow here">
        <p>One bar a day, for thirty days, from the first purchase that is paid.</p>
      </EmptyState>
    );
  }
  const live = days.reduce((sum, day) => sum + day.live.sumKes, 0);
  const simulated = days.reduce((sum, day) => sum + day.simulated.sumKes, 0);
  const scale = roundScale(total(best));
  const height = (sumKes: number): number => rounded((sumKes / scale) * HEIGHT);
  const first = days[0];
  const middle = days[Math.floor(days.length / 2)];
  return (
    <figure class="chart">
      <div class="chart-frame">
        <div class="chart-scale" aria-hidden="true">
          <span>{formatKes(scale)}</span>
          <span>{formatKes(scale / 2)}</span>
          <span>0</span>
        </div>
        <svg
          class="chart-bars"
          viewBox={`0 0 ${days.length * (BAR + GAP) - GAP} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Sales of the last ${days.length} days: live ${formatKes(live)}, simulated ${formatKes(simulated)}. Best day: ${formatDayShort(best.dayStart)}, ${formatKes(total(best))}.`}
        >
          <path
            class="chart-grid"
            d={`M0 0.5H${days.length * (BAR + GAP)}M0 ${HEIGHT / 2}H${days.length * (BAR + GAP)}`}
          />
          {days.map((day, index) => (
            <rect
              key={day.dayStart}
              class="chart-hover"
              x={index * (BAR + GAP) - GAP / 2}
              width={BAR + GAP}
              height={HEIGHT}
            >
              <title>{dayText(day)}</title>
            </rect>
          ))}
          <path class="chart-live" d={bars(days, (day) => ({ from: 0, to: height(day.live.sumKes) }))} />
          <path
            class="chart-simulated"
            d={bars(days, (day) => ({ from: height(day.live.sumKes), to: height(total(day)) }))}
          />
        </svg>
        <div class="chart-days" aria-hidden="true">
          <span>{first ? formatDayShort(first.dayStart) : null}</span>
          <span>{middle ? formatDayShort(middle.dayStart) : null}</span>
          <span>today</span>
        </div>
      </div>
      <figcaption class="chart-legend">
        <span>
          <span class="chart-key chart-key-live" aria-hidden="true" /> Live <Kes amountKes={live} />
        </span>
        <span>
          <span class="chart-key chart-key-simulated" aria-hidden="true" /> Simulated{' '}
          <Kes amountKes={simulated} />
        </span>
        <span class="muted">
          best day {formatDayShort(best.dayStart)}, <Kes amountKes={total(best)} />
        </span>
      </figcaption>
    </figure>
  );
}

/** All bars of one colour as one path: it is sent anew with every sale, and thirty elements weigh more. */
function bars(
  days: readonly SalesDay[],
  extent: (day: SalesDay) => { readonly from: number; readonly to: number },
): string {
  return days
    .flatMap((day, index) => {
      const { from, to } = extent(day);
      if (to <= from) return [];
      return [`M${index * (BAR + GAP)} ${rounded(HEIGHT - to)}h${BAR}v${rounded(to - from)}h-${BAR}z`];
    })
    .join('');
}

const rounded = (length: number): number => Math.round(length * 100) / 100;

function dayText({ dayStart, live, simulated }: SalesDay): string {
  const parts = [
    { name: 'live', takings: live },
    { name: 'simulated', takings: simulated },
  ].flatMap(({ name, takings }) =>
    takings.sales === 0 ? [] : [`${name} ${formatKes(takings.sumKes)} (${takings.sales})`],
  );
  return `${formatDayShort(dayStart)}: ${parts.length === 0 ? 'nothing sold' : parts.join(', ')}`;
}
