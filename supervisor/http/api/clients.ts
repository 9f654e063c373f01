import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { clientCommands, clientCreateSchema, clientPatchSchema } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { LOGIN_GIVEN_UP } from '../../workers/login.ts';
import type { ClientSnapshot } from '../../workers/types.ts';
import { identityOf, scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { type ClientView, clientView, clientViewSchema } from '../views/client.ts';
import { historyView, historyViewSchema } from '../views/history.ts';
import { isoTime } from '../views/time.ts';
import { clientParamsSchema, requirePhone, requirePhones } from './schemas.ts';

const tags = ['clients'];

/** Deleted, and something is left for a person to do. */
const deletedSchema = z.object({ note: z.string() });

export function registerClients(instance: FastifyInstance, services: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { clients, clock } = services;
  const view = (snapshot: ClientSnapshot, request: FastifyRequest): ClientView =>
    clientView(snapshot, services, identityOf(request));

  app.get(
    '/clients',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'All clients, oldest first',
        response: { 200: z.object({ items: z.array(clientViewSchema) }) },
      },
    },
    async (request) => {
      const own = scopeOf(request);
      const seen = clients.list().filter(({ client }) => own === undefined || client.id === own);
      const oldestFirst = seen.toSorted((one, other) => one.client.createdAt - other.client.createdAt);
      return { items: oldestFirst.map((snapshot) => view(snapshot, request)) };
    },
  );

  app.post(
    '/clients',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'A new client',
        body: clientCreateSchema,
        response: { 201: clientViewSchema },
      },
    },
    async (request, reply) => {
      const { adminPhones, ...rest } = request.body;
      const wish = adminPhones ? { ...rest, adminPhones: requirePhones(adminPhones, 'adminPhones') } : rest;
      const snapshot = await clients.create(wish, identityOf(request).name);
      return reply.code(201).send(view(snapshot, request));
    },
  );

  app.get(
    '/clients/:clientId',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'One client',
        params: clientParamsSchema,
        response: { 200: clientViewSchema },
      },
    },
    async (request) => view(clients.get(request.params.clientId), request),
  );

  app.patch(
    '/clients/:clientId',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Changes a client; keys that are given replace its set whole, null removes it',
        params: clientParamsSchema,
        body: clientPatchSchema,
        response: { 200: clientViewSchema },
      },
    },
    async (request) => {
      const { adminPhones, ...rest } = request.body;
      const wish = adminPhones ? { ...rest, adminPhones: requirePhones(adminPhones, 'adminPhones') } : rest;
      const { name, role } = identityOf(request);
      return view(await clients.patch(request.params.clientId, wish, name, role), request);
    },
  );

  app.delete(
    '/clients/:clientId',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Deletes a client without open orders; logs out on WhatsApp where it can be reached',
        params: clientParamsSchema,
        response: { 200: deletedSchema, 204: z.null() },
      },
    },
    async (request, reply) => {
      const login = await clients.remove(request.params.clientId, identityOf(request).name);
      if (login === 'left-on-phone') return reply.send({ note: LOGIN_GIVEN_UP });
      return reply.code(204).send(null);
    },
  );

  for (const command of clientCommands) {
    app.post(
      `/clients/:clientId/${command}`,
      {
        config: { role: 'owner' },
        schema: {
          tags,
          summary: commandSummaries[command],
          params: clientParamsSchema,
          response: { 202: clientViewSchema },
        },
      },
      async (request, reply) => {
        const { name } = identityOf(request);
        const snapshot = await clients.command(request.params.clientId, command, name);
        return reply.code(202).send(view(snapshot, request));
      },
    );
  }

  app.get(
    '/clients/:clientId/history',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Its restarts with their reasons, newest first, and its memory over the last day',
        params: clientParamsSchema,
        response: { 200: historyViewSchema },
      },
    },
    async (request) => historyView(clients.history(request.params.clientId)),
  );

  app.get(
    '/clients/:clientId/qr',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'The QR code that is waiting to be scanned',
        params: clientParamsSchema,
        response: { 200: z.object({ qr: z.string(), expiresAt: z.iso.datetime() }) },
      },
    },
    async (request) => {
      const { qr } = clients.get(request.params.clientId).worker;
      if (!qr || qr.expiresAt <= clock.now()) throw new AppError('not-found', 'No QR code is waiting');
      return { qr: qr.text, expiresAt: isoTime(qr.expiresAt) };
    },
  );

  app.post(
    '/clients/:clientId/pairing-code',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'A code to type on the phone instead of scanning',
        params: clientParamsSchema,
        body: z.strictObject({ phone: z.string().max(40) }),
        response: { 200: z.object({ code: z.string() }) },
      },
    },
    async (request) => {
      const phone = requirePhone(request.body.phone, 'phone');
      return { code: await clients.pairingCode(request.params.clientId, phone, identityOf(request).name) };
    },
  );
}

const commandSummaries = {
  start: 'Starts the bot',
  stop: 'Stops the bot',
  restart: 'Restarts the bot',
  pause: 'Pauses selling; customers hear that the shop is closed',
  resume: 'Resumes selling',
  rescan: 'Asks for a new login by QR code',
  disconnect: 'Logs out on WhatsApp, forgets the login, stops the bot',
} as const;
