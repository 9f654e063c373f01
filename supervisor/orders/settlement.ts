import type { ClientMode } from '../../shared/client.ts';
import type { Order } from '../../shared/order.ts';
import { type SettlementSums, totalOf } from '../../shared/settlement.ts';
import type { OrderFilter, Stores } from '../stores/types.ts';

const PAGE = 200;

/** What one client owes or is owed for one pair of credential sets: the sums of a period's paid orders as they stand now. */
export interface SettlementRow extends SettlementSums {
  readonly clientId: string;
  readonly mode: ClientMode;
  /** Whose Shadow Pay keys took the money. */
  readonly shadowPaySet: string;
  /** Whose Statum float the airtime came from; `none` for orders never sent. */
  readonly statumSet: string;
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
  const { payment, delivery, clientId, mode } = order;
  if (payment.paidAt === undefined && payment.state !== 'refunded') return;
  const owner = {
    clientId,
    mode,
    shadowPaySet: payment.credentials.setId,
    statumSet: delivery.credentials?.setId ?? 'none',
  };
  const key = Object.values(owner).join(' ');
  const before = rows.get(key);
  const sums = sumsOf(order);
  rows.set(key, { ...owner, ...(before ? totalOf([before, sums]) : sums) });
}

function sumsOf({ payment, delivery, amountKes, payableKes }: Order): SettlementSums {
  const isSent = delivery.state === 'sent' || delivery.state === 'delivered';
  const firstBackKes = payment.refund?.amountKes ?? 0;
  const second = secondOf(payment);
  // Of money that came in otherwise than asked for and was given back: what went out is what came in, if nothing better is known.
  const paidKes = payment.receivedKes ?? (payment.paidAt === undefined ? firstBackKes : payableKes);
  return {
    sales: 1,
    amountKes,
    paidKes: paidKes + second.inKes,
    discountKes: amountKes - payableKes,
    floatUsedKes: isSent ? amountKes : 0,
    refunds: (payment.refund ? 1 : 0) + (second.backKes === undefined ? 0 : 1),
    refundedKes: firstBackKes + (second.backKes ?? 0),
    outstandingKes:
      (isSent || payment.refund ? 0 : paidKes) + (second.backKes === undefined ? second.inKes : 0),
  };
}

/** What came in besides. Without a code of its own it counts once a person has decided, by giving it back, that it was a payment. */
function secondOf({ second }: Order['payment']): { readonly inKes: number; readonly backKes?: number } {
  if (!second || second.isSame || (second.receipt === undefined && !second.refund)) return { inKes: 0 };
  return { inKes: second.amountKes, ...(second.refund && { backKes: second.refund.amountKes }) };
}
