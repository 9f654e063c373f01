import { type Order, type OrderStatus, orderStatuses } from '../../shared/order.ts';
import { lastFourDigits, phoneNumber } from './order-columns.ts';
import { type ExactField, OrderIndex } from './order-index.ts';
import { searchOrders } from './order-search.ts';
import type { PackedTable } from './packed-table.ts';
import type { OrderFilter, OrderPage, OrderReader } from './types.ts';

/** The orders as everybody else reads them: a table and the indexes over it. */
export class OrderTableReader implements OrderReader {
  readonly #table: PackedTable<Order>;
  readonly #index: OrderIndex;

  constructor(table: PackedTable<Order>) {
    this.#table = table;
    this.#index = new OrderIndex(table);
    table.observer = this.#index;
  }

  get size(): number {
    return this.#table.size;
  }

  get(orderNo: string): Order | undefined {
    return this.#table.get(orderNo);
  }

  values(): IterableIterator<Order> {
    return this.#table.values();
  }

  byConfirmId(confirmId: string): Order | undefined {
    return this.#byUnique('confirmId', confirmId);
  }

  byReceipt(receipt: string): readonly Order[] {
    return this.#allWith(['receipt', 'secondReceipt'], receipt);
  }

  byRefundReceipt(receipt: string): readonly Order[] {
    return this.#allWith(['refundReceipt', 'secondRefundReceipt'], receipt);
  }

  byCheckoutRequestId(checkoutRequestId: string): Order | undefined {
    return this.#byUnique('checkoutRequestId', checkoutRequestId);
  }

  byDeliveryRequestId(requestId: string): Order | undefined {
    return this.#byUnique('deliveryRequestId', requestId);
  }

  byChat(clientId: string, chatId: string, limit: number): readonly Order[] {
    return this.#newest(
      this.#index.chatSlots(clientId, chatId),
      limit,
      () => true,
      (order) => order.chatId === chatId && order.clientId === clientId,
    );
  }

  byPayer(payerPhone: string, limit: number): readonly Order[] {
    const { columns } = this.#index;
    const number = phoneNumber(payerPhone);
    return this.#newest(
      this.#index.lastFourSlots(lastFourDigits(payerPhone)),
      limit,
      (slot) => columns.payer(slot) === number,
      (order) => order.payerPhone === payerPhone,
    );
  }

  byRecipient(recipientPhone: string, limit: number): readonly Order[] {
    const { columns } = this.#index;
    const number = phoneNumber(recipientPhone);
    return this.#newest(
      this.#index.lastFourSlots(lastFourDigits(recipientPhone)),
      limit,
      (slot) => columns.recipient(slot) === number,
      (order) => order.recipientPhone === recipientPhone,
    );
  }

  /** The orders unsettled at the moment of the call, also when some change while they are gone through. */
  *unsettled(): IterableIterator<Order> {
    const orders = this.#index.unsettledSlots().map((slot) => this.#table.at(slot));
    yield* orders;
  }

  countByStatus(clientId?: string): Readonly<Record<OrderStatus, number>> {
    const counts: Record<OrderStatus, number> = {
      open: 0,
      delivered: 0,
      failed: 0,
      attention: 0,
      refunded: 0,
    };
    for (const status of orderStatuses) counts[status] = this.#index.listSlots(status, clientId).length;
    return counts;
  }

  page(filter: OrderFilter, options: { cursor?: string; limit: number }): OrderPage {
    return searchOrders(this.#table, this.#index, filter, options);
  }

  /** The oldest, should there ever be several. */
  #byUnique(field: ExactField, value: string): Order | undefined {
    return this.#allWith([field], value)[0];
  }

  /** Oldest first. */
  #allWith(fields: readonly ExactField[], value: string): Order[] {
    const found = new Set(fields.flatMap((field) => this.#index.findExact(field, value)));
    const slots = [...found].sort(this.#index.compare);
    return slots.map((slot) => this.#table.at(slot));
  }

  #newest(
    slots: readonly number[],
    limit: number,
    mayMatch: (slot: number) => boolean,
    matches: (order: Order) => boolean,
  ): Order[] {
    const found: Order[] = [];
    for (let position = slots.length - 1; position >= 0 && found.length < limit; position -= 1) {
      const slot = slots[position];
      if (slot === undefined || !mayMatch(slot)) continue;
      const order = this.#table.at(slot);
      if (matches(order)) found.push(order);
    }
    return found;
  }
}
