import type { FastifyInstance } from 'fastify';
import { OverviewPage } from '../../../web/pages/overview.tsx';
import { scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import type { Models } from './models.ts';
import { pageContext, sendPage } from './page.ts';

/** `/`: the admin's first page. */
export function registerOverviewPage(app: FastifyInstance, services: Services, models: Models): void {
  app.get('/', { config: { role: 'owner' } }, async (request, reply) => {
    // An owner's own bot is all there is to see for him.
    const own = scopeOf(request);
    if (own !== undefined) return reply.redirect(`/clients/${encodeURIComponent(own)}`, 303);
    return sendPage(
      reply,
      <OverviewPage context={pageContext(request, services)} model={await models.overview()} />,
    );
  });
}
