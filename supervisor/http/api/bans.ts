import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Ban, banPutSchema, banSchema } from '../../../shared/ban.ts';
import { identityOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { isoTime } from '../views/time.ts';
import { clientParamsSchema } from './schemas.ts';

const tags = ['bans'];
const banViewSchema = banSchema.extend({ createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() });
const listSchema = z.object({ items: z.array(banViewSchema) });
const personParamsSchema = z.object({ phoneOrChatId: z.string().min(1).max(60) });
const clientPersonParamsSchema = clientParamsSchema.extend(personParamsSchema.shape);
const bodySchema = banPutSchema.nullish().transform((body) => body ?? {});

const view = (ban: Ban): z.infer<typeof banViewSchema> => ({
  ...ban,
  createdAt: isoTime(ban.createdAt),
  updatedAt: isoTime(ban.updatedAt),
});

/** Bans of one client, by its owner; bans that hold on every bot, by admins. */
export function registerBans(instance: FastifyInstance, { bans }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/clients/:clientId/bans',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Who is banned from this client, newest first',
        params: clientParamsSchema,
        response: { 200: listSchema },
      },
    },
    async (request) => ({ items: bans.list(request.params.clientId).map(view) }),
  );

  app.put(
    '/clients/:clientId/bans/:phoneOrChatId',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Bans a person from this client; repeated, replaces reason and message',
        params: clientPersonParamsSchema,
        body: bodySchema,
        response: { 200: banViewSchema },
      },
    },
    async (request) => {
      const { phoneOrChatId, clientId } = request.params;
      return view(await bans.put(phoneOrChatId, request.body, identityOf(request).name, clientId));
    },
  );

  app.delete(
    '/clients/:clientId/bans/:phoneOrChatId',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Lifts a ban of this client',
        params: clientPersonParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { phoneOrChatId, clientId } = request.params;
      await bans.lift(phoneOrChatId, identityOf(request).name, clientId);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/bans',
    {
      config: { role: 'admin' },
      schema: { tags, summary: 'Who is banned from every bot, newest first', response: { 200: listSchema } },
    },
    async () => ({ items: bans.list().map(view) }),
  );

  app.put(
    '/bans/:phoneOrChatId',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Bans a person from every bot; repeated, replaces reason and message',
        params: personParamsSchema,
        body: bodySchema,
        response: { 200: banViewSchema },
      },
    },
    async (request) =>
      view(await bans.put(request.params.phoneOrChatId, request.body, identityOf(request).name)),
  );

  app.delete(
    '/bans/:phoneOrChatId',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Lifts a ban that held on every bot; those of single clients stay',
        params: personParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await bans.lift(request.params.phoneOrChatId, identityOf(request).name);
      return reply.code(204).send(null);
    },
  );
}
