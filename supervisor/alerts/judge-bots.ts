import type { AlertKind, AlertSeverity } from '../../shared/alert.ts';
import { MINUTE_MS } from '../../shared/clock.ts';
import { formatClock } from '../../shared/nairobi.ts';
import { saysWhatsAppChanged } from '../../worker/chat/whatsapp/diagnosis.ts';
import { waitsToBeLinked } from '../workers/waits-to-be-linked.ts';
import type { Condition } from './condition.ts';
import type { BotFacts, Facts } from './facts.ts';
import type { Finding } from './judge.ts';

/** One key for all that can keep a bot from answering: it is down for one reason at a time. */
const keyOf = (clientId: string): string => `bot:${clientId}`;

export function judgeBots({ bots, settings, now, open }: Facts): Finding {
  const conditions: Condition[] = [];
  const unclear: string[] = [];
  for (const bot of bots) {
    const key = keyOf(bot.client.id);
    const found = judgeBot(bot, {
      downMs: settings.botDownAlertMinutes * MINUTE_MS,
      now,
      open: open.has(key),
    });
    if (found === 'unclear') unclear.push(key);
    else if (found) conditions.push({ key, clientId: bot.client.id, ...found });
  }
  return { conditions, unclear };
}

interface Found {
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
}

function judgeBot(
  { client, worker, notReadySince, lastEnd }: BotFacts,
  { downMs, now, open }: { readonly downMs: number; readonly now: number; readonly open: boolean },
): Found | 'unclear' | undefined {
  const { name } = client;
  if (client.desired === 'stopped' || worker.state === 'ready') return undefined;
  const reason = worker.stateReason === undefined ? '' : ` Last reason: ${sentence(worker.stateReason)}`;
  if (lastEnd === 'banned') {
    return {
      kind: 'bot-banned',
      severity: 'critical',
      title: `${name}: WhatsApp has blocked this number`,
      text: `Customers cannot reach the bot.${reason} Open WhatsApp on the phone and ask for a review there; starting the bot again and again makes it worse.`,
    };
  }
  if (saysWhatsAppChanged(worker.stateReason ?? '')) {
    return {
      kind: 'whatsapp-changed',
      severity: 'critical',
      title: `${name}: WhatsApp has changed`,
      text: `${sentence(worker.stateReason ?? '')} Restarting does not help; customers' messages wait and are answered afterwards.`,
    };
  }
  switch (worker.state) {
    case 'failed':
      return {
        kind: 'bot-failed',
        severity: 'critical',
        title: `${name}: the bot is down`,
        text: `It did not come up after all retries; slow attempts go on.${reason} Open the bot's page, look at its log and press Restart.`,
      };
    case 'logged-out':
    case 'awaiting-scan':
      // Nobody has scanned yet, or somebody has just asked for a new code: no news to anybody.
      if (waitsToBeLinked(client, worker.state) || lastEnd === 'commanded')
        return open ? 'unclear' : undefined;
      return {
        kind: 'bot-logged-out',
        severity: 'critical',
        title: `${name}: logged out of WhatsApp`,
        text: `The bot's number was unlinked, so customers get no answer. Open the bot's page and scan the QR code with the phone that has the number (WhatsApp → Linked devices); press Start bot if no code is shown.`,
      };
    default: {
      // On its way up or being helped: what was wrong may still be.
      if (open || notReadySince === undefined || now - notReadySince < downMs) return 'unclear';
      return {
        kind: 'bot-down',
        severity: 'warning',
        title: `${name}: the bot has not been ready since ${formatClock(notReadySince)}`,
        text: `Customers get no answer until it is. It is being started again by itself.${reason}`,
      };
    }
  }
}

/** A reason as a sentence of its own. */
function sentence(reason: string): string {
  const text = reason.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
