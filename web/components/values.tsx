import type { JSX } from 'preact';
import { formatKes } from '../../shared/money.ts';
import { formatMoment } from '../../shared/nairobi.ts';
import { formatAgo } from '../nairobi.ts';

/** A sum in whole shillings, with figures of one width. */
export function Kes({ amountKes }: { amountKes: number }): JSX.Element {
  return <span class="money">{formatKes(amountKes)}</span>;
}

/** "5 min ago", with the exact moment on hover; the browser keeps it fresh. */
export function Ago({ at, now }: { at: number; now: number }): JSX.Element {
  return (
    <time datetime={new Date(at).toISOString()} title={formatMoment(at)} data-ago="">
      {formatAgo(at, now)}
    </time>
  );
}

/** An exact moment in a given form, with date, seconds and zone on hover. */
export function Moment({ at, format }: { at: number; format: (at: number) => string }): JSX.Element {
  return (
    <time datetime={new Date(at).toISOString()} title={formatMoment(at)}>
      {format(at)}
    </time>
  );
}
