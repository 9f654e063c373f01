import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { clientCreateSchema } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { ClientPage } from '../../../web/pages/client.tsx';
import { OverviewPage } from '../../../web/pages/overview.tsx';
import { scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import type { Models } from './models.ts';
import { pageContext, sendPage, sendToast, staffName } from './page.ts';

const paramsSchema = z.object({ clientId: z.string() });
/** What the client page offers now; the other commands belong to real WhatsApp sessions. */
const commandParamsSchema = z.object({
  clientId: z.string(),
  command: z.enum(['start', 'stop', 'restart', 'pause', 'resume']),
});
const createSchema = clientCreateSchema.pick({ name: true });

const done = {
  start: 'is starting',
  stop: 'is stopping',
  restart: 'is restarting',
  pause: 'sells nothing until you resume it',
  resume: 'sells again',
} as const;

/** The overview, one client, and what can be done with it. */
export function registerClientPages(app: FastifyInstance, services: Services, models: Models): void {
  const { clients } = services;
  const admin = { config: { role: 'admin' } } as const;
  const owner = { config: { role: 'owner' } } as const;

  app.get('/', owner, async (request, reply) => {
    // An owner's own bot is all there is to see for him.
    const own = scopeOf(request);
    if (own !== undefined) return reply.redirect(`/clients/${encodeURIComponent(own)}`, 303);
    return sendPage(
      reply,
      <OverviewPage context={pageContext(request, services)} model={await models.overview()} />,
    );
  });

  app.get('/clients/:clientId', owner, async (request, reply) => {
    const { clientId } = paramsSchema.parse(request.params);
    return sendPage(
      reply,
      <ClientPage context={pageContext(request, services)} model={await models.client(clientId)} />,
    );
  });

  app.post('/clients', admin, async (request, reply) => {
    const body = createSchema.safeParse(request.body);
    if (!body.success) {
      throw new AppError('invalid', body.error.issues[0]?.message ?? 'The name is missing', {
        field: 'name',
      });
    }
    const { client } = await clients.create({ name: body.data.name, mode: 'sandbox' }, staffName(request));
    return reply.header('hx-redirect', `/clients/${client.id}`).code(204).send();
  });

  app.post('/clients/:clientId/commands/:command', owner, async (request, reply) => {
    const params = commandParamsSchema.safeParse(request.params);
    if (!params.success) throw new AppError('not-found', 'There is no such command');
    const { clientId, command } = params.data;
    const { client } = await clients.command(clientId, command, staffName(request));
    return sendToast(reply, `${client.name} ${done[command]}`);
  });
}
