import type { FastifyInstance } from 'fastify';
import { CheckupPanel } from '../../../web/components/checkup.tsx';
import { SystemPage } from '../../../web/pages/system.tsx';
import type { Services } from '../types.ts';
import { Checkup } from './checkup.ts';
import type { Models } from './models.ts';
import { pageContext, sendFragment, sendPage } from './page.ts';

/** `/system`: what runs here, whether it is well, and the doctor's look at what it runs on. */
export function registerSystemPage(app: FastifyInstance, services: Services, models: Models): void {
  const checkup = new Checkup(services);
  const admin = { role: 'admin' } as const;

  app.get('/system', { config: admin }, async (request, reply) => {
    const context = pageContext(request, services);
    const system = await models.system();
    return sendPage(reply, <SystemPage context={context} model={system} checkup={checkup.view()} />);
  });

  app.get('/system/checkup', { config: admin }, async (_request, reply) =>
    sendFragment(reply, <CheckupPanel model={checkup.view()} />),
  );

  // Needed most when the stores cannot be written.
  app.post(
    '/system/checkup',
    { config: { ...admin, worksWithoutStorage: true } },
    async (_request, reply) => {
      checkup.start();
      return sendFragment(reply, <CheckupPanel model={checkup.view()} />);
    },
  );
}
