import { z } from 'zod';
import { orderStatuses } from '../../shared/order.ts';
import type { OrderRow } from '../view-models.ts';

/** A field left empty, or filled by a hand-made address with nonsense, is no filter. */
const text = (max: number) => z.string().trim().max(max).catch('').default('');

/** What the list of orders shows: the filter, and which page of it. All of it stands in the address. */
export const ordersQuerySchema = z.object({
  status: z
    .enum(['', ...orderStatuses])
    .catch('')
    .default(''),
  clientId: text(100),
  q: text(40),
  /** Days in Nairobi, such as `2026-11-22`; the last one is included. */
  from: text(10),
  to: text(10),
  cursor: text(300),
});
export type OrdersQuery = z.infer<typeof ordersQuerySchema>;

const search = (fields: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));
  return query.size === 0 ? '' : `?${query}`;
};

export const ordersHref = (query: Partial<OrdersQuery>): string => `/orders${search(query)}`;

/** The same orders, all pages of them, as a file. */
export function ordersCsvHref({ cursor: _page, ...filter }: OrdersQuery): string {
  return `/api/v1/orders.csv${search(filter)}`;
}

/** The room in which a page of the list is told live of its changes. */
export function ordersRoom(query: OrdersQuery): string {
  return `orders:${Buffer.from(JSON.stringify(query)).toString('base64url')}`;
}

/** The query of a room's name; undefined when {@link ordersRoom} did not make it. */
export function queryOfRoom(encoded: string): OrdersQuery | undefined {
  try {
    const read = ordersQuerySchema.safeParse(JSON.parse(Buffer.from(encoded, 'base64url').toString()));
    return read.success && ordersRoom(read.data) === `orders:${encoded}` ? read.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export interface OrdersModel {
  readonly now: number;
  readonly query: OrdersQuery;
  readonly rows: readonly OrderRow[];
  /** Address of the next, older page. */
  readonly nextHref?: string;
  /** Why the filter could not be used as written. */
  readonly problem?: string;
}

/** The list with what frames it: the clients that one can choose from. */
export interface OrdersPageModel extends OrdersModel {
  readonly clients: readonly { readonly id: string; readonly name: string }[];
}
