import { type Alert, isOpen } from '../../shared/alert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { Settings } from '../../shared/settings.ts';

/** What one phone is to be told about one alert. */
export interface OwedItem {
  readonly alert: Alert;
  readonly about: 'raised' | 'worse' | 'reminder' | 'recovered';
}

/** Somebody to be told, and the bots that may carry it to him, the best first. */
export interface Recipient {
  readonly phone: string;
  readonly carriers: readonly string[];
}

/** One message to one phone. */
export interface OwedMessage extends Recipient {
  readonly items: readonly OwedItem[];
}

/** Who missed the whole trouble because nothing could carry it hears of it afterwards, for so long. */
const MISSED_MS = DAY_MS;

/**
 * Who has to be told what now. Pure: the alerts remember who was told what and when, so nothing is lost or repeated by a restart.
 * Everything for one phone by one way is one message; a phone that has had its messages of the hour waits.
 */
export function owedMessages(
  alerts: readonly Alert[],
  recipientsOf: (alert: Alert) => readonly Recipient[],
  settings: Settings,
  now: number,
): OwedMessage[] {
  const messages = new Map<string, { recipient: Recipient; items: OwedItem[] }>();
  for (const alert of alerts) {
    if (alert.severity === 'info') continue;
    for (const recipient of recipientsOf(alert)) {
      const about = owed(alert, recipient.phone, settings, now);
      if (!about) continue;
      const way = `${recipient.phone} ${recipient.carriers.join(' ')}`;
      const message = messages.get(way) ?? { recipient, items: [] };
      message.items.push({ alert, about });
      messages.set(way, message);
    }
  }
  const left = new Map<string, number>();
  return [...messages.values()].flatMap(({ recipient, items }) => {
    const { phone } = recipient;
    const free = left.get(phone) ?? settings.alertMessagesPerHour - sentInLastHour(alerts, phone, now);
    if (free <= 0) return [];
    left.set(phone, free - 1);
    return [{ ...recipient, items }];
  });
}

function owed(alert: Alert, phone: string, settings: Settings, now: number): OwedItem['about'] | undefined {
  const settleMs = settings.alertSettleSeconds * SECOND_MS;
  const told = alert.told[phone];
  const lastToldAt = told?.at.at(-1) ?? 0;
  if (!isOpen(alert)) return owedAfterwards(alert, told?.believes, now, settleMs);
  if (told?.believes !== 'open') return now - alert.lastSeenAt >= settleMs ? 'raised' : undefined;
  if (alert.acknowledgedAt !== undefined) return undefined;
  if (alert.worsenedAt > lastToldAt) {
    const settled = now - alert.worsenedAt >= settleMs;
    return settled && now - lastToldAt >= settings.alertUpdateMinutes * MINUTE_MS ? 'worse' : undefined;
  }
  const { alertReminderHours } = settings;
  const due = alertReminderHours > 0 && now - lastToldAt >= alertReminderHours * HOUR_MS;
  return due ? 'reminder' : undefined;
}

function owedAfterwards(
  { ending, resolvedAt = 0, raisedAt, kind }: Alert,
  believes: 'open' | 'over' | undefined,
  now: number,
  settleMs: number,
): OwedItem['about'] | undefined {
  if (ending !== 'recovered' || believes === 'over' || now - resolvedAt < settleMs) return undefined;
  if (believes === 'open') return 'recovered';
  // A bot cannot tell its owner that it is down; so it tells that it was, if it was for longer than a moment.
  const couldNotTell = kind.startsWith('bot-') || kind === 'whatsapp-changed';
  const worthTelling = resolvedAt - raisedAt >= settleMs && now - resolvedAt < MISSED_MS;
  return couldNotTell && worthTelling ? 'recovered' : undefined;
}

/** Messages, not alerts: what was told at the same moment was one. */
function sentInLastHour(alerts: readonly Alert[], phone: string, now: number): number {
  const moments = alerts.flatMap(({ told }) => told[phone]?.at ?? []);
  return new Set(moments.filter((at) => now - at < HOUR_MS)).size;
}
