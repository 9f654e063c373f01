import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ApiCall, ApiDocsPage } from '../../../web/pages/api-docs.tsx';
import type { Services } from '../types.ts';
import { pageContext, sendPage } from './page.ts';

/** As much of an OpenAPI document as is shown. */
const contentSchema = z.looseObject({
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
});
const callSchema = z.looseObject({
  tags: z.array(z.string()).default([]),
  summary: z.string().default(''),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: contentSchema.optional(),
  responses: z.record(z.string(), contentSchema).default({}),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), callSchema)),
});

/** `/api-docs`: the API's own description, for people. Drawn by the server: no script, no other site. */
export function registerApiDocs(app: FastifyInstance, services: Services): void {
  app.get('/api-docs', { config: { role: 'admin' } }, (request, reply) => {
    const { paths } = documentSchema.parse(app.describeApi());
    const groups = new Map<string, ApiCall[]>();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, call] of Object.entries(methods)) {
        const name = call.tags[0] ?? 'other';
        groups.set(name, [...(groups.get(name) ?? []), apiCall(method, path, call)]);
      }
    }
    const baseUrl = services.config.baseUrl?.replace(/\/$/, '') ?? `${request.protocol}://${request.host}`;
    const model = { baseUrl, groups: [...groups].map(([name, calls]) => ({ name, calls })) };
    return sendPage(reply, <ApiDocsPage context={pageContext(request, services)} model={model} />);
  });
}

function apiCall(method: string, path: string, call: z.infer<typeof callSchema>): ApiCall {
  const body = schemaText(call.requestBody);
  return {
    method: method.toUpperCase(),
    path,
    summary: call.summary,
    parameters: call.parameters.map((parameter) => ({
      name: parameter.name,
      place: parameter.in,
      required: parameter.required,
      schema: JSON.stringify(parameter.schema),
    })),
    ...(body !== undefined && { body }),
    answers: Object.entries(call.responses).map(([status, answer]) => {
      const schema = schemaText(answer);
      return { status, ...(schema !== undefined && { schema }) };
    }),
  };
}

function schemaText(part: z.infer<typeof contentSchema> | undefined): string | undefined {
  const schema = Object.values(part?.content ?? {})[0]?.schema;
  return schema === undefined ? undefined : JSON.stringify(schema, undefined, 2);
}
