import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Invite } from '../../../shared/access.ts';
import { personNameSchema } from '../../../shared/person-name.ts';
import type { Config } from '../../config.ts';
import type { AccessBook } from '../auth/access-book.ts';
import { identityOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { isoTime, optionalTime } from '../views/time.ts';
import { clientParamsSchema } from './schemas.ts';

const tags = ['clients'];

export const inviteViewSchema = z.object({
  id: z.string(),
  ownerName: z.string(),
  source: z.enum(['admin', 'start-page']),
  /** `open`: the link works; `used`: its owner may be signed in; the other two let nobody in. */
  state: z.enum(['open', 'used', 'expired', 'revoked']),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime(),
  usedAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
});
export type InviteView = z.infer<typeof inviteViewSchema>;

export function inviteView(invite: Invite, now: number): InviteView {
  const { id, ownerName, source, createdAt, createdBy, expiresAt, usedAt, revokedAt } = invite;
  return {
    id,
    ownerName,
    source,
    state: stateOf(invite, now),
    createdAt: isoTime(createdAt),
    createdBy,
    expiresAt: isoTime(expiresAt),
    ...optionalTime('usedAt', usedAt),
    ...optionalTime('revokedAt', revokedAt),
  };
}

function stateOf({ usedAt, revokedAt, expiresAt }: Invite, now: number): InviteView['state'] {
  if (revokedAt !== undefined) return 'revoked';
  if (usedAt !== undefined) return 'used';
  return expiresAt > now ? 'open' : 'expired';
}

/** A link's whole address, as it is handed to its owner. */
export function inviteLink(request: FastifyRequest, config: Config, path: string): string {
  return new URL(path, config.baseUrl ?? `${request.protocol}://${request.host}`).href;
}

/** Links by which admins let a client's owner in. */
export function registerInvites(instance: FastifyInstance, services: Services, book: AccessBook): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { clients, clock, config } = services;

  app.get(
    '/clients/:clientId/invites',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: "The invites of a client's owners, newest first; links are never told again",
        params: clientParamsSchema,
        response: { 200: z.object({ items: z.array(inviteViewSchema) }) },
      },
    },
    async (request) => {
      const { client } = clients.get(request.params.clientId);
      return { items: book.invitesOf(client.id).map((invite) => inviteView(invite, clock.now())) };
    },
  );

  app.post(
    '/clients/:clientId/invites',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'A link that lets the owner of this client in, once',
        params: clientParamsSchema,
        body: z.strictObject({ ownerName: personNameSchema.min(1, 'The name of the owner is missing') }),
        response: { 201: inviteViewSchema.extend({ link: z.string() }) },
      },
    },
    async (request, reply) => {
      const { clientId } = request.params;
      const { name } = identityOf(request);
      const { invite, path } = await book.invite(clientId, request.body.ownerName, name);
      return reply
        .code(201)
        .send({ ...inviteView(invite, clock.now()), link: inviteLink(request, config, path) });
    },
  );

  app.delete(
    '/clients/:clientId/invites/:inviteId',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Withdraws an invite: its link stops working, and who came in by it is signed out',
        params: clientParamsSchema.extend({ inviteId: z.string().min(1).max(80) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { clientId, inviteId } = request.params;
      await book.revoke(clientId, inviteId, identityOf(request).name);
      return reply.code(204).send(null);
    },
  );
}
