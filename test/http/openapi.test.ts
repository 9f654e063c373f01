import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { z } from 'zod';
import { anAlert } from '../helpers/an-alert.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { requestFor } from './helpers/requests.ts';
import { type Site, startSite } from './helpers/site.ts';

const contentSchema = z.object({
  content: z.record(z.string(), z.object({ schema: z.looseObject({}) })).optional(),
});
const callSchema = z.object({
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  parameters: z
    .array(z.object({ name: z.string(), in: z.enum(['path', 'query']), schema: z.looseObject({}) }))
    .default([]),
  requestBody: contentSchema.optional(),
  responses: z.record(z.string(), contentSchema),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), callSchema)) });
type Call = z.infer<typeof callSchema>;

async function busySite(t: Parameters<typeof startSite>[0]): Promise<Site> {
  const site = await startSite(t);
  site.stores.alerts.set('al_one', anAlert({ id: 'al_one', clientId: 'cl_one' }));
  return site;
}

/** Before each call, because the one before may have deleted it. */
function seed({ stores, clients, clock }: Site): void {
  stores.clients.set('cl_one', makeClient());
  stores.orders.set('A2345678', makeOrder());
  const qr = { text: 'a-code', expiresAt: clock.now() + 20_000 };
  clients.workers.set('cl_one', { state: 'awaiting-scan', restarts: 0, qr });
}

async function documentOf({ app, bearer }: Site): Promise<ReadonlyMap<string, Call>> {
  const answer = await app.inject({ url: '/api/v1/openapi.json', headers: bearer });
  const { paths } = documentSchema.parse(answer.json());
  return new Map(
    Object.entries(paths).flatMap(([path, calls]) =>
      Object.entries(calls).map(([method, call]): [string, Call] => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        call,
      ]),
    ),
  );
}

function schemaOf(call: Call, status: number): z.ZodType | undefined {
  const documented = call.responses[status] ?? (status >= 400 ? call.responses.default : undefined);
  assert.ok(documented, `status ${status} is not in the document`);
  const schema = documented.content?.['application/json']?.schema;
  return schema && readerOf(schema);
}

/** Patterns are read without the flag that ours need, and say nothing of the shape. */
function readerOf(schema: object): z.ZodType {
  const shape = JSON.stringify(schema, (key, value) => (key === 'pattern' ? undefined : value));
  return z.fromJSONSchema(JSON.parse(shape), { defaultTarget: 'openapi-3.0' });
}

function assertTold(route: string, call: Call, { statusCode, headers, body }: LightMyRequestResponse): void {
  const schema = schemaOf(call, statusCode);
  const isJson = String(headers['content-type'] ?? '').startsWith('application/json');
  assert.equal(isJson, schema !== undefined, `${route} → ${statusCode} ${headers['content-type']}`);
  const read = schema?.safeParse(JSON.parse(body));
  assert.ok(
    read?.success !== false,
    `${route} → ${statusCode}: ${read?.error?.message} in ${body.slice(0, 400)}`,
  );
}

test('the OpenAPI document names every address of the API with its parts, and none besides', async (t) => {
  const site = await busySite(t);
  const documented = await documentOf(site);
  const declared = site.app.declaredRoutes
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/v1/') && !url.endsWith('.json'))
    .map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual([...documented.keys()].toSorted(), declared.toSorted());
  for (const [route, { parameters }] of documented) {
    const parts = [...route.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const told = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    assert.deepEqual(told.toSorted(), parts.toSorted(), route);
  }
});

test('what is sent and what is answered is what the OpenAPI document says, right or wrong', async (t) => {
  const site = await busySite(t);
  for (const [route, call] of await documentOf(site)) {
    if (route === 'GET /api/v1/sandbox/events') continue;
    seed(site);
    const request = requestFor(route);
    const headers = { ...request.headers, ...site.bearer };
    const body = call.requestBody?.content?.['application/json']?.schema;
    if (body !== undefined) {
      const read = readerOf(body).safeParse(request.payload);
      assert.ok(read.success, `${route} takes what it does not say it takes: ${read.error?.message}`);
    } else if (call.requestBody === undefined) {
      assert.deepEqual(request.payload ?? {}, {}, `${route} takes a body of which the document says nothing`);
    }
    const answer = await site.app.inject({ ...request, headers });
    assertTold(route, call, answer);
    const stranger = await site.app.inject({ ...request });
    assert.equal(stranger.statusCode, 401, route);
    assertTold(route, call, stranger);
    if (body === undefined) continue;
    const wrong = await site.app.inject({ ...request, headers, payload: { nonsense: 1 } });
    if (wrong.statusCode >= 400) assertTold(route, call, wrong);
  }
});
