import type { ComponentChildren, JSX } from 'preact';
import { formatKes } from '../../shared/money.ts';
import { formatMoment } from '../../shared/nairobi.ts';
import { formatAgo } from '../nairobi.ts';

/** Sums, phone numbers, days, and M-Pesa's name: read as one word, they stay on one line. */
const WHOLE = /((?:KES|Ksh) [\d,]*\d|(?:\+?254|0)[17]\d\d? \d{3} \d{3}|\d{1,2} [A-Z][a-z]{2} \d{4}|M-Pesa)/;

/** A text in which what is read as one word is not broken over two lines. */
export function unbroken(text: string): ComponentChildren {
  // With a group in the pattern, each second part is one of its finds.
  return text.split(WHOLE).map((part, index) =>
    index % 2 === 1 ? (
      <span key={index} class="whole">
        {part}
      </span>
    ) : (
      part
    ),
  );
}

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
