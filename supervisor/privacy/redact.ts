import type { AuditEntry } from '../../shared/audit.ts';
import type { TimelineEntry } from '../../shared/order.ts';
import { withoutName } from './anonymise.ts';

/** What stands in a log in place of a person's number; shorter than any way to write one, because entries of a log cannot grow. */
const ERASED = '[erased]';

/** Who writes to timelines without being a member of staff. */
const PROGRAMS: ReadonlySet<string> = new Set(['customer', 'system', 'shadow-pay', 'statum']);

/** An event of an order without some people, and without what staff wrote. Pure. @returns the same object where nothing changes */
export function redactedEvent(entry: TimelineEntry, names: ReadonlySet<string>): TimelineEntry {
  const isFreeText = !PROGRAMS.has(entry.by) && entry.event !== 'checked';
  const note = withoutNames(isFreeText ? factsOf(entry.note) : entry.note, names);
  return note === entry.note ? entry : { ...entry, note };
}

/**
 * An audit entry without some people, and without what staff wrote about them or their orders. Pure.
 * @returns the same object where nothing changes
 */
export function redactedDeed(
  entry: AuditEntry,
  names: ReadonlySet<string>,
  orderNos: ReadonlySet<string>,
): AuditEntry {
  const { subject } = entry;
  const isTheirs = subject !== undefined && (names.has(subject) || orderNos.has(subject));
  const note = isTheirs ? factsOf(entry.note) : withoutNames(entry.note, names);
  const named = withoutNames(subject, names);
  return note === entry.note && named === subject ? entry : { ...entry, subject: named, note };
}

/** What an audit entry may say for as long as the audit is kept, once the people are gone from the orders. Pure. */
export function withoutReason(entry: AuditEntry): AuditEntry {
  if (!entry.action.startsWith('order.')) return entry;
  const note = factsOf(entry.note);
  return note === entry.note ? entry : { ...entry, note };
}

/** A text without people's numbers. */
export function withoutNames<T extends string | undefined>(text: T, names: ReadonlySet<string>): T | string {
  return text === undefined
    ? text
    : [...names].reduce<string>((rest, name) => withoutName(rest, name, ERASED), text);
}

/** What the books need of a note: sums and M-Pesa codes. The rest is free text, in which staff may have written anything. */
function factsOf(note: string | undefined): string | undefined {
  const facts = (note ?? '').split(' · ').filter((part) => /^(?:KES \d+|[A-Z][A-Z0-9]{9})$/.test(part));
  return facts.length === 0 ? undefined : facts.join(' · ');
}
