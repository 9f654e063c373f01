import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { clientCommands, clientCreateSchema, clientModes } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { clientsFilterSchema } from '../../../web/models/clients.ts';
import { ApprovalRegion, ClientPage } from '../../../web/pages/client.tsx';
import { ClientsPage } from '../../../web/pages/clients.tsx';
import { NewClientPage } from '../../../web/pages/new-client.tsx';
import { identityOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import type { Models } from './models.ts';
import { pageContext, sendFragment, sendPage, sendToast, staffName } from './page.ts';
import { readPhoneLines } from './phone-lines.ts';

const paramsSchema = z.object({ clientId: z.string() });
const commandParamsSchema = z.object({ clientId: z.string(), command: z.enum(clientCommands) });

const createSchema = clientCreateSchema.pick({ name: true }).extend({
  mode: z.enum(clientModes, 'Choose how the bot works').default('sandbox'),
  adminPhones: z.string().max(300, 'At most ten numbers').default(''),
});

const done = {
  start: 'is starting',
  stop: 'is stopping',
  restart: 'is restarting',
  pause: 'sells nothing until you resume it',
  resume: 'sells again',
  rescan: 'gets a new QR code',
  disconnect: 'is being logged out of WhatsApp',
} as const;

/** The list of bots, one bot, how a new one is made, and what can be done with it. */
export function registerClientPages(app: FastifyInstance, services: Services, models: Models): void {
  const { clients, credentials } = services;
  const admin = { config: { role: 'admin' } } as const;
  const owner = { config: { role: 'owner' } } as const;

  app.get('/clients', admin, async (request, reply) => {
    const model = models.clients(readAs(clientsFilterSchema, request.query));
    return sendPage(reply, <ClientsPage context={pageContext(request, services)} model={model} />);
  });

  app.get('/clients/new', admin, async (request, reply) => {
    const keys = credentials.platformView();
    const missing = [
      ...(keys.shadowPay.set ? [] : ['Shadow Pay keys']),
      ...(keys.statum.set ? [] : ['Statum keys']),
    ];
    return sendPage(reply, <NewClientPage context={pageContext(request, services)} model={{ missing }} />);
  });

  app.get('/clients/:clientId', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const [model, log] = [await models.client(clientId), models.clientLog(clientId)];
    const qr = models.qr(clientId);
    const context = pageContext(request, services);
    return sendPage(reply, <ClientPage context={context} model={model} log={log} qr={qr} />);
  });

  app.post('/clients', admin, async (request, reply) => {
    const { name, mode, adminPhones } = readAs(createSchema, request.body);
    const wish = { name, mode, adminPhones: readPhoneLines(adminPhones, 'adminPhones') };
    const { client } = await clients.create(wish, staffName(request));
    return reply.header('hx-redirect', `/clients/${client.id}`).code(204).send();
  });

  app.post('/clients/:clientId/approve', admin, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { name, role } = identityOf(request);
    const { client } = await clients.patch(clientId, { approved: true }, name, role);
    const model = await models.client(clientId);
    return sendFragment(reply, <ApprovalRegion model={model} isAdmin />, {
      toast: `${client.name} is let in`,
    });
  });

  app.post('/clients/:clientId/commands/:command', owner, async (request, reply) => {
    const params = commandParamsSchema.safeParse(request.params);
    if (!params.success) throw new AppError('not-found', 'There is no such command');
    const { clientId, command } = params.data;
    const { client } = await clients.command(clientId, command, staffName(request));
    return sendToast(reply, `${client.name} ${done[command]}`);
  });
}
