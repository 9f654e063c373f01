import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type Order, orderActionSchema } from '../../../shared/order.ts';
import { requireMayAct } from '../auth/may-act.ts';
import { identityOf, requireClientAccess, scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import {
  type OrderWithTimelineView,
  orderView,
  orderViewSchema,
  orderWithTimeline,
  orderWithTimelineSchema,
} from '../views/order.ts';
import { orderFilter, orderFilterQuerySchema, orderListQuerySchema } from './order-query.ts';
import { ordersCsv } from './orders-csv.ts';
import { orderParamsSchema } from './schemas.ts';

const tags = ['orders'];

export function registerOrders(instance: FastifyInstance, services: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { stores, orders } = services;

  function findOrder(request: FastifyRequest, orderNo: string): Order {
    const order = stores.orders.get(orderNo);
    if (!order) throw new AppError('not-found', 'There is no such order');
    requireClientAccess(identityOf(request), order.clientId, 'order');
    return order;
  }

  async function withTimeline(order: Order): Promise<OrderWithTimelineView> {
    return orderWithTimeline(order, await stores.timelines.read(order.orderNo));
  }

  app.get(
    '/orders',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Orders, newest first',
        querystring: orderListQuerySchema,
        response: {
          200: z.object({ items: z.array(orderViewSchema), nextCursor: z.string().optional() }),
        },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const filter = orderFilter(request.query, scopeOf(request));
      if (filter === 'nothing') return { items: [] };
      const page = stores.orders.page(filter, { limit, ...(cursor === undefined ? {} : { cursor }) });
      return { items: page.items.map(orderView), nextCursor: page.nextCursor };
    },
  );

  app.get(
    '/orders.csv',
    {
      config: { role: 'owner' },
      schema: { tags, summary: 'Orders as CSV', produces: ['text/csv'], querystring: orderFilterQuerySchema },
    },
    async (request, reply) => {
      const filter = orderFilter(request.query, scopeOf(request));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="orders.csv"')
        .send(ordersCsv(stores, filter));
    },
  );

  app.get(
    '/orders/:orderNo',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'One order with its timeline',
        params: orderParamsSchema,
        response: { 200: orderWithTimelineSchema },
      },
    },
    async (request) => withTimeline(findOrder(request, request.params.orderNo)),
  );

  app.post(
    '/orders/:orderNo/actions',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'A staff action',
        params: orderParamsSchema,
        body: orderActionSchema,
        response: { 200: orderWithTimelineSchema },
      },
    },
    async (request) => {
      const order = findOrder(request, request.params.orderNo);
      const { orderNo } = order;
      requireMayAct(orders, identityOf(request), order, request.body.action);
      return withTimeline(await orders.act(orderNo, request.body, identityOf(request).name));
    },
  );
}
