import type { ClientMode } from '../../shared/client.ts';
import type { Order } from '../../shared/order.ts';
import type { OrderFilter, Stores } from '../stores/types.ts';

const PAGE = 200;

/** What one client owes or is owed for one pair of credential sets: the sums of a period's paid orders as they stand now. */
export interface SettlementRow {
  readonly clientId: string;
  readonly mode: ClientMode;
  /** Whose Shadow Pay keys took the money. */
  readonly shadowPaySet: string;
  /** Whose Statum float the airtime came from; `none` for orders never sent. */
  readonly statumSet: string;
  /** Orders that were paid, refunded ones included. */
  readonly sales: number;
  /** Airtime at face value. */
  readonly amountKes: number;
  /** What M-Pesa collected. */
  readonly paidKes: number;
  /** Face value less the price: the discount that the shop bears. */
  readonly discountKes: number;
  /** Face value of airtime that the network has accepted or delivered. */
  readonly floatUsedKes: number;
  readonly refunds: number;
  readonly refundedKes: number;
  /** Paid, neither delivered nor refunded yet. */
  readonly outstandingKes: number;
}

/**
 * Sums per client and credential sets. A period holds the orders *placed* in it, so that every order falls into exactly one
 * period, whenever it was paid, refunded or confirmed by a person.
 */
export async function settlement(
  stores: Stores,
  filter: Pick<OrderFilter, 'clientId' | 'from' | 'to'>,
): Promise<readonly SettlementRow[]> {
  const rows = new Map<string, SettlementRow>();
  let cursor: string | undefined;
  do {
    const page = stores.orders.page(filter, { limit: PAGE, ...(cursor !== undefined && { cursor }) });
    for (const order of page.items) addOrder(rows, order);
    cursor = page.nextCursor;
    // A year of orders must not stand in the way of the customer who is writing now.
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor !== undefined);
  return [...rows.values()].sort((a, b) => b.paidKes - a.paidKes);
}

function addOrder(rows: Map<string, SettlementRow>, order: Order): void {
  const { payment, delivery, amountKes, payableKes, clientId, mode } = order;
  if (payment.paidAt === undefined && payment.state !== 'refunded') return;
  const shadowPaySet = payment.credentials.setId;
  const statumSet = delivery.credentials?.setId ?? 'none';
  const key = `${clientId} ${mode} ${shadowPaySet} ${statumSet}`;
  const sum = rows.get(key) ?? emptyRow(clientId, mode, shadowPaySet, statumSet);
  const sent = delivery.state === 'sent' || delivery.state === 'delivered';
  // Of money that came in otherwise than asked for and was given back: what went out is what came in, if nothing better is known.
  const expectedKes = payment.paidAt === undefined ? (payment.refund?.amountKes ?? 0) : payableKes;
  const paidKes = payment.receivedKes ?? expectedKes;
  rows.set(key, {
    ...sum,
    sales: sum.sales + 1,
    amountKes: sum.amountKes + amountKes,
    paidKes: sum.paidKes + paidKes,
    discountKes: sum.discountKes + (amountKes - payableKes),
    floatUsedKes: sum.floatUsedKes + (sent ? amountKes : 0),
    refunds: sum.refunds + (payment.refund ? 1 : 0),
    refundedKes: sum.refundedKes + (payment.refund?.amountKes ?? 0),
    outstandingKes: sum.outstandingKes + (sent || payment.refund ? 0 : paidKes),
  });
}

function emptyRow(
  clientId: string,
  mode: ClientMode,
  shadowPaySet: string,
  statumSet: string,
): SettlementRow {
  return {
    clientId,
    mode,
    shadowPaySet,
    statumSet,
    sales: 0,
    amountKes: 0,
    paidKes: 0,
    discountKes: 0,
    floatUsedKes: 0,
    refunds: 0,
    refundedKes: 0,
    outstandingKes: 0,
  };
}
