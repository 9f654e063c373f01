import type { Alert } from '../../shared/alert.ts';

/** An open alert of a bot that has been given up. */
export function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'al_1',
    key: 'bot:cl_1',
    kind: 'bot-failed',
    severity: 'critical',
    clientId: 'cl_1',
    title: 'The bot is down',
    text: 'Start it again.',
    raisedAt: 1_700_000_000_000,
    lastSeenAt: 1_700_000_000_000,
    worsenedAt: 1_700_000_000_000,
    count: 1,
    told: {},
    ...changes,
  };
}
