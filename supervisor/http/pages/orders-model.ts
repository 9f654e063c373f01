import { DAY_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseDay } from '../../../shared/nairobi.ts';
import { type OrdersModel, type OrdersQuery, ordersHref } from '../../../web/models/orders.ts';
import type { OrderFilter } from '../../stores/types.ts';
import type { Services } from '../types.ts';
import type { Models } from './models.ts';

const PAGE_SIZE = 25;

/** The address's filter for the store. Days are Nairobi's, the last one included. */
export function orderFilter({ status, clientId, q, from, to }: OrdersQuery): OrderFilter {
  const fromDay = parseDay(from);
  const toDay = parseDay(to);
  return {
    ...(status === '' ? {} : { status }),
    ...(clientId === '' ? {} : { clientId }),
    ...(q === '' ? {} : { q }),
    ...(fromDay === undefined ? {} : { from: fromDay }),
    ...(toDay === undefined ? {} : { to: toDay + DAY_MS }),
  };
}

/** One page of the list. A filter that the store refuses is told on the page, which stays usable. */
export function ordersModel(
  { stores, clock }: Pick<Services, 'stores' | 'clock'>,
  row: Models['row'],
  query: OrdersQuery,
): OrdersModel {
  const now = clock.now();
  try {
    const { items, nextCursor } = stores.orders.page(orderFilter(query), {
      limit: PAGE_SIZE,
      ...(query.cursor === '' ? {} : { cursor: query.cursor }),
    });
    return {
      now,
      query,
      rows: items.map(row),
      ...(nextCursor !== undefined && { nextHref: ordersHref({ ...query, cursor: nextCursor }) }),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid')
      return { now, query, rows: [], problem: error.message };
    throw error;
  }
}
