import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { makeClient } from './helpers/fake-services.ts';
import { type Site, startSite } from './helpers/site.ts';

const errorSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string().min(5), field: z.string().optional() }),
});
const errorOf = (body: string) => errorSchema.parse(JSON.parse(body)).error;
const json = { 'content-type': 'application/json' };

test('an input that does not fit is refused with the field and what to do', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  const cases = [
    ['POST', '/api/v1/clients', { mode: 'sandbox' }, 'name', /"name" is missing; expected a string/],
    ['POST', '/api/v1/clients', { name: '  ', mode: 'sandbox' }, 'name', /must not be empty/],
    [
      'POST',
      '/api/v1/clients',
      { name: 'A', mode: 'fun' },
      'mode',
      /must be one of "sandbox", "test", "live"/,
    ],
    ['POST', '/api/v1/clients', { name: 7, mode: 'test' }, 'name', /"name" must be a string/],
    [
      'POST',
      '/api/v1/clients',
      { name: 'A', mode: 'test', shadowPay: {} },
      'shadowPay',
      /no field "shadowPay"/,
    ],
    [
      'POST',
      '/api/v1/clients',
      { name: 'A', mode: 'test', adminPhones: ['0700000001', '123'] },
      'adminPhones.1',
      /such as 0700000001/,
    ],
    [
      'PATCH',
      '/api/v1/clients/cl_one',
      { overrides: { discountPercent: 150 } },
      'overrides.discountPercent',
      /at most 50/,
    ],
    ['PATCH', '/api/v1/settings', { minAmountKes: 'abc' }, 'minAmountKes', /must be a number/],
    ['PATCH', '/api/v1/settings', { minAmountKes: 10.5 }, 'minAmountKes', /Whole shillings only/],
    ['GET', '/api/v1/orders?status=lost', undefined, 'status', /./],
    ['GET', '/api/v1/orders?limit=0', undefined, 'limit', /at least 1/],
    ['GET', '/api/v1/orders?limit=many', undefined, 'limit', /must be a number/],
    ['GET', '/api/v1/orders?from=yesterday', undefined, 'from', /2026-01-31/],
    ['GET', '/api/v1/orders?cursor=%27', undefined, 'cursor', /cursor/],
    ['POST', '/api/v1/sandbox/cl_one/messages', { from: 'mum', text: 'hi' }, 'from', /such as 0700000001/],
    [
      'POST',
      '/api/v1/sandbox/cl_one/messages',
      { from: '0700000001', text: 'x'.repeat(4097) },
      'text',
      /4096/,
    ],
    [
      'POST',
      '/api/v1/sandbox/phones/0700000001/prompt',
      { answer: 'steal' },
      'answer',
      /must be one of "pay"/,
    ],
  ] as const;
  for (const [method, url, payload, field, message] of cases) {
    const answer = await app.inject({ method, url, headers: bearer, ...(payload ? { payload } : {}) });
    assert.equal(answer.statusCode, 422, `${url} ${answer.body}`);
    const error = errorOf(answer.body);
    assert.deepEqual({ code: error.code, field: error.field }, { code: 'invalid', field });
    assert.match(error.message, message);
  }
});

test('a broken body is told apart from a wrong one', async (t) => {
  const { app, bearer } = await startSite(t);
  const post = (payload: string, headers: Record<string, string> = json) =>
    app.inject({ method: 'POST', url: '/api/v1/clients', headers: { ...bearer, ...headers }, payload });
  const statuses: [string, string, Record<string, string>, number, string][] = [
    ['cut off', '{"name": "A', json, 400, 'bad-request'],
    ['empty', '', json, 400, 'bad-request'],
    ['prototype', '{"__proto__": {"admin": true}, "name": "A", "mode": "sandbox"}', json, 400, 'bad-request'],
    ['constructor', '{"constructor": {"prototype": {}}, "name": "A"}', json, 400, 'bad-request'],
    ['other type', '<name>A</name>', { 'content-type': 'application/xml' }, 415, 'unsupported-media-type'],
    ['not an object', '[]', json, 422, 'invalid'],
    ['too large', JSON.stringify({ name: 'x'.repeat(65_536) }), json, 413, 'payload-too-large'],
    ['nested', `{"name":${'['.repeat(30_000)}${']'.repeat(30_000)},"mode":"sandbox"}`, json, 422, 'invalid'],
    [
      'nested override',
      `{"name":"A","mode":"sandbox","overrides":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`,
      json,
      422,
      'invalid',
    ],
  ];
  for (const [what, payload, headers, status, code] of statuses) {
    const answer = await post(payload, headers);
    assert.equal(answer.statusCode, status, `${what}: ${answer.body}`);
    assert.equal(errorOf(answer.body).code, code, what);
  }
});

test('what breaks inside stays inside; the log has it under the number that the caller is told', async (t) => {
  const pages = (app: Site['app']): void => {
    app.get('/api/v1/breaks', { config: { role: 'public' } }, async () => {
      throw new Error('secret detail at /srv/data/orders.json');
    });
    app.get('/breaks', { config: { role: 'public' } }, async () => {
      throw new Error('secret detail');
    });
  };
  const { app, log } = await startSite(t, { parts: { pages } });
  const answer = await app.inject('/api/v1/breaks');
  assert.equal(answer.statusCode, 500);
  const { code, message } = errorOf(answer.body);
  assert.equal(code, 'internal');
  assert.ok(!message.includes('secret detail'));
  const [reqId] = /rq_[\w-]+/.exec(message) ?? [];
  assert.ok(reqId);
  const line = log()
    .split('\n')
    .find((text) => text.includes('secret detail'));
  assert.ok(line?.includes(reqId));
  const page = await app.inject({ url: '/breaks', headers: { accept: 'text/html' } });
  assert.match(page.headers['content-type']?.toString() ?? '', /^text\/html/);
  assert.ok(!page.body.includes('secret detail'));
});

test('a person sees a page, escaped; a fragment gets words that leave the page as it is', async (t) => {
  const parts = {
    renderErrorPage: ({ status, title, message }: { status: number; title: string; message: string }) =>
      `<main>${status}|${title}|${message}</main>`,
  };
  const { app } = await startSite(t, { parts });
  const page = await app.inject({ url: '/nowhere', headers: { accept: 'text/html' } });
  assert.equal(page.statusCode, 404);
  assert.equal(page.body, '<main>404|Not found|There is no such page</main>');
  const fragment = await app.inject({
    url: '/nowhere',
    headers: { accept: 'text/html', 'hx-request': 'true' },
  });
  assert.equal(errorOf(fragment.body).code, 'not-found');
  assert.equal(fragment.headers['hx-reswap'], 'none');
  const program = await app.inject({ url: '/api/v1/nowhere', headers: { accept: 'text/html' } });
  assert.equal(errorOf(program.body).code, 'not-found');
});

test('looking for addresses by trying them is slowed down', async (t) => {
  const { app } = await startSite(t);
  const statuses = new Set<number>();
  for (let count = 0; count < 61; count += 1) statuses.add((await app.inject(`/try-${count}`)).statusCode);
  assert.deepEqual([...statuses], [404, 429]);
  assert.equal((await app.inject('/health/live')).statusCode, 200);
});

test('overlong addresses and parameters are refused without harm', async (t) => {
  const { app, bearer } = await startSite(t);
  const long = await app.inject({ url: `/api/v1/orders?q=${'9'.repeat(3_000)}`, headers: bearer });
  assert.equal(long.statusCode, 400);
  const param = await app.inject({ url: `/api/v1/clients/${'x'.repeat(500)}`, headers: bearer });
  assert.equal(param.statusCode, 400);
  const odd = await app.inject({ url: '/api/v1/clients/%E0%A4%A', headers: bearer });
  assert.equal(odd.statusCode, 400);
  assert.equal(errorOf(odd.body).code, 'bad-request');
});

test('browsers are told to be strict: no inline script, no framing, nothing kept', async (t) => {
  const { app, bearer } = await startSite(t);
  const { headers } = await app.inject({
    url: '/api/v1/clients',
    headers: { ...bearer, host: 'bots.example:8080' },
  });
  const policy = String(headers['content-security-policy']).split(';');
  assert.deepEqual(policy, [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self' ws://bots.example:8080 wss://bots.example:8080",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ]);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'same-origin');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['strict-transport-security'], undefined);
  const forged = await app.inject({ url: '/health', headers: { host: "x; script-src 'unsafe-inline'" } });
  assert.ok(!String(forged.headers['content-security-policy']).includes('unsafe-inline'));
});

test('while nothing can be saved, changes are refused before they are tried, and reading goes on', async (t) => {
  const { app, bearer, stores, clients } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  stores.writable = false;
  const answer = await app.inject({ method: 'POST', url: '/api/v1/clients/cl_one/stop', headers: bearer });
  assert.equal(answer.statusCode, 503);
  assert.equal(errorOf(answer.body).code, 'unavailable');
  assert.deepEqual(clients.calls, []);
  assert.equal((await app.inject({ url: '/api/v1/clients/cl_one', headers: bearer })).statusCode, 200);
  const signIn = await app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: { token: bearer.authorization.slice('Bearer '.length) },
  });
  assert.equal(signIn.statusCode, 200);
});

test('nobody is told what is not on disk yet', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  const disk = deferred();
  const asked = deferred();
  stores.durable = () => {
    asked.resolve();
    return disk.promise;
  };
  let answered = false;
  const answer = app.inject({ url: '/api/v1/clients/cl_one', headers: bearer }).then((result) => {
    answered = true;
    return result;
  });
  await asked.promise;
  await app.inject('/health/live');
  assert.equal(answered, false);
  disk.resolve();
  assert.equal((await answer).statusCode, 200);
});

test('a disk that breaks while an answer waits for it makes that answer a failure', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient({ name: 'Never Told' }));
  stores.durable = async () => {
    throw new Error('EIO');
  };
  const answer = await app.inject({ url: '/api/v1/clients/cl_one', headers: bearer });
  assert.equal(answer.statusCode, 500);
  assert.ok(!answer.body.includes('Never Told'));
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
