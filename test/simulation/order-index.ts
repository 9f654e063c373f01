import { isSettled, type Order, orderStatus } from '../../shared/order.ts';
import { conversationKey, type OrderReader, type Reader } from '../../supervisor/stores/types.ts';

export function reader<T>(map: ReadonlyMap<string, T>): Reader<T> {
  return {
    get: (key: string): T | undefined => map.get(key),
    values: (): IterableIterator<T> => map.values(),
    get size(): number {
      return map.size;
    },
  };
}

/** Most keys belong to one order. */
type Group = Map<string, string | Set<string>>;

/** Orders by the fields that are looked up. Entries of a past value stay and are recognised by comparing. */
export class OrderIndex {
  readonly #byConfirmId: Group = new Map();
  readonly #byReceipt: Group = new Map();
  readonly #byRefund: Group = new Map();
  readonly #byCheckout: Group = new Map();
  readonly #byRequest: Group = new Map();
  readonly #byChat: Group = new Map();
  readonly #byPayer: Group = new Map();
  readonly #byRecipient: Group = new Map();

  note(before: Order | undefined, after: Order | undefined): void {
    if (!after) return;
    const { orderNo, payment, delivery } = after;
    if (!before) {
      add(this.#byConfirmId, after.confirmId, orderNo);
      add(this.#byChat, conversationKey(after.clientId, after.chatId), orderNo);
      add(this.#byPayer, after.payerPhone, orderNo);
      add(this.#byRecipient, after.recipientPhone, orderNo);
    }
    if (payment.receipt !== before?.payment.receipt) add(this.#byReceipt, payment.receipt, orderNo);
    if (payment.second?.receipt !== before?.payment.second?.receipt)
      add(this.#byReceipt, payment.second?.receipt, orderNo);
    if (payment.second?.refund !== before?.payment.second?.refund)
      add(this.#byRefund, payment.second?.refund?.receipt, orderNo);
    if (payment.refund !== before?.payment.refund) add(this.#byRefund, payment.refund?.receipt, orderNo);
    if (payment.checkoutRequestId !== before?.payment.checkoutRequestId)
      add(this.#byCheckout, payment.checkoutRequestId, orderNo);
    if (delivery.requestId !== before?.delivery.requestId) add(this.#byRequest, delivery.requestId, orderNo);
  }

  reader(orders: ReadonlyMap<string, Order>): OrderReader {
    const all = (group: Group, key: string, fits: (order: Order) => boolean): Order[] =>
      noted(group, key)
        .flatMap((orderNo) => orders.get(orderNo) ?? [])
        .filter(fits);
    const newest = (group: Group, key: string, limit: number): Order[] =>
      all(group, key, () => true)
        .reverse()
        .sort((a, b) => b.createdAt - a.createdAt)
        .slice(0, limit);
    return {
      ...reader(orders),
      get size() {
        return orders.size;
      },
      byConfirmId: (id) => all(this.#byConfirmId, id, (order) => order.confirmId === id)[0],
      byReceipt: (receipt) => all(this.#byReceipt, receipt, () => true),
      byRefundReceipt: (receipt) => all(this.#byRefund, receipt, () => true),
      byCheckoutRequestId: (id) =>
        all(this.#byCheckout, id, (order) => order.payment.checkoutRequestId === id)[0],
      byDeliveryRequestId: (id) => all(this.#byRequest, id, (order) => order.delivery.requestId === id)[0],
      byChat: (clientId, chatId, limit) => newest(this.#byChat, conversationKey(clientId, chatId), limit),
      byPayer: (phone, limit) => newest(this.#byPayer, phone, limit),
      byRecipient: (phone, limit) => newest(this.#byRecipient, phone, limit),
      unsettled: () => [...orders.values()].filter((order) => !isSettled(order)).values(),
      countByStatus: (clientId) => {
        const counts = { open: 0, delivered: 0, failed: 0, attention: 0, refunded: 0 };
        for (const order of orders.values()) {
          if (clientId === undefined || order.clientId === clientId) counts[orderStatus(order)] += 1;
        }
        return counts;
      },
      page: () => {
        throw new Error('Pages of orders are no part of the simulation');
      },
    };
  }
}

function noted(group: Group, key: string): readonly string[] {
  const orderNos = group.get(key) ?? [];
  return typeof orderNos === 'string' ? [orderNos] : [...orderNos];
}

function add(group: Group, key: string | undefined, orderNo: string): void {
  if (key === undefined) return;
  const known = group.get(key);
  if (known === undefined) group.set(key, orderNo);
  else if (typeof known !== 'string') known.add(orderNo);
  else if (known !== orderNo) group.set(key, new Set([known, orderNo]));
}
