import { MINUTE_MS } from '../../shared/clock.ts';
import { formatClock } from '../../shared/nairobi.ts';
import type { GatewayHealth } from '../gateways/gateway-watch.ts';
import { clientOfSet } from '../gateways/set-ids.ts';
import type { Condition } from './condition.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './judge.ts';

const MEGABYTE = 1_000_000;
/** One failed call says little: the next one often succeeds. */
const FAILURES_FOR_DOWN = 2;
/** A gateway that was not called for so long may be well again; nobody knows. */
const FRESH_MS = 15 * MINUTE_MS;

const gatewayNames = { 'shadow-pay': 'Shadow Pay (M-Pesa)', statum: 'Statum (airtime)' } as const;

export function judgePlatform(facts: Facts): Finding {
  const found = facts.gateways.flatMap((health) => judgeGateway(health, facts));
  const conditions = [judgeStorage(facts), ...found, judgeClock(facts)].filter((one) => one !== undefined);
  return {
    conditions: conditions.filter((one) => typeof one !== 'string'),
    unclear: conditions.filter((one) => typeof one === 'string'),
  };
}

function judgeStorage({ storage, settings }: Facts): Condition | undefined {
  const alert = { key: 'storage', kind: 'storage', clientId: null } as const;
  if (!storage.writable || storage.low) {
    return {
      ...alert,
      severity: 'critical',
      title: storage.writable
        ? 'The disk is full: selling has stopped'
        : 'Nothing can be saved: selling has stopped',
      text: storage.writable
        ? 'Only the reserve is left: what gateways answer to orders under way is still recorded, new orders are refused. Free some space on the disk of the data folder; selling resumes by itself.'
        : 'The disk takes nothing any more, not even from the reserve. Free some space on the disk of the data folder now; everything goes on by itself.',
    };
  }
  const { freeBytes } = storage;
  if (freeBytes === undefined || freeBytes >= settings.lowDiskMegabytes * MEGABYTE) return undefined;
  // Rounded, so that the words stay while the disk breathes.
  const freeMegabytes = Math.floor(freeBytes / MEGABYTE / 50) * 50;
  return {
    ...alert,
    severity: 'warning',
    title: 'The disk is nearly full',
    text: `Less than ${freeMegabytes + 50} MB are left on the disk of the data folder. When it is full, selling stops. Free some space or enlarge the disk.`,
  };
}

/** @returns a key instead of a condition for what is unclear */
function judgeGateway(health: GatewayHealth, facts: Facts): (Condition | string)[] {
  const { gateway, setId, failingSince, failuresInARow, keysRefused, lastCallAt, problem } = health;
  const clientId = clientOfSet(setId) ?? null;
  const bot = facts.bots.find(({ client }) => client.id === clientId);
  // The keys of a client that is gone.
  if (clientId !== null && !bot) return [];
  const whose = bot ? `${bot.client.name}: ` : '';
  const name = setId === 'simulated' ? `${gatewayNames[gateway]}, simulated` : gatewayNames[gateway];
  const found: (Condition | string)[] = [];

  const unreachable = `gateway-unreachable:${gateway}:${setId}`;
  if (failingSince !== undefined) {
    const longEnough =
      failuresInARow >= FAILURES_FOR_DOWN &&
      lastCallAt - failingSince >= facts.settings.gatewayDownAlertMinutes * MINUTE_MS &&
      facts.now - lastCallAt < FRESH_MS;
    if (!longEnough && !facts.open.has(unreachable)) found.push(unreachable);
    else
      found.push({
        key: unreachable,
        kind: 'gateway-unreachable',
        severity: 'critical',
        clientId,
        title: `${whose}${name} has not worked since ${formatClock(failingSince)}`,
        text: `${sentence(problem)} ${consequence[gateway]} It is tried again by itself; if it goes on, ask the gateway's support.`,
      });
  }
  if (keysRefused) {
    found.push({
      key: `gateway-keys:${gateway}:${setId}`,
      kind: 'gateway-keys-refused',
      severity: 'critical',
      clientId,
      title: `${whose}${name} refuses the keys`,
      text: `${consequence[gateway]} Enter the right keys ${bot ? "on the bot's page" : 'in the settings'}, or ask the gateway whether the account is blocked.`,
    });
  }
  return found;
}

const consequence = {
  'shadow-pay': 'No M-Pesa prompt goes out and payments are seen late; no money is lost.',
  statum: 'Paid orders wait for their airtime; they go out when it works again, or are shown for a decision.',
} as const;

function judgeClock({ clockOffsetsMs, settings }: Facts): Condition | undefined {
  const limitMs = settings.clockSkewAlertMinutes * MINUTE_MS;
  const wrong = [...clockOffsetsMs].filter(([, offsetMs]) => Math.abs(offsetMs) >= limitMs);
  const [worst] = wrong.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  if (!worst) return undefined;
  const [whose, offsetMs] = worst;
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  return {
    key: 'clock',
    kind: 'clock-skew',
    severity: minutes >= 8 ? 'critical' : 'warning',
    clientId: null,
    title: `This machine's clock is ${minutes} minutes ${offsetMs > 0 ? 'behind' : 'ahead'}`,
    text: `Compared with ${whose}. At ten minutes every customer's message counts as stale, and nobody can buy. Let the machine set its clock by the network (NTP).`,
  };
}

function sentence(problem: string | undefined): string {
  return problem === undefined ? '' : `It could not be used: ${problem.replace(/[.\s]+$/, '')}.`;
}
