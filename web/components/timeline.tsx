import type { JSX } from 'preact';
import { formatClockSeconds, formatDay } from '../../shared/nairobi.ts';
import type { TimelineEntry } from '../../shared/order.ts';
import { Moment } from './values.tsx';

/** What the order machine's events mean, for people (supervisor/orders). */
const eventTexts: Readonly<Record<string, string>> = {
  created: 'Ordered and confirmed',
  prompted: 'M-Pesa prompt sent to the phone',
  'prompt-refused': 'The prompt was refused',
  'payment-unknown': 'No clear answer about the payment',
  declined: 'Payment declined',
  expired: 'The prompt expired',
  'watch-ended': 'No more checks for a late payment',
  review: 'Paid, but not as agreed',
  paid: 'Paid',
  'paid-late': 'Paid after all',
  submitting: 'Sending the airtime',
  held: 'Delivery put on hold',
  released: 'Delivery goes on',
  sent: 'Accepted by the network',
  rejected: 'Refused by the network',
  'delivery-unknown': 'No clear answer about the airtime',
  delivered: 'Airtime arrived',
  checked: 'Payment checked again',
  resend: 'Sent once more',
  'marked-delivered': 'Marked as delivered',
  refunded: 'Refunded',
  cancelled: 'Cancelled',
  'late-callback': 'The network answered late',
  restored: 'Restored from a backup',
  'person-erased': 'A person’s data was erased from this order',
};

/** An event in words; one without words of its own as `some-event` → `Some event`. */
function eventText(event: string): string {
  const known = Object.hasOwn(eventTexts, event) ? eventTexts[event] : undefined;
  if (known !== undefined) return known;
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
