import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { auditEntrySchema } from '../../../shared/audit.ts';
import type { Services } from '../types.ts';
import { isoTime } from '../views/time.ts';
import { cursorSchema, limitSchema } from './schemas.ts';

const auditViewSchema = auditEntrySchema.extend({ at: z.iso.datetime() });

export function registerAudit(instance: FastifyInstance, { stores }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/audit',
    {
      config: { role: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'Who did what, newest first',
        querystring: z.object({ cursor: cursorSchema, limit: limitSchema(50, 200) }),
        response: {
          200: z.object({ items: z.array(auditViewSchema), nextCursor: z.string().optional() }),
        },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const page = await stores.audit.page({ limit, ...(cursor === undefined ? {} : { cursor }) });
      return {
        items: page.items.map((entry) => ({ ...entry, at: isoTime(entry.at) })),
        nextCursor: page.nextCursor,
      };
    },
  );
}
