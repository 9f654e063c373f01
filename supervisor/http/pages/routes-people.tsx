import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ErasedPanel } from '../../../web/components/person-data.tsx';
import { erasureReasonSchema } from '../../privacy/service.ts';
import type { Services } from '../types.ts';
import { readAs } from '../validation-issue.ts';
import { personExport } from '../views/person.ts';
import { sendFragment, staffName } from './page.ts';

const phoneSchema = z.string().trim().min(1, 'Whose?').max(60, 'This is too long');
const exportSchema = z.object({ phone: phoneSchema });
const eraseSchema = exportSchema.extend({ reason: erasureReasonSchema });

/** What the panel "One person’s data" does: a file to download, an erasure. */
export function registerPeoplePages(app: FastifyInstance, services: Services): void {
  const { privacy, stores, clock } = services;
  const admin = { config: { role: 'admin' } } as const;

  app.get('/people/export', admin, async (request, reply) => {
    const data = await privacy.export(readAs(exportSchema, request.query).phone, staffName(request));
    const view = personExport(data, stores.clients, clock.now());
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="person.json"')
      .type('application/json; charset=utf-8')
      .send(`${JSON.stringify(view, undefined, 2)}\n`);
  });

  app.post('/people/erase', admin, async (request, reply) => {
    const { phone, reason } = readAs(eraseSchema, request.body);
    const erasure = await privacy.erase(phone, reason, staffName(request));
    return sendFragment(reply, <ErasedPanel erasure={erasure} />, { toast: 'Erased' });
  });
}
