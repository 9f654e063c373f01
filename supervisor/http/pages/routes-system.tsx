import type { FastifyInstance } from 'fastify';
import { SystemPage } from '../../../web/pages/system.tsx';
import type { Services } from '../types.ts';
import type { Models } from './models.ts';
import { pageContext, sendPage } from './page.ts';

/** `/system`: what runs here, and whether it is well. */
export function registerSystemPage(app: FastifyInstance, services: Services, models: Models): void {
  app.get('/system', { config: { role: 'admin' } }, async (request, reply) =>
    sendPage(reply, <SystemPage context={pageContext(request, services)} model={await models.system()} />),
  );
}
