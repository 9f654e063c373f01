import { formatKes } from '../../shared/money.ts';
import { clientOfSet } from '../gateways/set-ids.ts';
import type { FloatView } from '../orders/float.ts';
import type { Condition } from './condition.ts';
import type { Facts, TroubledOrder } from './facts.ts';
import type { Finding } from './judge.ts';

/** Orders named in one alert; the dashboard has them all. */
const NAMED_ORDERS = 5;

export function judgeMoney(facts: Facts): Finding {
  const unclear: string[] = [];
  const conditions: Condition[] = [];
  for (const float of facts.floats) {
    const low = judgeFloat(float, facts);
    if (low === 'unclear') unclear.push(floatKey(float.source));
    else if (low) conditions.push(low);
  }
  for (const [source, orders] of groupBy(facts.orders, ({ waitsForFloatOf }) => waitsForFloatOf))
    conditions.push(floatEmpty(source, orders, facts));
  const others = facts.orders.filter(({ waitsForFloatOf }) => waitsForFloatOf === undefined);
  for (const [clientId, orders] of groupBy(others, (order) => order.clientId))
    conditions.push(ordersNeedAttention(clientId, orders, facts));
  return { conditions, unclear };
}

const floatKey = (source: string): string => `float-low:${source}`;

function judgeFloat(view: FloatView, facts: Facts): Condition | 'unclear' | undefined {
  const { source, balanceKes, reservedKes } = view;
  if (balanceKes === undefined) return 'unclear';
  const { lowFloatKes, lowFloatRecoveryPercent } = facts.settings;
  const key = floatKey(source);
  // Once low it takes more to count as topped up: each order would end the alert and begin the next one.
  const limitKes = facts.open.has(key) ? lowFloatKes * (1 + lowFloatRecoveryPercent / 100) : lowFloatKes;
  const leftKes = Math.floor(balanceKes - reservedKes);
  if (leftKes >= limitKes) return undefined;
  const promised = reservedKes > 0 ? `, of which ${formatKes(reservedKes)} is promised to open orders` : '';
  return {
    key,
    kind: 'float-low',
    severity: leftKes <= 0 ? 'critical' : 'warning',
    clientId: clientOfSet(source) ?? null,
    title: `${floatName(source, facts)} is low: ${formatKes(leftKes)} left`,
    text: `The balance is ${formatKes(Math.floor(balanceKes))}${promised}; the warning comes below ${formatKes(lowFloatKes)}. ${topUp(source)} When it is used up, customers hear that airtime is sold out.`,
  };
}

function floatEmpty(source: string, orders: readonly TroubledOrder[], facts: Facts): Condition {
  const sumKes = orders.reduce((sum, { amountKes }) => sum + amountKes, 0);
  return {
    key: `float-empty:${source}`,
    kind: 'float-empty',
    severity: 'critical',
    clientId: clientOfSet(source) ?? null,
    title: `${plural(orders.length, 'paid order waits', 'paid orders wait')} for airtime float`,
    text: `${floatName(source, facts)} cannot pay for ${formatKes(sumKes)} of airtime that customers have paid for: ${named(orders, ({ orderNo }) => orderNo)}. ${topUp(source)} The orders then go out by themselves.`,
    count: orders.length,
  };
}

function ordersNeedAttention(clientId: string, orders: readonly TroubledOrder[], facts: Facts): Condition {
  const name = nameOf(clientId, facts);
  return {
    key: `orders:${clientId}`,
    kind: 'orders-attention',
    severity: 'critical',
    clientId,
    title: `${name}: ${plural(orders.length, 'order needs', 'orders need')} attention`,
    text: `${named(orders, ({ orderNo, amountKes, reason }) => `${orderNo} (${formatKes(amountKes)}, ${reason})`)}. Customers' money is on record; a person must decide. Open the orders that need attention on the dashboard.`,
    count: orders.length,
  };
}

function named(orders: readonly TroubledOrder[], word: (order: TroubledOrder) => string): string {
  const shown = orders.slice(0, NAMED_ORDERS).map(word);
  const more = orders.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function floatName(source: string, facts: Facts): string {
  const clientId = clientOfSet(source);
  if (clientId !== undefined) return `${nameOf(clientId, facts)}: airtime float`;
  return source === 'simulated' ? 'The simulated airtime float' : "The platform's airtime float";
}

function topUp(source: string): string {
  return source === 'simulated'
    ? 'No real money is meant: fill the float of the simulated world.'
    : 'Top up the Statum account.';
}

const nameOf = (clientId: string, { bots }: Facts): string =>
  bots.find(({ client }) => client.id === clientId)?.client.name ?? 'A deleted bot';

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Leaves out what has no key. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
