import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError, errorText } from '../../../shared/errors.ts';
import { personNameSchema } from '../../../shared/person-name.ts';
import type { Services } from '../types.ts';
import { readAs } from '../validation-issue.ts';
import { createAttempts, SIGN_IN_ATTEMPTS } from './attempts.ts';
import type { Auth } from './auth.ts';
import { safeNextPath, signInPath } from './next-path.ts';
import { isFragmentRequest, wantsPage } from './request-kind.ts';
import { identityOf } from './roles.ts';

const DEFAULT_NAME = 'admin';
const signInSchema = z.object({
  token: z.string().min(1, 'The token is missing').max(500),
  name: personNameSchema.optional(),
  next: z.string().max(500).optional(),
});

/** `POST /sign-in` (form or JSON), `GET /sign-in/once/:code`, `POST /sign-out`. The sign-in page itself is one of the pages. */
export function registerSignIn(app: FastifyInstance, services: Services, auth: Auth): void {
  const { clock, stores } = services;
  const attempts = createAttempts(app, SIGN_IN_ATTEMPTS);

  /** Signing in must work when storage does not: that is when somebody has to look. */
  async function audit(action: string, by: string, note: string, request: FastifyRequest): Promise<void> {
    try {
      await stores.transact((tx) => tx.audit.append({ at: clock.now(), by, action, note }));
    } catch (error) {
      request.log.error({ action, reason: errorText(error) }, 'An audit entry could not be written');
    }
  }

  async function signInByToken(request: FastifyRequest): Promise<{ name: string; next: string }> {
    const sent = readAs(signInSchema, request.body);
    if (!(await attempts.try(request, () => auth.isAdminToken(sent.token) || undefined))) {
      await audit('sign-in.failed', sent.name || 'unknown', `from ${request.ip}`, request);
      throw new AppError('unauthorized', 'The token is not valid', { field: 'token' });
    }
    return { name: sent.name || DEFAULT_NAME, next: safeNextPath(sent.next) };
  }

  app.post('/sign-in', { config: { role: 'public', worksWithoutStorage: true } }, async (request, reply) => {
    try {
      const { name, next } = await signInByToken(request);
      const session = auth.signIn(request, reply, { role: 'admin', name });
      await audit('sign-in', name, `from ${request.ip}`, request);
      if (wantsPage(request)) return reply.redirect(next, 303);
      return {
        name,
        csrfToken: auth.sessions.csrfToken(session),
        expiresAt: new Date(session.expiresAt).toISOString(),
      };
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      return backToForm(request, reply, error);
    }
  });

  const codeSchema = z.object({ code: z.string().min(1) });
  app.get('/sign-in/once/:code', { config: { role: 'public' } }, async (request, reply) => {
    const params = codeSchema.safeParse(request.params);
    try {
      await attempts.try(request, () => {
        if (params.success && auth.links.redeem(params.data.code)) return true;
        throw new AppError('unauthorized', 'This link has been used or has expired');
      });
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      const failed = error.code === 'too-many-requests' ? 'limit' : 'link';
      return reply.redirect(signInPath(undefined, failed), 303);
    }
    auth.signIn(request, reply, { role: 'admin', name: DEFAULT_NAME });
    await audit('sign-in', DEFAULT_NAME, `by one-time link, from ${request.ip}`, request);
    return reply.redirect('/', 303);
  });

  app.post('/sign-out', { config: { role: 'owner', worksWithoutStorage: true } }, async (request, reply) => {
    const { name } = identityOf(request);
    auth.signOut(request, reply);
    await audit('sign-out', name, `from ${request.ip}`, request);
    try {
      await auth.endSession(request);
    } catch (error) {
      request.log.error(
        { reason: errorText(error) },
        'A session could not be ended; only its cookie is gone',
      );
    }
    return wantsPage(request) ? reply.redirect('/sign-in', 303) : reply.code(204).send();
  });
}

/** Ends every session of one person, or of everybody: the token stays, what browsers hold becomes void. */
export function registerSignOutEverywhere(app: FastifyInstance, auth: Auth): void {
  function leave(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    auth.signOut(request, reply);
    if (isFragmentRequest(request)) reply.header('hx-redirect', '/sign-in');
    return wantsPage(request) ? reply.redirect('/sign-in', 303) : reply.code(204).send();
  }

  app.post('/sign-out/everywhere', { config: { role: 'owner' } }, async (request, reply) => {
    const identity = identityOf(request);
    await auth.book.signOutEverywhere(identity, identity.name);
    return leave(request, reply);
  });

  app.post('/sign-out/everybody', { config: { role: 'admin' } }, async (request, reply) => {
    await auth.book.signOutEverywhere('everybody', identityOf(request).name);
    return leave(request, reply);
  });
}

/** A browser goes back to the form, which says what was wrong (`?failed=`), with the wish where to go kept. */
function backToForm(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  const wish = z.looseObject({ next: z.unknown() }).safeParse(request.body);
  const failed = error.code === 'too-many-requests' ? 'limit' : error.field === 'name' ? 'name' : 'token';
  return reply.redirect(signInPath(wish.success ? wish.data.next : undefined, failed), 303);
}
