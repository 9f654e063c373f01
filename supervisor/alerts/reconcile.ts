import { type Alert, alertSeverities, isOpen } from '../../shared/alert.ts';
import { MINUTE_MS } from '../../shared/clock.ts';
import type { Condition, Judgement } from './condition.ts';

/** Trouble that comes back sooner than this is the same trouble: its alert opens again instead of a new one. */
const REOPEN_MS = 10 * MINUTE_MS;

/**
 * What has to be written so that the alerts say what is true: raised, opened again, changed, resolved. Pure.
 * @returns changed and new alerts only; none while everything is as it was
 */
export function reconcile(
  known: Iterable<Alert>,
  { conditions, unclear, endingOf }: Judgement,
  { now, newId }: { readonly now: number; readonly newId: () => string },
): Alert[] {
  const latest = latestByKey(known);
  const present = new Set(conditions.map(({ key }) => key));
  const changed: Alert[] = [];
  for (const condition of conditions) {
    const before = latest.get(condition.key);
    const after = raised(before, condition, now, newId);
    if (after !== before) changed.push(after);
  }
  for (const alert of latest.values()) {
    if (!isOpen(alert) || present.has(alert.key) || unclear.has(alert.key)) continue;
    changed.push({ ...alert, resolvedAt: now, ending: endingOf(alert) });
  }
  return changed;
}

function latestByKey(alerts: Iterable<Alert>): Map<string, Alert> {
  const latest = new Map<string, Alert>();
  for (const alert of alerts) {
    const other = latest.get(alert.key);
    if (!other || other.raisedAt <= alert.raisedAt) latest.set(alert.key, alert);
  }
  return latest;
}

function raised(before: Alert | undefined, condition: Condition, now: number, newId: () => string): Alert {
  if (before && isOpen(before)) return updated(before, condition, now);
  if (before?.ending === 'recovered' && now - (before.resolvedAt ?? 0) < REOPEN_MS) {
    const { resolvedAt: _at, ending: _ending, ...rest } = before;
    return { ...rest, ...shown(condition), count: condition.count ?? before.count + 1, lastSeenAt: now };
  }
  return {
    id: newId(),
    key: condition.key,
    ...shown(condition),
    clientId: condition.clientId,
    raisedAt: now,
    lastSeenAt: now,
    worsenedAt: now,
    count: condition.count ?? 1,
    told: {},
  };
}

function updated(before: Alert, condition: Condition, now: number): Alert {
  const count = condition.count ?? before.count;
  const { kind, severity, title, text } = shown(condition);
  const same =
    before.kind === kind &&
    before.severity === severity &&
    before.title === title &&
    before.text === text &&
    before.count === count;
  if (same) return before;
  const after = { ...before, kind, severity, title, text, count, lastSeenAt: now };
  const worse =
    alertSeverities.indexOf(severity) > alertSeverities.indexOf(before.severity) || count > before.count;
  if (!worse) return after;
  // Who had seen it has not seen this.
  const { acknowledgedAt: _at, acknowledgedBy: _by, ...unseen } = after;
  return { ...unseen, worsenedAt: now };
}

const shown = ({ kind, severity, title, text }: Condition) => ({ kind, severity, title, text });
