import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MAX_INBOUND_TEXT } from '../../../shared/conversation.ts';
import { AppError } from '../../../shared/errors.ts';
import { type Phone, parsePhone } from '../../../shared/phone.ts';
import { type CustomerMessage, promptAnswerSchema, promptAnswers } from '../../../shared/world.ts';
import { PhonePage } from '../../../web/pages/phone.tsx';
import { scopeOf } from '../auth/roles.ts';
import { answerOfOwner } from '../phone-prompts.ts';
import type { Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { type Models, SANDBOX_PHONES } from './models.ts';
import { pageContext, sendPage } from './page.ts';

const paramsSchema = z.object({ clientId: z.string() });
const querySchema = z.object({ phone: z.string().max(24).optional() });
const textSchema = z
  .string()
  .max(MAX_INBOUND_TEXT, 'The message is too long')
  .refine((text) => text.trim() !== '', 'Write something first');
const messageSchema = z.object({ from: z.string().max(24), text: textSchema });
const fromSchema = z.object({ from: z.string().max(24) });
const captionSchema = z.object({ caption: z.string().max(MAX_INBOUND_TEXT, 'The caption is too long') });
const contactSchema = z.object({
  name: z.string().max(200),
  number: z
    .string()
    .max(40)
    .refine((number) => number.trim() !== '', 'Type the number of the contact'),
});
const changeParamsSchema = paramsSchema.extend({ id: z.string().max(100) });
const answerSchema = z.object({
  phone: z.string().max(24),
  answer: z.enum(promptAnswers),
  checkoutRequestId: promptAnswerSchema.shape.checkoutRequestId,
});

function readPhone(written: string): Phone {
  const phone = parsePhone(written);
  if (!phone)
    throw new AppError('invalid', 'Use a Kenyan mobile number such as 0700 000 001', { field: 'phone' });
  return phone;
}

const kindParamsSchema = paramsSchema.extend({ kind: z.enum(['voice', 'photo', 'contact']) });

function readAttachment(kind: z.infer<typeof kindParamsSchema>['kind'], body: unknown): CustomerMessage {
  switch (kind) {
    case 'voice':
      return { media: { kind: 'voice' } };
    case 'photo': {
      const caption = readAs(captionSchema, body).caption.trim();
      return { media: { kind: 'image', ...(caption === '' ? {} : { caption }) } };
    }
    case 'contact': {
      const { name, number } = readAs(contactSchema, body);
      return { contact: { name: name.trim() || number, phones: [number] } };
    }
  }
}

/** The simulated phone: its page, what its customer writes, and how the customer answers M-Pesa. */
export function registerPhonePages(app: FastifyInstance, services: Services, models: Models): void {
  const { clients, world } = services;
  const owner = { config: { role: 'owner' } } as const;

  function requireSandbox(clientId: string): void {
    if (clients.get(clientId).client.mode !== 'sandbox') {
      throw new AppError('not-found', 'Only sandbox bots have a simulated phone');
    }
  }

  app.get('/phone/:clientId', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { phone = SANDBOX_PHONES[0] } = readAs(querySchema, request.query);
    const model = await models.phone(clientId, readPhone(phone));
    return sendPage(reply, <PhonePage context={pageContext(request, services)} model={model} />);
  });

  app.post('/phone/:clientId/messages', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { from, text } = readAs(messageSchema, request.body);
    requireSandbox(clientId);
    await world.sendMessage(clientId, readPhone(from), { text });
    return reply.code(204).send();
  });

  app.post('/phone/:clientId/messages/:kind', owner, async (request, reply) => {
    const { clientId, kind } = readAddress(kindParamsSchema, request.params);
    const { from } = readAs(fromSchema, request.query);
    requireSandbox(clientId);
    await world.sendMessage(clientId, readPhone(from), readAttachment(kind, request.body));
    return reply.code(204).send();
  });

  app.post('/phone/:clientId/edits/:id', owner, async (request, reply) => {
    const { clientId, id } = readAddress(changeParamsSchema, request.params);
    requireSandbox(clientId);
    await world.editMessage(clientId, id, readAs(z.object({ text: textSchema }), request.body).text);
    return reply.code(204).send();
  });

  app.post('/phone/:clientId/deletions/:id', owner, async (request, reply) => {
    const { clientId, id } = readAddress(changeParamsSchema, request.params);
    requireSandbox(clientId);
    await world.deleteMessage(clientId, id);
    return reply.code(204).send();
  });

  /** For bots in mode test as well: their chat is real, their prompts are simulated and answered on the order's page. */
  app.post('/phone/:clientId/prompt', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { phone, answer, checkoutRequestId } = readAs(answerSchema, request.body);
    if (clients.get(clientId).client.mode === 'live')
      throw new AppError('not-found', 'Prompts of a live bot are answered on the customer’s phone');
    const number = readPhone(phone);
    const wish = { answer, ...(checkoutRequestId === undefined ? {} : { checkoutRequestId }) };
    const own = scopeOf(request);
    const allowed =
      own === undefined ? wish : answerOfOwner(own, wish, await world.phone(number), services.stores.orders);
    await world.answerPrompt(number, allowed);
    return reply.code(204).send();
  });
}
