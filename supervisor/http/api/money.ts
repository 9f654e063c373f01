import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { clientModeSchema } from '../../../shared/client.ts';
import { settlement } from '../../orders/settlement.ts';
import { scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { optionalTime } from '../views/time.ts';
import { orderFilter, orderFilterQuerySchema } from './order-query.ts';

const tags = ['money'];

const floatSchema = z.object({
  source: z.string(),
  clientId: z.string().optional(),
  balanceKes: z.number().optional(),
  reservedKes: z.number(),
  checkedAt: z.string().optional(),
  problem: z.string().optional(),
  low: z.boolean(),
});

const settlementRowSchema = z.object({
  clientId: z.string(),
  mode: clientModeSchema,
  shadowPaySet: z.string(),
  statumSet: z.string(),
  sales: z.number(),
  amountKes: z.number(),
  paidKes: z.number(),
  discountKes: z.number(),
  floatUsedKes: z.number(),
  refunds: z.number(),
  refundedKes: z.number(),
  outstandingKes: z.number(),
});

/** Float and settlement. */
export function registerMoney(instance: FastifyInstance, services: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/float',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Prepaid airtime balance per credential set',
        response: { 200: z.object({ items: z.array(floatSchema) }) },
      },
    },
    async () => ({
      items: services.float.list().map(({ checkedAt, ...view }) => ({
        ...view,
        ...optionalTime('checkedAt', checkedAt),
      })),
    }),
  );

  app.get(
    '/settlement',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Sums per client and credential set of the orders placed in a period',
        querystring: orderFilterQuerySchema.pick({ clientId: true, from: true, to: true }),
        response: { 200: z.object({ items: z.array(settlementRowSchema) }) },
      },
    },
    async (request) => {
      const filter = orderFilter(request.query, scopeOf(request));
      return { items: filter === 'nothing' ? [] : [...(await settlement(services.stores, filter))] };
    },
  );
}
