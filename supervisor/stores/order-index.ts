import { type Order, type OrderStatus, orderStatuses } from '../../shared/order.ts';
import { HashIndex, hashText } from './hash-index.ts';
import { isSettledByte, lastFourDigits, OrderColumns, statusByte, statusIndex } from './order-columns.ts';
import type { PackedTable, SlotObserver } from './packed-table.ts';
import {
  type CompareSlots,
  insertSlot,
  Postings,
  type ReadonlySlots,
  removeSlot,
  type SortedSlots,
} from './sorted-slots.ts';

/** The fields by which an order is looked up exactly. */
const exactFields = {
  confirmId: (order: Order) => order.confirmId,
  receipt: (order: Order) => order.payment.receipt,
  secondReceipt: (order: Order) => order.payment.second?.receipt,
  refundReceipt: (order: Order) => order.payment.refund?.receipt,
  secondRefundReceipt: (order: Order) => order.payment.second?.refund?.receipt,
  checkoutRequestId: (order: Order) => order.payment.checkoutRequestId,
  deliveryRequestId: (order: Order) => order.delivery.requestId,
} as const;
export type ExactField = keyof typeof exactFields;
const exactFieldNames = Object.keys(exactFields) as ExactField[];

/** Every index over the orders. Kept in step with the table on each change, also when a transaction is taken back. */
export class OrderIndex implements SlotObserver<Order> {
  readonly columns = new OrderColumns();
  readonly #table: PackedTable<Order>;
  readonly #exact: Record<ExactField, HashIndex> = {
    confirmId: new HashIndex(),
    receipt: new HashIndex(),
    secondReceipt: new HashIndex(),
    refundReceipt: new HashIndex(),
    secondRefundReceipt: new HashIndex(),
    checkoutRequestId: new HashIndex(),
    deliveryRequestId: new HashIndex(),
  };
  readonly #unsettled = new Set<number>();
  readonly #all: SortedSlots = [];
  readonly #byStatus: SortedSlots[] = orderStatuses.map(() => []);
  /** By client, then by status. */
  readonly #byClient: { all: SortedSlots; byStatus: SortedSlots[] }[] = [];
  readonly #byChat: Postings;
  readonly #byLastFour: Postings;

  constructor(table: PackedTable<Order>) {
    this.#table = table;
    this.#byChat = new Postings(this.compare);
    this.#byLastFour = new Postings(this.compare);
  }

  /** By creation time, then by number: the order of every list. */
  readonly compare: CompareSlots = (a, b) => {
    const difference = this.columns.createdAt(a) - this.columns.createdAt(b);
    if (difference !== 0 || a === b) return difference;
    return this.#table.keyAt(a) < this.#table.keyAt(b) ? -1 : 1;
  };

  added(slot: number, order: Order): void {
    this.columns.set(slot, order);
    this.#addToLists(slot, order);
    for (const field of exactFieldNames) this.#addExact(field, slot, order);
  }

  removed(slot: number, before: Order): void {
    this.#removeFromLists(slot, before);
    for (const field of exactFieldNames) this.#removeExact(field, slot, before);
  }

  changed(slot: number, before: Order, after: Order): void {
    if (sameLists(before, after)) {
      const from = statusByte(before);
      const to = statusByte(after);
      if (from !== to) {
        this.#removeStatus(slot, from);
        this.columns.set(slot, after);
        this.#addStatus(slot, to);
      }
    } else {
      this.#removeFromLists(slot, before);
      this.columns.set(slot, after);
      this.#addToLists(slot, after);
    }
    for (const field of exactFieldNames) {
      if (exactFields[field](before) === exactFields[field](after)) continue;
      this.#removeExact(field, slot, before);
      this.#addExact(field, slot, after);
    }
  }

  /** Slots of the orders that have exactly this value. */
  findExact(field: ExactField, value: string): number[] {
    const slots = this.#exact[field].find(hashText(value));
    return slots.filter((slot) => exactFields[field](this.#table.at(slot)) === value);
  }

  /** May hold slots of other chats with the same hash. */
  chatSlots(clientId: string, chatId: string): ReadonlySlots {
    return this.#byChat.list(chatKey(clientId, chatId));
  }

  /** Orders one of whose phones ends with these four digits. */
  lastFourSlots(lastFour: number): ReadonlySlots {
    return this.#byLastFour.list(lastFour);
  }

  unsettledSlots(): readonly number[] {
    return [...this.#unsettled];
  }

  listSlots(status: OrderStatus | undefined, clientId: string | undefined): ReadonlySlots {
    const lists =
      clientId === undefined
        ? { all: this.#all, byStatus: this.#byStatus }
        : this.#byClient[this.columns.clientNumber(clientId)];
    return (status === undefined ? lists?.all : lists?.byStatus[statusIndex(status)]) ?? [];
  }

  #addToLists(slot: number, order: Order): void {
    const client = this.columns.client(slot);
    this.#byClient[client] ??= { all: [], byStatus: orderStatuses.map(() => []) };
    insertSlot(this.#all, slot, this.compare);
    insertSlot(this.#byClient[client].all, slot, this.compare);
    this.#byChat.add(chatKey(order.clientId, order.chatId), slot);
    for (const lastFour of lastFours(order)) this.#byLastFour.add(lastFour, slot);
    this.#addStatus(slot, statusByte(order));
  }

  #removeFromLists(slot: number, order: Order): void {
    removeSlot(this.#all, slot, this.compare);
    const ofClient = this.#byClient[this.columns.client(slot)];
    if (ofClient) removeSlot(ofClient.all, slot, this.compare);
    this.#byChat.remove(chatKey(order.clientId, order.chatId), slot);
    for (const lastFour of lastFours(order)) this.#byLastFour.remove(lastFour, slot);
    this.#removeStatus(slot, statusByte(order));
  }

  #addStatus(slot: number, byte: number): void {
    for (const list of this.#statusLists(slot, byte)) insertSlot(list, slot, this.compare);
    if (!isSettledByte(byte)) this.#unsettled.add(slot);
  }

  #removeStatus(slot: number, byte: number): void {
    for (const list of this.#statusLists(slot, byte)) removeSlot(list, slot, this.compare);
    this.#unsettled.delete(slot);
  }

  #statusLists(slot: number, byte: number): SortedSlots[] {
    const lists = [this.#byStatus[byte & 7], this.#byClient[this.columns.client(slot)]?.byStatus[byte & 7]];
    return lists.filter((list) => list !== undefined);
  }

  #addExact(field: ExactField, slot: number, order: Order): void {
    const value = exactFields[field](order);
    if (value !== undefined) this.#exact[field].add(hashText(value), slot);
  }

  #removeExact(field: ExactField, slot: number, order: Order): void {
    const value = exactFields[field](order);
    if (value !== undefined) this.#exact[field].remove(hashText(value), slot);
  }
}

function sameLists(before: Order, after: Order): boolean {
  return (
    before.createdAt === after.createdAt &&
    before.clientId === after.clientId &&
    before.chatId === after.chatId &&
    before.payerPhone === after.payerPhone &&
    before.recipientPhone === after.recipientPhone &&
    before.customerPhone === after.customerPhone
  );
}

const chatKey = (clientId: string, chatId: string): number => hashText(`${clientId}/${chatId}`);

function lastFours(order: Order): Set<number> {
  const endings = new Set([lastFourDigits(order.payerPhone), lastFourDigits(order.recipientPhone)]);
  if (order.customerPhone !== undefined) endings.add(lastFourDigits(order.customerPhone));
  endings.delete(-1);
  return endings;
}
