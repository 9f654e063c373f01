import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { languageSchema } from '../../../shared/language.ts';
import type { TextScope } from '../../chats/texts.ts';
import { identityOf, requireClientAccess } from '../auth/roles.ts';
import type { Services } from '../types.ts';

const tags = ['texts'];
/** Longer than a text may be, so that too long a one hears so at its field. */
const MAX_WRITTEN = 5_000;

const scopeShape = {
  language: languageSchema.default('en'),
  /** Without it: the platform's texts; an owner's are his client's. */
  clientId: z.string().max(80).optional(),
};
const keyParamsSchema = z.object({ key: z.string().min(1).max(60) });
const textViewSchema = z.object({
  key: z.string(),
  group: z.string(),
  title: z.string(),
  placeholders: z.array(z.string()).readonly(),
  required: z.array(z.string()).readonly(),
  default: z.string(),
  platform: z.string().optional(),
  client: z.string().optional(),
  effective: z.string(),
});

/** Owners stay with their own client's texts. @throws AppError `not-found` */
function scopeFor(request: FastifyRequest, { language, clientId }: TextScope): TextScope {
  const identity = identityOf(request);
  const wanted = clientId ?? (identity.role === 'owner' ? identity.clientId : undefined);
  if (wanted === undefined) return { language };
  requireClientAccess(identity, wanted);
  return { language, clientId: wanted };
}

/** What the bots say: the platform's texts by admins, a client's by its owner too. */
export function registerTexts(instance: FastifyInstance, { texts }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/texts',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'All texts of one language, with what has been put in their place',
        querystring: z.object(scopeShape),
        response: { 200: z.object({ items: z.array(textViewSchema).readonly() }) },
      },
    },
    async (request) => ({ items: texts.list(scopeFor(request, request.query)) }),
  );

  app.put(
    '/texts/:key',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Puts a text in place of the standard one',
        params: keyParamsSchema,
        body: z.strictObject({ ...scopeShape, text: z.string().max(MAX_WRITTEN) }),
        response: { 200: textViewSchema },
      },
    },
    async (request) => {
      const { text, ...scope } = request.body;
      const { name } = identityOf(request);
      return await texts.put(request.params.key, text, scopeFor(request, scope), name);
    },
  );

  app.delete(
    '/texts/:key',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Resets a text: what stands beneath it counts again',
        params: keyParamsSchema,
        querystring: z.object(scopeShape),
        response: { 200: textViewSchema },
      },
    },
    async (request) =>
      await texts.reset(request.params.key, scopeFor(request, request.query), identityOf(request).name),
  );

  app.post(
    '/texts/:key/preview',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'A text with sample values, as a customer might read it; checked like one to be saved',
        params: keyParamsSchema,
        body: z.strictObject({ ...scopeShape, text: z.string().max(MAX_WRITTEN).optional() }),
        response: { 200: z.object({ text: z.string() }) },
      },
    },
    async (request) => {
      const { text, ...scope } = request.body;
      return { text: texts.preview(request.params.key, text, scopeFor(request, scope)) };
    },
  );
}
