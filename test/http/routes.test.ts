import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { clientCommands } from '../../shared/client.ts';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { anAlert } from '../helpers/an-alert.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { requestFor } from './helpers/requests.ts';
import { type Site, startSite } from './helpers/site.ts';

/** Who may call what. A new route fails here until somebody has decided. */
const whoMayCall: Record<string, 'public' | 'owner' | 'admin'> = {
  'GET /assets/*': 'public',
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'POST /callbacks/statum/:token': 'public',
  'POST /sign-in': 'public',
  'GET /sign-in/once/:code': 'public',
  'POST /sign-out': 'owner',
  'POST /sign-out/everywhere': 'owner',
  'POST /sign-out/everybody': 'admin',
  'GET /api/v1/clients': 'owner',
  'POST /api/v1/clients': 'admin',
  'GET /api/v1/clients/:clientId': 'owner',
  'PATCH /api/v1/clients/:clientId': 'owner',
  'DELETE /api/v1/clients/:clientId': 'admin',
  ...Object.fromEntries(
    clientCommands.map((command) => [`POST /api/v1/clients/:clientId/${command}`, 'owner']),
  ),
  'GET /api/v1/clients/:clientId/history': 'owner',
  'GET /api/v1/clients/:clientId/qr': 'owner',
  'POST /api/v1/clients/:clientId/pairing-code': 'owner',
  'GET /api/v1/clients/:clientId/picture': 'owner',
  'PUT /api/v1/clients/:clientId/picture': 'owner',
  'DELETE /api/v1/clients/:clientId/picture': 'owner',
  'GET /api/v1/clients/:clientId/bans': 'owner',
  'PUT /api/v1/clients/:clientId/bans/:phoneOrChatId': 'owner',
  'DELETE /api/v1/clients/:clientId/bans/:phoneOrChatId': 'owner',
  'GET /api/v1/texts': 'owner',
  'PUT /api/v1/texts/:key': 'owner',
  'DELETE /api/v1/texts/:key': 'owner',
  'POST /api/v1/texts/:key/preview': 'owner',
  'GET /api/v1/bans': 'admin',
  'PUT /api/v1/bans/:phoneOrChatId': 'admin',
  'DELETE /api/v1/bans/:phoneOrChatId': 'admin',
  'GET /api/v1/clients/:clientId/invites': 'admin',
  'POST /api/v1/clients/:clientId/invites': 'admin',
  'DELETE /api/v1/clients/:clientId/invites/:inviteId': 'admin',
  'GET /api/v1/orders': 'owner',
  'GET /api/v1/orders.csv': 'owner',
  'GET /api/v1/people/:phone/export': 'admin',
  'POST /api/v1/people/:phone/erasure': 'admin',
  'GET /api/v1/orders/:orderNo': 'owner',
  'POST /api/v1/orders/:orderNo/actions': 'owner',
  'GET /metrics': 'admin',
  'GET /api/v1/float': 'admin',
  'GET /api/v1/settlement': 'owner',
  'GET /api/v1/settings': 'admin',
  'PATCH /api/v1/settings': 'admin',
  'GET /api/v1/audit': 'admin',
  'GET /api/v1/alerts': 'owner',
  'POST /api/v1/alerts/:alertId/acknowledge': 'owner',
  'POST /api/v1/sandbox/:clientId/messages': 'owner',
  'GET /api/v1/sandbox/:clientId/messages': 'owner',
  'PATCH /api/v1/sandbox/:clientId/messages/:id': 'owner',
  'DELETE /api/v1/sandbox/:clientId/messages/:id': 'owner',
  'GET /api/v1/sandbox/phones/:phone': 'owner',
  'POST /api/v1/sandbox/phones/:phone/prompt': 'owner',
  'PUT /api/v1/sandbox/faults': 'admin',
  'GET /api/v1/sandbox/ledger': 'admin',
  'GET /api/v1/sandbox/events': 'admin',
  'GET /api/v1/openapi.json': 'owner',
};

const SECRET_NAME = 'Mambo Ya Mwingine';

/** One call. An answer without an end is left as soon as it has begun. */
async function answerTo({ app, stores }: Site, request: InjectOptions) {
  // An earlier route may have deleted it.
  stores.clients.set('cl_one', makeClient({ name: SECRET_NAME }));
  const payloadAsStream = request.url === '/api/v1/sandbox/events';
  const answer = await app.inject({ ...request, payloadAsStream });
  if (payloadAsStream) answer.stream().destroy();
  return answer;
}

async function siteWithClient(test: Parameters<typeof startSite>[0]): Promise<Site> {
  const site = await startSite(test);
  site.stores.clients.set('cl_one', makeClient({ name: SECRET_NAME }));
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two', name: 'Nyingine' }));
  site.stores.orders.set('A2345678', makeOrder());
  site.stores.alerts.set('al_one', anAlert({ id: 'al_one', clientId: 'cl_one', title: SECRET_NAME }));
  return site;
}

test('each route declares who may call it, and none is unknown to this table', async (t) => {
  const { app } = await startSite(t);
  const declared = app.declaredRoutes.filter(({ method }) => method !== 'HEAD');
  assert.deepEqual(
    Object.fromEntries(declared.map(({ method, url, role }) => [`${method} ${url}`, role])),
    whoMayCall,
  );
  const gets = declared.filter(({ method }) => method === 'GET').map(({ url, role }) => `${url} ${role}`);
  const heads = app.declaredRoutes
    .filter(({ method }) => method === 'HEAD')
    .map(({ url, role }) => `${url} ${role}`);
  assert.deepEqual(heads.toSorted(), gets.toSorted());
});

test('a route without a role keeps the server from starting', async (t) => {
  const pages = (app: Site['app']): void => {
    app.get('/forgotten', async () => 'open to all');
  };
  await assert.rejects(startSite(t, { parts: { pages } }), /GET \/forgotten declares no role/);
});

test('strangers reach public routes only', async (t) => {
  const { app } = await siteWithClient(t);
  for (const [route, role] of Object.entries(whoMayCall)) {
    const answer = await app.inject(requestFor(route));
    const refused = answer.statusCode === 401 && answer.json().error.message.startsWith('Sign in');
    assert.equal(refused, role !== 'public', `${route} → ${answer.statusCode}`);
    assert.ok(!answer.body.includes(SECRET_NAME), route);
  }
});

test('the admin token opens every route, without a CSRF token', async (t) => {
  const site = await siteWithClient(t);
  for (const route of Object.keys(whoMayCall)) {
    const request = requestFor(route);
    const answer = await answerTo(site, { ...request, headers: { ...request.headers, ...site.bearer } });
    const expected = expectedForAdmin(route);
    assert.equal(answer.statusCode, expected, `${route} → ${answer.statusCode} ${answer.body}`);
  }
});

test('a signed-in admin’s browser opens every route with its CSRF token, and changes nothing without it', async (t) => {
  const site = await siteWithClient(t);
  const { app, browser } = site;
  for (const [route, role] of Object.entries(whoMayCall)) {
    const request = requestFor(route);
    let full = browser();
    const answer = await answerTo(site, { ...request, headers: { ...request.headers, ...full } });
    assert.equal(
      answer.statusCode,
      expectedForAdmin(route),
      `${route} → ${answer.statusCode} ${answer.body}`,
    );
    if (request.method === 'GET' || role === 'public') continue;
    // Signing out everywhere has ended the session above.
    full = browser();
    for (const [lack, headers] of [
      ['token', { cookie: full.cookie, origin: full.origin }],
      ['origin', { cookie: full.cookie, 'x-csrf-token': full['x-csrf-token'] }],
      ['own origin', { ...full, origin: 'http://evil.example' }],
      ['right token', { ...full, 'x-csrf-token': `${full['x-csrf-token'].slice(0, -1)}_` }],
    ] as const) {
      const refused = await app.inject({ ...request, headers: { ...request.headers, ...headers } });
      assert.equal(refused.statusCode, 403, `${route} without ${lack} → ${refused.statusCode}`);
    }
  }
});

test('an owner reaches his own client and nothing of another', async (t) => {
  const { app, browser } = await siteWithClient(t);
  for (const [route, role] of Object.entries(whoMayCall)) {
    if (role === 'public') continue;
    const request = requestFor(route);
    const as = async (clientId: string) =>
      app.inject({
        ...request,
        headers: { ...request.headers, ...browser({ role: 'owner', name: 'Wanjiku', clientId }) },
      });
    const own = await as('cl_one');
    const other = await as('cl_two');
    assert.equal(own.statusCode, role === 'admin' ? 403 : expectedForAdmin(route), `${route} own`);
    assert.ok(!other.body.includes(SECRET_NAME), route);
    // The texts show customers what a code looks like by that very one.
    if (route !== 'GET /api/v1/texts') assert.ok(!other.body.includes('SG722NMVXQ'), route);
    const namesAClient = /:(clientId|orderNo|alertId)/.test(route);
    if (role === 'owner' && namesAClient) assert.equal(other.statusCode, 404, `${route} other`);
  }
});

function expectedForAdmin(route: string): number {
  const special: Record<string, number> = {
    'GET /assets/*': 404,
    'POST /sign-in': 401,
    'GET /sign-in/once/:code': 401,
    'POST /sign-out': 204,
    'POST /sign-out/everywhere': 204,
    'POST /sign-out/everybody': 204,
    'POST /api/v1/clients': 201,
    'DELETE /api/v1/clients/:clientId': 204,
    'DELETE /api/v1/clients/:clientId/bans/:phoneOrChatId': 204,
    'DELETE /api/v1/bans/:phoneOrChatId': 204,
    'POST /api/v1/clients/:clientId/invites': 201,
    'DELETE /api/v1/clients/:clientId/invites/:inviteId': 404,
    'GET /api/v1/clients/:clientId/qr': 404,
    'GET /api/v1/clients/:clientId/picture': 404,
    'DELETE /api/v1/clients/:clientId/picture': 204,
    'POST /api/v1/sandbox/:clientId/messages': 202,
    'PATCH /api/v1/sandbox/:clientId/messages/:id': 204,
    'DELETE /api/v1/sandbox/:clientId/messages/:id': 204,
    'PUT /api/v1/sandbox/faults': 204,
  };
  const command = /^POST \/api\/v1\/clients\/:clientId\/(\w+)$/.exec(route)?.[1];
  return special[route] ?? (command ? 202 : 200);
}

test('no page and no live connection lets a stranger in, and none changes anything for another site', async (t) => {
  const parts = { pages: registerPages, live: registerLive, renderErrorPage };
  const { app, browser } = await startSite(t, { parts });
  const { cookie } = browser();
  const ownRoutes = new Set(Object.keys(whoMayCall));
  const pages = app.declaredRoutes.filter(
    ({ method, url }) => method !== 'HEAD' && !ownRoutes.has(`${method} ${url}`),
  );
  assert.ok(pages.length > 5);
  for (const { method, url, role } of pages) {
    const request = { ...requestFor('GET /health'), method: requestFor(`${method} /`).method, url };
    const page = await app.inject({ ...request, headers: { accept: 'text/html' } });
    if (role === 'public') continue;
    assert.equal(page.statusCode, 303, `${method} ${url}`);
    assert.match(String(page.headers.location), /^\/sign-in/);
    const program = await app.inject(request);
    assert.equal(program.statusCode, 401, `${method} ${url}`);
    if (method === 'GET') continue;
    const forged = await app.inject({ ...request, headers: { cookie, origin: 'http://evil.example' } });
    assert.equal(forged.statusCode, 403, `${method} ${url}`);
  }
});
