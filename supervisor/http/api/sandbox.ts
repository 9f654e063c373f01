import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MAX_INBOUND_TEXT } from '../../../shared/conversation.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  chatMessageSchema,
  customerMessageSchema,
  faultsSchema,
  ledgerSchema,
  type PhoneView,
  phoneViewSchema,
  promptAnswerSchema,
} from '../../../shared/world.ts';
import { scopeOf } from '../auth/roles.ts';
import { answerOfOwner, phoneSeenBy } from '../phone-prompts.ts';
import type { Services } from '../types.ts';
import { isoTime } from '../views/time.ts';
import { clientParamsSchema, phoneParamsSchema, requirePhone } from './schemas.ts';

const tags = ['sandbox'];

const textSchema = z
  .string()
  .min(1, 'The text is empty')
  .max(MAX_INBOUND_TEXT, `At most ${MAX_INBOUND_TEXT} characters`);
const messageSchema = customerMessageSchema
  .extend({ from: z.string().max(40), text: textSchema.optional() })
  .refine(({ text, contact, media }) => [text, contact, media].filter(Boolean).length === 1, {
    message: 'Send one of text, contact and media',
    path: ['text'],
  });
const changeParamsSchema = clientParamsSchema.extend({ id: z.string().max(100) });
const messageViewSchema = chatMessageSchema.extend({ at: z.iso.datetime() });
const ledgerViewSchema = ledgerSchema.extend({
  topUps: z.array(ledgerSchema.shape.topUps.element.extend({ at: z.iso.datetime() })),
});

/** The simulated world, for the phone on the screen, demos and load tests. Only clients in mode `sandbox` chat here. */
export function registerSandbox(instance: FastifyInstance, { world, clients, stores }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  function requireSandboxClient(clientId: string): void {
    const { client } = clients.get(clientId);
    if (client.mode !== 'sandbox') {
      throw new AppError(
        'conflict',
        `Client "${client.name}" is not in sandbox mode: its customers are on WhatsApp`,
      );
    }
  }

  function seenBy(request: FastifyRequest, view: PhoneView): PhoneView {
    const own = scopeOf(request);
    return own === undefined ? view : phoneSeenBy(own, view, stores.orders);
  }

  app.post(
    '/sandbox/:clientId/messages',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: "A customer's phone sends a text, a contact, or media",
        params: clientParamsSchema,
        body: messageSchema,
        response: { 202: z.object({ id: z.string() }) },
      },
    },
    async (request, reply) => {
      const { clientId } = request.params;
      const { from: written, ...message } = request.body;
      const from = requirePhone(written, 'from');
      requireSandboxClient(clientId);
      return reply.code(202).send(await world.sendMessage(clientId, from, message));
    },
  );

  app.patch(
    '/sandbox/:clientId/messages/:id',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: "A customer's phone edits a message that it has sent",
        params: changeParamsSchema,
        body: z.strictObject({ text: textSchema }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { clientId, id } = request.params;
      requireSandboxClient(clientId);
      await world.editMessage(clientId, id, request.body.text);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/sandbox/:clientId/messages/:id',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: "A customer's phone deletes a message that it has sent, for everyone",
        params: changeParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { clientId, id } = request.params;
      requireSandboxClient(clientId);
      await world.deleteMessage(clientId, id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/sandbox/:clientId/messages',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'The chat between a phone and the bot, oldest first',
        params: clientParamsSchema,
        querystring: z.object({ phone: z.string().max(40), after: z.string().max(100).optional() }),
        response: { 200: z.object({ items: z.array(messageViewSchema) }) },
      },
    },
    async (request) => {
      const { clientId } = request.params;
      const phone = requirePhone(request.query.phone, 'phone');
      requireSandboxClient(clientId);
      const messages = await world.messages(clientId, phone, request.query.after || undefined);
      return { items: messages.map((message) => ({ ...message, at: isoTime(message.at) })) };
    },
  );

  app.get(
    '/sandbox/phones/:phone',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'The M-Pesa prompt on a phone and its airtime',
        params: phoneParamsSchema,
        response: { 200: phoneViewSchema },
      },
    },
    async (request) => seenBy(request, await world.phone(requirePhone(request.params.phone, 'phone'))),
  );

  app.post(
    '/sandbox/phones/:phone/prompt',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Answers the prompt on a phone',
        params: phoneParamsSchema,
        body: promptAnswerSchema,
        response: { 200: phoneViewSchema },
      },
    },
    async (request) => {
      const phone = requirePhone(request.params.phone, 'phone');
      const own = scopeOf(request);
      const answer =
        own === undefined
          ? request.body
          : answerOfOwner(own, request.body, await world.phone(phone), stores.orders);
      return seenBy(request, await world.answerPrompt(phone, answer));
    },
  );

  app.put(
    '/sandbox/faults',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Makes the simulated gateways misbehave',
        body: faultsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await world.setFaults(request.body);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/sandbox/ledger',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'What the simulated world really did',
        response: { 200: ledgerViewSchema },
      },
    },
    async () => {
      const { prompts, topUps } = await world.ledger();
      return { prompts, topUps: topUps.map((topUp) => ({ ...topUp, at: isoTime(topUp.at) })) };
    },
  );
}
