import type { JSX } from 'preact';
import { eventText } from '../../shared/event-words.ts';
import { formatClockSeconds, formatDay } from '../../shared/nairobi.ts';
import type { TimelineEntry } from '../../shared/order.ts';
import { Moment } from './values.tsx';

const parties: Readonly<Record<string, string>> = {
  system: 'the system',
  customer: 'the customer',
  'shadow-pay': 'Shadow Pay',
  statum: 'Statum',
};

/** A delivery that waits is tried again and again; these three events are one such round. */
const ROUND = ['released', 'submitting', 'held'] as const;

const isRound = (entries: readonly TimelineEntry[], at: number): boolean =>
  ROUND.every((event, index) => entries[at + index]?.event === event);

/** How many entries from `at` on are rounds that end like the one after them: all but the last, which tells how it stands. */
function foldedFrom(entries: readonly TimelineEntry[], at: number): number {
  let end = at;
  while (
    isRound(entries, end) &&
    isRound(entries, end + ROUND.length) &&
    entries[end + 2]?.note === entries[end + 5]?.note
  )
    end += ROUND.length;
  return end - at;
}

/** What happened to an order, newest last, a heading for each day. Rounds of a delivery that waits, all alike, are folded. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }): JSX.Element {
  const items: JSX.Element[] = [];
  for (let at = 0; at < entries.length; at += 1) {
    const folded = foldedFrom(entries, at);
    if (folded > ROUND.length) {
      items.push(
        <Rounds key={`rounds-${at}`} id={`rounds-${at}`} entries={entries.slice(at, at + folded)} />,
      );
      at += folded;
    }
    const entry = entries[at];
    // Entries are only ever appended: the index is their identity.
    if (entry) items.push(<Entry key={`${at}-${entry.at}`} entry={entry} previous={entries[at - 1]} />);
  }
  return <ol class="timeline">{items}</ol>;
}

function Entry({
  entry,
  previous,
}: {
  entry: TimelineEntry;
  previous: TimelineEntry | undefined;
}): JSX.Element {
  const newDay = !previous || formatDay(previous.at) !== formatDay(entry.at);
  return (
    <li>
      {newDay ? <span class="timeline-day">{formatDay(entry.at)}</span> : null}
      <span class="timeline-time">
        <Moment at={entry.at} format={formatClockSeconds} />
      </span>
      <span class="timeline-body">
        <strong>{eventText(entry.event)}</strong>{' '}
        <span class="timeline-by">by {parties[entry.by] ?? entry.by}</span>
        {entry.note ? <span class="timeline-note">{entry.note}</span> : null}
      </span>
    </li>
  );
}

function Rounds({ id, entries }: { id: string; entries: readonly TimelineEntry[] }): JSX.Element {
  return (
    <li class="timeline-rounds" id={id}>
      <details>
        <summary>{`Tried ${entries.length / ROUND.length} times more, put on hold each time`}</summary>
        <ol class="timeline">
          {entries.map((entry, index) => (
            <Entry key={`${index}-${entry.at}`} entry={entry} previous={entries[index - 1] ?? entry} />
          ))}
        </ol>
      </details>
    </li>
  );
}
