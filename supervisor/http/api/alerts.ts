import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { identityOf, scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { alertView, alertViewSchema } from '../views/alert.ts';
import { limitSchema } from './schemas.ts';

const tags = ['alerts'];

const querySchema = z.object({
  open: z.enum(['true', 'false']).optional(),
  clientId: z.string().min(1).max(80).optional(),
  limit: limitSchema(100, 500),
});

export function registerAlerts(instance: FastifyInstance, { alerts }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/alerts',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'What admins must know of: open alerts first, then newest first',
        querystring: querySchema,
        response: { 200: z.object({ items: z.array(alertViewSchema) }) },
      },
    },
    async (request) => {
      const { open, clientId, limit } = request.query;
      const own = scopeOf(request);
      if (own !== undefined && clientId !== undefined && clientId !== own) return { items: [] };
      const scope = own ?? clientId;
      const found = alerts.list({
        ...(open !== undefined && { open: open === 'true' }),
        ...(scope !== undefined && { clientId: scope }),
      });
      return { items: found.slice(0, limit).map(alertView) };
    },
  );

  app.post(
    '/alerts/:alertId/acknowledge',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Says that an alert has been seen: no more reminders until it becomes worse',
        params: z.object({ alertId: z.string().min(1).max(80) }),
        response: { 200: alertViewSchema },
      },
    },
    async (request) => {
      const { name } = identityOf(request);
      return alertView(await alerts.acknowledge(request.params.alertId, name, scopeOf(request)));
    },
  );
}
