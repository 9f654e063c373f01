import type { Alert, AlertEnding } from '../../shared/alert.ts';
import type { Condition, Judgement } from './condition.ts';
import type { Facts } from './facts.ts';
import { judgeBots } from './judge-bots.ts';
import { judgeMoney } from './judge-money.ts';
import { judgePlatform } from './judge-platform.ts';

/** What one concern finds. */
export interface Finding {
  readonly conditions: readonly Condition[];
  readonly unclear: readonly string[];
}

/** Facts in, alerts that should be open out. Pure. */
export function judge(facts: Facts): Judgement {
  const findings = [judgeBots(facts), judgeMoney(facts), judgePlatform(facts)];
  return {
    conditions: findings.flatMap(({ conditions }) => conditions),
    unclear: new Set(findings.flatMap(({ unclear }) => unclear)),
    endingOf: (alert) => endingOf(alert, facts),
  };
}

function endingOf({ clientId, kind, key }: Alert, { bots, floats }: Facts): AlertEnding {
  const bot = bots.find(({ client }) => client.id === clientId);
  if (clientId !== null && !bot) return 'removed';
  const isOfBot = kind.startsWith('bot-') || kind === 'whatsapp-changed';
  if (isOfBot && bot?.client.desired === 'stopped') return 'stopped';
  // Its keys are used no more; nobody knows what became of the balance.
  if (kind === 'float-low' && !floats.some(({ source }) => key === `float-low:${source}`)) return 'removed';
  return 'recovered';
}
