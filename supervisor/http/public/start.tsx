import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { clientCreateSchema } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { type StartModel, StartPage } from '../../../web/pages/start.tsx';
import { StartedPage } from '../../../web/pages/started.tsx';
import { isAccessCode } from '../auth/access-code.ts';
import { createAttempts, SIGN_IN_ATTEMPTS } from '../auth/attempts.ts';
import { wantsPage } from '../auth/request-kind.ts';
import { identityOf } from '../auth/roles.ts';
import type { Models } from '../pages/models.ts';
import { pageContext, sendPage } from '../pages/page.ts';
import type { Services } from '../types.ts';
import { readAs } from '../validation-issue.ts';
import { isStartPageOpen, makeStartPageClient } from './start-bots.ts';

/** Wrong codes of all addresses together, in ten minutes: whoever has many addresses does not get further either. */
const ATTEMPTS_OF_EVERYBODY = 100;

const bodySchema = z.object({
  name: clientCreateSchema.shape.name,
  code: z.string().trim().min(1, 'The access code is missing').max(100, 'The access code is not valid'),
});
const typedSchema = z.looseObject({ name: z.string().max(200).catch('') }).catch({ name: '' });

/**
 * `/start`: whoever knows the access code makes a client of his own and is its owner in this browser; `/start/bot`: the way to
 * its connected number, and the place to come back to.
 */
export function registerStartPages(app: FastifyInstance, services: Services, models: Models): void {
  const ofAddress = createAttempts(app, SIGN_IN_ATTEMPTS);
  const ofEverybody = createAttempts(app, ATTEMPTS_OF_EVERYBODY, 'everybody');

  function sendStart(
    request: FastifyRequest,
    reply: FastifyReply,
    more: Pick<StartModel, 'problem' | 'name'> = {},
  ): FastifyReply {
    const model: StartModel = {
      open: isStartPageOpen(services),
      ...(request.identity?.role === 'admin' && { admin: request.identity.name }),
      ...more,
    };
    return sendPage(reply, <StartPage context={pageContext(request, services)} model={model} />);
  }

  app.get('/start', { config: { role: 'public' } }, (request, reply) => {
    if (request.identity?.role === 'owner') return reply.redirect('/start/bot', 303);
    return sendStart(request, reply);
  });

  /** @throws AppError */
  async function make(request: FastifyRequest): Promise<{ clientId: string; name: string }> {
    const { name, code } = readAs(bodySchema, request.body);
    if (!(await isAccessCode(services.stores, services.config.globals.accessCode, code))) {
      throw new AppError('unauthorized', 'This access code is not valid', { field: 'code' });
    }
    const client = await makeStartPageClient(services, name);
    return { clientId: client.id, name: client.name };
  }

  app.post('/start', { config: { role: 'public' } }, async (request, reply) => {
    // A second bot would take the first one's place in this browser.
    if (request.identity?.role === 'owner') return reply.redirect('/start/bot', 303);
    if (request.identity) throw new AppError('conflict', 'Admins make bots on the overview');
    try {
      if (!isStartPageOpen(services)) throw new AppError('forbidden', 'This page is closed just now');
      // Everybody's tries are made one after another, which the count of those that wait for their scan needs as well.
      const { clientId, name } = await ofAddress.try(request, () =>
        ofEverybody.try(request, () => make(request)),
      );
      const owner = await app.auth.book.admitMaker(clientId, `Owner of ${name}`);
      app.auth.signIn(request, reply, owner);
      return reply.redirect('/start/bot', 303);
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      const { name } = typedSchema.parse(request.body);
      const problem = { text: error.message, ...(error.field !== undefined && { field: error.field }) };
      return sendStart(request, reply.code(error.status), { problem, name });
    }
  });

  app.get('/start/bot', { config: { role: 'owner' } }, (request, reply) => {
    const identity = identityOf(request);
    if (identity.role === 'admin') return reply.redirect('/', 303);
    const { client } = services.clients.get(identity.clientId);
    const model = { qr: models.qr(client.id), approved: client.approved !== false, mode: client.mode };
    return sendPage(reply, <StartedPage context={pageContext(request, services)} model={model} />);
  });
}
