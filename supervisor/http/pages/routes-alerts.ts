import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { identityOf, scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { readAddress } from '../validation-issue.ts';
import { sendToast } from './page.ts';

const paramsSchema = z.object({ alertId: z.string().min(1).max(80) });

/** What can be done with an alert: to say that it has been seen. */
export function registerAlertPages(app: FastifyInstance, { alerts }: Services): void {
  app.post('/alerts/:alertId/acknowledge', { config: { role: 'owner' } }, async (request, reply) => {
    const { alertId } = readAddress(paramsSchema, request.params);
    const { title } = await alerts.acknowledge(alertId, identityOf(request).name, scopeOf(request));
    return sendToast(reply, `Seen: ${title}`);
  });
}
