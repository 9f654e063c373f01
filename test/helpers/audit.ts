import type { ApiLedger, ApiOrder } from './api-shapes.ts';
import type { ProductApi } from './product-api.ts';

/** Compares every order with what the simulated world really did. @returns one line per difference; none is the only good answer. */
export async function audit(product: ProductApi): Promise<readonly string[]> {
  return auditDifferences(await product.orders(), await product.ledger());
}

/** Where the product may honestly not know: a person is called, and nothing moves by itself. */
const isUnclear = (order: ApiOrder): boolean =>
  order.status === 'attention' && ['unknown', 'review'].includes(order.payment.state);

/** Pure. The ledger is the witness; the orders are the accused. */
export function auditDifferences(orders: readonly ApiOrder[], ledger: ApiLedger): readonly string[] {
  return [
    ...unexplainedPayments(orders, ledger),
    ...unbackedOrders(orders, ledger),
    ...deliveries(orders, ledger),
  ];
}

/** Each shilling that was paid stands in exactly one order, with the same receipt and amount; no order was charged twice. */
function unexplainedPayments(orders: readonly ApiOrder[], ledger: ApiLedger): string[] {
  const paidReferences = new Set<string>();
  return ledger.prompts.flatMap((prompt) => {
    const name = `prompt ${prompt.checkoutRequestId} (${prompt.phone}, KES ${prompt.amountKes}, ${prompt.state})`;
    const [order, ...more] = orders.filter(
      (candidate) =>
        candidate.payment.checkoutRequestId === prompt.checkoutRequestId ||
        candidate.orderNo === prompt.reference,
    );
    if (!order) return [`${name} belongs to no order`];
    if (more.length > 0) return [`${name} belongs to ${1 + more.length} orders`];
    const problems: string[] = [];
    if (order.payerPhone !== prompt.phone)
      problems.push(`${name}: order ${order.orderNo} asked ${order.payerPhone}`);
    if (order.payableKes !== prompt.amountKes) {
      problems.push(`${name}: order ${order.orderNo} costs KES ${order.payableKes}`);
    }
    if (prompt.state !== 'paid') return problems;
    if (paidReferences.has(order.orderNo)) problems.push(`order ${order.orderNo} was charged twice`);
    paidReferences.add(order.orderNo);
    const saysPaid = ['paid', 'refunded'].includes(order.payment.state);
    if (!saysPaid && !isUnclear(order)) {
      problems.push(`${name} is paid, but order ${order.orderNo} says ${order.payment.state}`);
    }
    if (saysPaid && order.payment.receipt !== prompt.receipt) {
      problems.push(`${name} has receipt ${prompt.receipt}, order ${order.orderNo} ${order.payment.receipt}`);
    }
    return problems;
  });
}

/** No order says paid, or left its shop's hands, without money in the ledger. */
function unbackedOrders(orders: readonly ApiOrder[], ledger: ApiLedger): string[] {
  return orders.flatMap((order) => {
    const paid = ledger.prompts.some(
      ({ state, reference, checkoutRequestId }) =>
        state === 'paid' &&
        (reference === order.orderNo || checkoutRequestId === order.payment.checkoutRequestId),
    );
    const problems: string[] = [];
    if (!paid && ['paid', 'refunded'].includes(order.payment.state)) {
      problems.push(`order ${order.orderNo} says ${order.payment.state}, but nobody paid`);
    }
    if (!paid && ['sent', 'delivered', 'submitting'].includes(order.delivery.state)) {
      problems.push(`order ${order.orderNo} was ${order.delivery.state} without payment`);
    }
    return problems;
  });
}

/**
 * Each top-up has its order and each order that says sent or delivered its top-up. Orders whose answer was lost know no request
 * id; they may stand for a top-up of their phone and amount that no other order claims.
 */
function deliveries(orders: readonly ApiOrder[], ledger: ApiLedger): string[] {
  const problems: string[] = [];
  const unclaimed = new Map(ledger.topUps.map((topUp) => [topUp.requestId, topUp]));
  for (const order of orders.filter(({ delivery }) => ['sent', 'delivered'].includes(delivery.state))) {
    const { requestId } = order.delivery;
    const topUp = requestId === undefined ? undefined : unclaimed.get(requestId);
    const same = topUp?.phone === order.recipientPhone && topUp.amountKes === order.amountKes;
    if (topUp) unclaimed.delete(topUp.requestId);
    if (!same)
      problems.push(`order ${order.orderNo} says ${order.delivery.state}, but no top-up of its own fits it`);
  }
  const unclear = orders.filter(
    ({ delivery }) => delivery.state === 'unknown' || delivery.state === 'submitting',
  );
  for (const topUp of unclaimed.values()) {
    const index = unclear.findIndex(
      (order) => order.recipientPhone === topUp.phone && order.amountKes === topUp.amountKes,
    );
    if (index >= 0) unclear.splice(index, 1);
    else
      problems.push(`top-up ${topUp.requestId} (${topUp.phone}, KES ${topUp.amountKes}) belongs to no order`);
  }
  return problems;
}
