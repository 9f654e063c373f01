import { AppError } from '../../shared/errors.ts';
import type { Order } from '../../shared/order.ts';
import { parsePhone } from '../../shared/phone.ts';
import { lastFourDigits, phoneNumber, statusIndex } from './order-columns.ts';
import type { OrderIndex } from './order-index.ts';
import type { PackedTable } from './packed-table.ts';
import { firstAtOrAfter, type ReadonlySlots } from './sorted-slots.ts';
import type { OrderFilter, OrderPage } from './types.ts';

/** Where a page ended: the creation time and number of its last order. */
interface Place {
  readonly createdAt: number;
  readonly orderNo: string;
}

/** One page of the orders that pass the filter, newest first. @throws AppError `invalid` for a foreign cursor. */
export function searchOrders(
  table: PackedTable<Order>,
  index: OrderIndex,
  filter: OrderFilter,
  options: { cursor?: string; limit: number },
): OrderPage {
  const { columns } = index;
  const { list, accepts } = candidates(table, index, filter);
  const from = filter.from ?? Number.NEGATIVE_INFINITY;
  const after = (place: Place) => (slot: number) =>
    columns.createdAt(slot) - place.createdAt || compareText(table.keyAt(slot), place.orderNo);
  let end = list.length;
  if (filter.to !== undefined) end = firstAtOrAfter(list, after({ createdAt: filter.to, orderNo: '' }));
  if (options.cursor !== undefined)
    end = Math.min(end, firstAtOrAfter(list, after(decodeCursor(options.cursor))));
  const limit = Math.max(1, Math.floor(options.limit));
  const items: Order[] = [];
  for (let position = end - 1; position >= 0; position -= 1) {
    const slot = list[position];
    if (slot === undefined || columns.createdAt(slot) < from) break;
    if (!accepts(slot)) continue;
    const last = items.at(-1);
    if (last && items.length >= limit) return { items, nextCursor: encodeCursor(last) };
    items.push(table.at(slot));
  }
  return { items };
}

interface Candidates {
  readonly list: ReadonlySlots;
  accepts(slot: number): boolean;
}

function candidates(table: PackedTable<Order>, index: OrderIndex, filter: OrderFilter): Candidates {
  const q = filter.q?.trim() ?? '';
  if (q === '') return { list: index.listSlots(filter.status, filter.clientId), accepts: () => true };
  const { columns } = index;
  const status = filter.status && statusIndex(filter.status);
  const client = filter.clientId === undefined ? undefined : columns.clientNumber(filter.clientId);
  const exact = exactMatches(table, index, q);
  const phone = phoneMatcher(table, index, q);
  const list = merge(phone.list, exact, index);
  return {
    list,
    accepts: (slot) =>
      (status === undefined || columns.statusIndex(slot) === status) &&
      (client === undefined || columns.client(slot) === client) &&
      (exact.has(slot) || phone.accepts(slot)),
  };
}

function exactMatches(table: PackedTable<Order>, index: OrderIndex, q: string): Set<number> {
  const matches = new Set<number>();
  for (const text of new Set([q, q.toUpperCase()])) {
    const slot = table.slotOf(text);
    if (slot !== undefined) matches.add(slot);
    for (const field of ['receipt', 'secondReceipt', 'refundReceipt', 'secondRefundReceipt'] as const)
      for (const found of index.findExact(field, text)) matches.add(found);
  }
  return matches;
}

const NOT_DIGITS = /[\s().+\-\u2011\u2013\u00a0]/g;
const KENYAN_DIGITS = 9;

/** A whole phone in any Kenyan form, or at least its last four digits. */
function phoneMatcher(
  table: PackedTable<Order>,
  index: OrderIndex,
  q: string,
): { list: ReadonlySlots; accepts(slot: number): boolean } {
  const suffix = parsePhone(q) ?? q.replace(NOT_DIGITS, '');
  if (!/^\d{4,}$/.test(suffix)) return { list: [], accepts: () => false };
  const { columns } = index;
  const modulus = 10 ** Math.min(suffix.length, KENYAN_DIGITS);
  const ending = phoneNumber(`254${suffix.slice(-KENYAN_DIGITS).padStart(KENYAN_DIGITS, '0')}`);
  // Foreign numbers are hashes in the columns: only the record itself can tell.
  const possible = (phone: number) => phone >= 1_000_000_000 || phone % modulus === ending;
  return {
    list: index.lastFourSlots(lastFourDigits(suffix)),
    accepts(slot) {
      if (!columns.phones(slot).some(possible)) return false;
      const { payerPhone, recipientPhone, customerPhone } = table.at(slot);
      return [payerPhone, recipientPhone, customerPhone].some((phone) => phone?.endsWith(suffix));
    },
  };
}

function merge(list: ReadonlySlots, exact: Set<number>, index: OrderIndex): ReadonlySlots {
  if (exact.size === 0) return list;
  return [...new Set([...list, ...exact])].sort(index.compare);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const CURSOR = /^(-?\d+(?:\.\d+)?):(.+)$/s;

function encodeCursor({ createdAt, orderNo }: Order): string {
  return Buffer.from(`${createdAt}:${orderNo}`).toString('base64url');
}

function decodeCursor(cursor: string): Place {
  const [, createdAt, orderNo] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (createdAt === undefined || orderNo === undefined)
    throw new AppError('invalid', 'This cursor was not made here; start again without one', {
      field: 'cursor',
    });
  return { createdAt: Number(createdAt), orderNo };
}
