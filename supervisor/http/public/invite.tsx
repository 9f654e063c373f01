import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { InvitePage } from '../../../web/pages/invite.tsx';
import { createAttempts, SIGN_IN_ATTEMPTS } from '../auth/attempts.ts';
import { pageContext, sendPage } from '../pages/page.ts';
import type { Services } from '../types.ts';
import { readAddress } from '../validation-issue.ts';

const codeSchema = z.object({ code: z.string().min(1) });

/**
 * `GET /invite/:code` shows whom the link is for; only `POST` uses it up, because chat apps open links by themselves to show a
 * preview.
 */
export function registerInvitePage(app: FastifyInstance, services: Services): void {
  const { book } = app.auth;
  const attempts = createAttempts(app, SIGN_IN_ATTEMPTS);

  app.get('/invite/:code', { config: { role: 'public' } }, async (request, reply) => {
    const { code } = readAddress(codeSchema, request.params);
    const invite = await attempts.try(request, () => book.findByCode(code));
    const clientName = invite && services.stores.clients.get(invite.clientId)?.name;
    const model =
      invite && clientName !== undefined ? { code, clientName, ownerName: invite.ownerName } : undefined;
    return sendPage(
      reply.code(model ? 200 : 404),
      <InvitePage context={pageContext(request, services)} model={model} />,
    );
  });

  app.post('/invite/:code', { config: { role: 'public' } }, async (request, reply) => {
    const { code } = readAddress(codeSchema, request.params);
    const owner = await attempts.try(request, () => book.redeem(code, request.ip));
    app.auth.signIn(request, reply, owner);
    return reply.redirect(`/clients/${encodeURIComponent(owner.clientId)}`, 303);
  });
}
