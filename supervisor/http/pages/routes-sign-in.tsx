import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SignInPage } from '../../../web/pages/sign-in.tsx';
import type { Services } from '../types.ts';
import { readAs } from '../validation-issue.ts';
import { pageContext, sendPage } from './page.ts';

/** Why the last attempt was refused, as supervisor/http/auth puts it into the address. */
const refusals = {
  token: 'This token is not valid. Check it and try again.',
  name: 'This name cannot be used. Letters, digits, spaces and . , \u2019 _ @ - are fine.',
  limit: 'Too many attempts. Wait ten minutes, then try again.',
  link: 'This link has been used or has expired. Sign in with the admin token.',
} as const;

const querySchema = z.object({
  failed: z.enum(['token', 'name', 'limit', 'link']).optional().catch(undefined),
  next: z.string().max(500).optional().catch(undefined),
});

/** `GET /sign-in`; the form is answered by supervisor/http/auth. */
export function registerSignInPage(app: FastifyInstance, services: Services): void {
  app.get('/sign-in', { config: { role: 'public' } }, (request, reply) => {
    const { failed, next } = readAs(querySchema, request.query);
    const model = { ...(failed ? { error: refusals[failed] } : {}), ...(next ? { next } : {}) };
    return sendPage(reply, <SignInPage context={pageContext(request, services)} model={model} />);
  });
}
