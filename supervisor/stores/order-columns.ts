import { isSettled, type Order, type OrderStatus, orderStatus, orderStatuses } from '../../shared/order.ts';
import { hashText } from './hash-index.ts';

/**
 * What lists and searches compare of an order, column by column, so that walking over thousands of orders parses none.
 * Two different phones may share a number here (foreign ones are hashed): whoever must be exact compares the record.
 */
export class OrderColumns {
  #createdAt = new Float64Array(1024);
  #status = new Uint8Array(1024);
  #client = new Uint32Array(1024);
  #payer = new Uint32Array(1024);
  #recipient = new Uint32Array(1024);
  #customer = new Uint32Array(1024);
  readonly #clients = new Map<string, number>();

  set(slot: number, order: Order): void {
    if (slot >= this.#createdAt.length) this.#grow();
    this.#createdAt[slot] = order.createdAt;
    this.#status[slot] = statusByte(order);
    this.#client[slot] = this.#assignClient(order.clientId);
    this.#payer[slot] = phoneNumber(order.payerPhone);
    this.#recipient[slot] = phoneNumber(order.recipientPhone);
    this.#customer[slot] = order.customerPhone === undefined ? NO_PHONE : phoneNumber(order.customerPhone);
  }

  createdAt(slot: number): number {
    return this.#createdAt[slot] ?? 0;
  }

  statusIndex(slot: number): number {
    return (this.#status[slot] ?? 0) & 7;
  }

  client(slot: number): number {
    return this.#client[slot] ?? 0;
  }

  payer(slot: number): number {
    return this.#payer[slot] ?? NO_PHONE;
  }

  recipient(slot: number): number {
    return this.#recipient[slot] ?? NO_PHONE;
  }

  /** Payer, recipient, customer. */
  phones(slot: number): readonly [number, number, number] {
    return [this.payer(slot), this.recipient(slot), this.#customer[slot] ?? NO_PHONE];
  }

  /** The number that stands for a client in {@link client}; -1 when it never had an order. */
  clientNumber(clientId: string): number {
    return this.#clients.get(clientId) ?? -1;
  }

  /** Numbers are given out as clients appear and never stored. */
  #assignClient(clientId: string): number {
    const known = this.#clients.get(clientId);
    if (known !== undefined) return known;
    const number = this.#clients.size;
    this.#clients.set(clientId, number);
    return number;
  }

  #grow(): void {
    const capacity = this.#createdAt.length * 2;
    const createdAt = new Float64Array(capacity);
    const status = new Uint8Array(capacity);
    createdAt.set(this.#createdAt);
    status.set(this.#status);
    this.#createdAt = createdAt;
    this.#status = status;
    this.#client = grown(this.#client, capacity);
    this.#payer = grown(this.#payer, capacity);
    this.#recipient = grown(this.#recipient, capacity);
    this.#customer = grown(this.#customer, capacity);
  }
}

function grown(column: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity);
  larger.set(column);
  return larger;
}

const SETTLED_BIT = 8;

/** Status and whether the order is settled, in one byte. */
export function statusByte(order: Order): number {
  return statusIndex(orderStatus(order)) | (isSettled(order) ? SETTLED_BIT : 0);
}

export function statusIndex(status: OrderStatus): number {
  return orderStatuses.indexOf(status);
}

export const isSettledByte = (byte: number): boolean => (byte & SETTLED_BIT) !== 0;

const NO_PHONE = 0xffff_ffff;
const FIRST_FOREIGN = 1_000_000_000;

/** A Kenyan phone as its nine digits; anything else as a hash above them. */
export function phoneNumber(phone: string): number {
  if (phone.length === 12 && phone.startsWith('254')) {
    const digits = Number(phone.slice(3));
    if (Number.isInteger(digits) && digits >= 0) return digits;
  }
  return FIRST_FOREIGN + (hashText(phone) >>> 2);
}

const LAST_FOUR = /\d{4}$/;

/** The last four digits as a number; -1 when the text does not end with four digits. */
export function lastFourDigits(text: string): number {
  const known = phoneNumber(text);
  if (known < FIRST_FOREIGN) return known % 10_000;
  const digits = LAST_FOUR.exec(text)?.[0];
  return digits === undefined ? -1 : Number(digits);
}
