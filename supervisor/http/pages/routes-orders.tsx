import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { DAY_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { orderStatuses } from '../../../shared/order.ts';
import { parseDay } from '../../../web/nairobi.ts';
import { OrderPage } from '../../../web/pages/order.tsx';
import { OrdersPage } from '../../../web/pages/orders.tsx';
import type { OrdersModel } from '../../../web/view-models.ts';
import type { OrderFilter } from '../../stores/types.ts';
import { identityOf, requireClientAccess, scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import type { Models } from './models.ts';
import { pageContext, sendPage } from './page.ts';

const PAGE_SIZE = 25;

/** A field left empty, or filled by a hand-made address with nonsense, is no filter. */
const text = (max: number) => z.string().trim().max(max).catch('').default('');
const querySchema = z.object({
  status: z
    .enum(['', ...orderStatuses])
    .catch('')
    .default(''),
  clientId: text(100),
  q: text(40),
  from: text(10),
  to: text(10),
  cursor: text(300),
});
type Query = z.infer<typeof querySchema>;

/** The address's filter for the store. Days are Nairobi's, the last one included. */
export function orderFilter({ status, clientId, q, from, to }: Query): OrderFilter {
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

export function registerOrderPages(app: FastifyInstance, services: Services, models: Models): void {
  const { stores, clock } = services;
  const owner = { config: { role: 'owner' } } as const;

  /** A filter that the store refuses is told on the page, which stays usable. */
  function find(query: Query): Pick<OrdersModel, 'rows' | 'nextHref' | 'problem'> {
    try {
      const page = stores.orders.page(orderFilter(query), {
        limit: PAGE_SIZE,
        ...(query.cursor === '' ? {} : { cursor: query.cursor }),
      });
      const rows = page.items.map(models.row);
      if (page.nextCursor === undefined) return { rows };
      return { rows, nextHref: `/orders?${searchOf({ ...query, cursor: page.nextCursor })}` };
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid') return { rows: [], problem: error.message };
      throw error;
    }
  }

  app.get('/orders', owner, async (request, reply) => {
    const own = scopeOf(request);
    const asked = querySchema.parse(request.query);
    const query = own === undefined ? asked : { ...asked, clientId: own };
    const { cursor, ...filter } = query;
    const model: OrdersModel = {
      now: clock.now(),
      ...find(query),
      filter,
      clients: [...stores.clients.values()]
        .filter(({ id }) => own === undefined || id === own)
        .map(({ id, name }) => ({ id, name }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
      older: cursor !== '',
    };
    return sendPage(reply, <OrdersPage context={pageContext(request, services)} model={model} />);
  });

  app.get('/orders/:orderNo', owner, async (request, reply) => {
    const { orderNo } = z.object({ orderNo: z.string() }).parse(request.params);
    const model = await models.order(orderNo.toUpperCase());
    requireClientAccess(identityOf(request), model.order.clientId, 'order');
    return sendPage(reply, <OrderPage context={pageContext(request, services)} model={model} />);
  });
}

function searchOf(query: Query): string {
  return new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
}
