import type { Order } from '../../shared/order.ts';
import { orderStatus } from '../../shared/order.ts';
import type { Stores } from '../stores/types.ts';
import type { TroubledOrder } from './facts.ts';

const PAGE = 200;

/** The orders that need attention, with the reason in a few words. Kept change by change; only the start goes through what there is. */
export class OrderTrouble {
  readonly #stores: Stores;
  readonly #floatSetOf: (order: Order) => string | undefined;
  readonly #orders = new Map<string, TroubledOrder>();

  /** @param floatSetOf the credential set whose float pays for an order's airtime */
  constructor(stores: Stores, floatSetOf: (order: Order) => string | undefined) {
    this.#stores = stores;
    this.#floatSetOf = floatSetOf;
  }

  /** @returns how to stop following */
  start(): () => void {
    let cursor: string | undefined;
    do {
      const page = this.#stores.orders.page(
        { status: 'attention' },
        { limit: PAGE, ...(cursor !== undefined && { cursor }) },
      );
      for (const order of page.items) this.#note(order);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return this.#stores.onCommit((changes) => {
      for (const change of changes)
        if (change.collection === 'orders' && change.after) this.#note(change.after);
    });
  }

  /** Oldest trouble first. */
  list(): readonly TroubledOrder[] {
    return [...this.#orders.values()];
  }

  #note(order: Order): void {
    const { orderNo, clientId, amountKes, delivery } = order;
    if (orderStatus(order) !== 'attention') {
      this.#orders.delete(orderNo);
      return;
    }
    const waits = delivery.state === 'held' && delivery.holdCause === 'float' && order.attention.length === 0;
    const source = waits ? this.#floatSetOf(order) : undefined;
    this.#orders.set(orderNo, {
      orderNo,
      clientId,
      amountKes,
      reason: reasonOf(order),
      ...(source !== undefined && { waitsForFloatOf: source }),
    });
  }
}

/** Why a person is asked, in words that stand in a list. */
function reasonOf({ payment, delivery, attention }: Order): string {
  const flag = attention.at(-1)?.kind;
  if (attention.some(({ kind }) => kind === 'paid-twice'))
    return 'perhaps paid twice: one is to be given back';
  if (flag === 'other-amount') return 'another amount came in than was confirmed';
  if (flag === 'complaint') return 'the customer says it was paid';
  if (flag === 'late-success') return 'paid after it was closed';
  if (flag === 'late-callback') return 'the network contradicts itself';
  if (payment.state === 'review') return 'the payment does not match';
  if (payment.state === 'unknown') return 'nobody knows whether it was charged';
  if (delivery.state === 'rejected') return 'paid, airtime refused';
  if (delivery.state === 'unknown') return 'paid, airtime not confirmed';
  if (delivery.state === 'held')
    return delivery.holdCause === 'credentials' ? 'paid, airtime keys refused' : 'paid, float empty';
  return 'paid and cancelled';
}
