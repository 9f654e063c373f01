import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { erasureReasonSchema } from '../../privacy/service.ts';
import { identityOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { personExport, personExportSchema } from '../views/person.ts';

const tags = ['people'];
/** A chat id as well, for a person whose phone WhatsApp does not tell. */
const paramsSchema = z.object({ phone: z.string().min(1).max(60) });

const erasureSchema = z.object({
  pseudonym: z.string(),
  conversations: z.number().int(),
  orders: z.number().int(),
  messages: z.number().int(),
  bans: z.number().int(),
  adminOf: z.array(z.string()),
  /** False: no room on the disk; the journal and the previous snapshots lose the person with the next two snapshots. */
  olderFilesToo: z.boolean(),
});

/** What is on record about one person, over all bots: by admins only. */
export function registerPeople(instance: FastifyInstance, { privacy, stores, clock }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/people/:phone/export',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Everything on record about one person, over all bots; noted in the audit log',
        params: paramsSchema,
        response: { 200: personExportSchema },
      },
    },
    async (request) => {
      const data = await privacy.export(request.params.phone, identityOf(request).name);
      return personExport(data, stores.clients, clock.now());
    },
  );

  app.post(
    '/people/:phone/erasure',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary:
          'Erases a person: chats and waiting messages go, finished orders keep a pseudonym; 409 while an order is not finished',
        params: paramsSchema,
        body: z.strictObject({ reason: erasureReasonSchema }),
        response: { 200: erasureSchema },
      },
    },
    async (request) => {
      const { phone } = request.params;
      const erasure = await privacy.erase(phone, request.body.reason, identityOf(request).name);
      return { ...erasure, adminOf: [...erasure.adminOf] };
    },
  );
}
