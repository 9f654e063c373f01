import type { Alert, AlertKind } from '../../shared/alert.ts';
import { formatClock, formatDay, startOfDay } from '../../shared/nairobi.ts';
import type { OwedItem } from './owed.ts';

/** What stands in one message; the dashboard has the rest. */
const SHOWN_ITEMS = 8;

/** A message to an admin's phone: what is the matter, what to do, what is over. Pure. */
export function alertMessage(
  items: readonly OwedItem[],
  facts: { readonly appName: string; readonly dashboardUrl: string | undefined },
): string {
  const shown = items.slice(0, SHOWN_ITEMS);
  const more = items.length - shown.length;
  const trouble = items.some(({ about }) => about !== 'recovered');
  return [
    trouble ? `⚠️ *${facts.appName}: attention please*` : `✅ *${facts.appName}: all is well again*`,
    ...shown.map(itemText),
    ...(more > 0 ? [`… and ${more} more on the dashboard.`] : []),
    ...(trouble && facts.dashboardUrl !== undefined ? [`Dashboard: ${facts.dashboardUrl}`] : []),
  ].join('\n\n');
}

function itemText({ alert, about }: OwedItem): string {
  if (about === 'recovered') return `✅ *${recoveryTitle(alert)}*\n${span(alert)}`;
  const mark = alert.severity === 'critical' ? '🔴' : '🟠';
  const again =
    about === 'reminder' ? `🔁 Still so, since ${moment(alert.raisedAt, alert.lastSeenAt)}: ` : '';
  return `${mark} *${again}${alert.title}*\n${alert.text}`;
}

const recoveries: Readonly<Record<AlertKind, string>> = {
  'bot-failed': 'The bot is back',
  'bot-down': 'The bot is back',
  'bot-logged-out': 'The bot is logged in again',
  'bot-banned': 'The bot is back on WhatsApp',
  'whatsapp-changed': 'The bot understands WhatsApp again',
  'float-low': 'The float is topped up',
  'float-empty': 'No order waits for float any more',
  'orders-attention': 'No order needs attention any more',
  storage: 'The disk has room again',
  'gateway-unreachable': 'The gateway works again',
  'gateway-keys-refused': 'The gateway takes the keys again',
  'clock-skew': "The machine's clock is right again",
};

/** Begins with whose it is, as the alert's own title did. */
function recoveryTitle({ kind, title, clientId }: Alert): string {
  const whose = clientId === null ? '' : (/^(.*?): /.exec(title)?.[1] ?? '');
  return whose === '' ? recoveries[kind] : `${whose}: ${lowerFirst(recoveries[kind])}`;
}

function span({ raisedAt, resolvedAt = raisedAt }: Alert): string {
  return `It was so from ${moment(raisedAt, resolvedAt)} to ${formatClock(resolvedAt)}.`;
}

/** The time of day, with the day where it is another one than that of `seenFrom`. */
function moment(at: number, seenFrom: number): string {
  return startOfDay(at) === startOfDay(seenFrom) ? formatClock(at) : `${formatDay(at)}, ${formatClock(at)}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
