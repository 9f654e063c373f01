import type { JSX } from 'preact';
import type { TimelineEntry } from '../../shared/order.ts';
import { formatClockSeconds, formatDay } from '../nairobi.ts';
import { Moment } from './values.tsx';

/** `payment.prompted` → `Payment prompted`. */
export function eventText(event: string): string {
  const words = event.replace(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What happened to an order, newest last, a heading for each day. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }): JSX.Element {
  return (
    <ol class="timeline">
      {entries.map((entry, index) => {
        const previous = entries[index - 1];
        const newDay = !previous || formatDay(previous.at) !== formatDay(entry.at);
        return (
          // Entries are only ever appended: the index is their identity.
          <li key={`${index}-${entry.at}`}>
            {newDay ? <span class="timeline-day">{formatDay(entry.at)}</span> : null}
            <span class="timeline-time">
              <Moment at={entry.at} format={formatClockSeconds} />
            </span>
            <span class="timeline-body">
              <strong>{eventText(entry.event)}</strong> <span class="timeline-by">by {entry.by}</span>
              {entry.note ? <span class="timeline-note">{entry.note}</span> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
