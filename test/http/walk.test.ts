import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { type Site, startSite } from './helpers/site.ts';

/**
 * Every route the app has, called by nobody, by the owner of another client, by the owner and by an admin. Nothing is listed here
 * but what strangers may reach and what stands for an address's parts: a new route is walked by itself, and one with an unknown
 * part, or open to strangers by mistake, fails.
 */
const FOR_STRANGERS: ReadonlySet<string> = new Set([
  'GET /assets/*',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'POST /callbacks/statum/:token',
  'GET /sign-in',
  'POST /sign-in',
  'GET /sign-in/once/:code',
  'GET /invite/:code',
  'POST /invite/:code',
  'GET /start',
  'POST /start',
]);

const PARTS: Readonly<Record<string, string>> = {
  ':clientId': 'cl_one',
  ':orderNo': 'A2345678',
  ':phoneOrChatId': '254700000001',
  ':phone': '254700000001',
  ':inviteId': 'iv_cl_one',
  ':alertId': 'al_one',
  ':command': 'pause',
  ':action': 'check-payment',
  ':gateway': 'statum',
  ':group': 'Shop',
  ':id': 'm1',
  ':kind': 'voice',
  ':language': 'en',
  ':key': 'menu',
  ':token': 'no-such-token',
  ':code': 'no-such-code',
  '*': 'no-such-file.css',
};

/** What only those who run the client may read, wherever it could show up. */
const RECEIPT = 'SX1SIRIX99';
const SECRETS = ['Siri ya Mama Njeri', RECEIPT, 'A2345678', 'siri-ya-logi'];

/** Ways to name a client or an order that is somebody else's; with what forms of texts, bans and searches need besides. */
const NAMES_OTHER = { client: 'cl_one', room: 'client:cl_one', orderNo: 'A2345678', q: '0001' };
const FORM = { text: 'Karibu', phoneOrChatId: '0700000009', who: '0700000001', from: '2020-01-01' };
const EXTRAS = [{ clientId: 'cl_one' }, { clientId: 'cl_one', text: 'Karibu' }, { ...NAMES_OTHER, ...FORM }];

/** What belongs to the client that the calls must not reach. */
const storedOf = ({ stores }: Site) => [
  [...stores.texts].filter(([id]) => id === 'cl_one'),
  [...stores.bans.values()].filter(({ clientId }) => clientId === 'cl_one'),
  stores.clients.get('cl_one'),
];

interface Walked {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly role: string;
  readonly namesClient: boolean;
}

async function busySite(t: Parameters<typeof startSite>[0]): Promise<Site> {
  const parts = { pages: registerPages, live: registerLive, renderErrorPage };
  const site = await startSite(t, { parts });
  seed(site);
  return site;
}

/** Before each call, because the one before may have deleted something or signed everybody out. */
function seed({ stores, clients }: Site): void {
  stores.clients.set('cl_one', makeClient({ name: SECRETS[0] ?? '' }));
  stores.clients.set('cl_two', makeClient({ id: 'cl_two', name: 'Duka lingine' }));
  const { payment, ...order } = makeOrder();
  stores.orders.set('A2345678', { ...order, payment: { ...payment, receipt: RECEIPT } });
  clients.workers.set('cl_one', { state: 'awaiting-scan', restarts: 0, stateReason: 'siri-ya-logi' });
}

function addressOf(route: string): string {
  return route
    .split('/')
    .map((part) => {
      if (!part.startsWith(':') && part !== '*') return part;
      const value = PARTS[part];
      assert.ok(value !== undefined, `${route}: say in this test what ${part} stands for`);
      return value;
    })
    .join('/');
}

function methodOf(method: string): Walked['method'] {
  assert.ok(
    method === 'GET' || method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE',
    method,
  );
  return method;
}

function routesOf({ app }: Site): readonly Walked[] {
  return app.declaredRoutes.flatMap(({ method, url, role }) => {
    if (method === 'HEAD') return [];
    const namesClient = url.includes(':clientId') || url.includes(':orderNo');
    return [{ name: `${method} ${url}`, method: methodOf(method), url: addressOf(url), role, namesClient }];
  });
}

/** @param extra goes into the query and the body besides */
async function call(
  site: Site,
  { method, url }: Walked,
  headers: Record<string, string>,
  extra: Readonly<Record<string, string>> = {},
) {
  seed(site);
  const endless = url === '/api/v1/sandbox/events';
  const query = url.includes('/messages') && method === 'GET' ? { phone: '254700000001', ...extra } : extra;
  const payload = { ...(url.endsWith('/actions') ? { action: 'check-payment' } : {}), ...extra };
  const answer = await site.app.inject({
    method,
    url,
    query,
    headers: { host: 'localhost', ...headers },
    ...(method === 'GET' ? {} : { payload }),
    payloadAsStream: endless,
  });
  if (endless) answer.stream().destroy();
  return { status: answer.statusCode, body: endless ? '' : answer.body };
}

test('strangers reach what is for strangers, and nothing else', async (t) => {
  const site = await busySite(t);
  const routes = routesOf(site);
  assert.deepEqual(
    routes
      .filter(({ role }) => role === 'public')
      .map(({ name }) => name)
      .toSorted(),
    [...FOR_STRANGERS].toSorted(),
  );
  for (const route of routes) {
    const { status, body } = await call(site, route, {});
    if (route.role !== 'public') assert.equal(status, 401, route.name);
    assert.ok(status < 500, `${route.name} → ${status}`);
    for (const secret of SECRETS) assert.ok(!body.includes(secret), `${route.name} tells ${secret}`);
  }
});

test('the owner of another client learns and changes nothing of this one', async (t) => {
  const site = await busySite(t);
  for (const route of routesOf(site)) {
    const before = site.clients.calls.length;
    const headers = site.browser({ role: 'owner', name: 'Jirani', clientId: 'cl_two' });
    const { status, body } = await call(site, route, headers);
    if (route.role === 'admin') assert.equal(status, 403, route.name);
    if (route.role === 'owner' && route.namesClient) assert.equal(status, 404, `${route.name} → ${status}`);
    assert.ok(status < 500, `${route.name} → ${status}`);
    for (const secret of SECRETS) assert.ok(!body.includes(secret), `${route.name} tells ${secret}`);
    const done = site.clients.calls.slice(before).map(({ what }) => what);
    assert.ok(!done.some((what) => what.includes('cl_one')), `${route.name} did ${done.join()}`);
  }
});

test('an owner who names another client beside the address learns and changes nothing of it either', async (t) => {
  const site = await busySite(t);
  const before = JSON.stringify(storedOf(site));
  for (const route of routesOf(site)) {
    if (route.role !== 'owner') continue;
    const headers = site.browser({ role: 'owner', name: 'Jirani', clientId: 'cl_two' });
    // As if the address were about his own client.
    const own = { ...route, url: route.url.replace('cl_one', 'cl_two') };
    for (const extra of EXTRAS) {
      const done = site.clients.calls.length;
      const { status, body } = await call(site, own, headers, extra);
      assert.ok(status < 500, `${route.name} → ${status}`);
      for (const secret of SECRETS) assert.ok(!body.includes(secret), `${route.name} tells ${secret}`);
      const calls = site.clients.calls.slice(done).map(({ what }) => what);
      assert.ok(!calls.some((what) => what.includes('cl_one')), `${route.name} did ${calls.join()}`);
    }
  }
  seed(site);
  assert.equal(JSON.stringify(storedOf(site)), before);
});

test('an owner is refused what is for admins, and no page or address of his own client', async (t) => {
  const site = await busySite(t);
  for (const route of routesOf(site)) {
    const headers = site.browser({ role: 'owner', name: 'Njeri', clientId: 'cl_one' });
    const { status } = await call(site, route, headers);
    assert.ok(status < 500, `${route.name} → ${status}`);
    if (route.role === 'admin') assert.equal(status, 403, route.name);
    else if (route.role === 'owner') assert.ok(status !== 401 && status !== 403, `${route.name} → ${status}`);
  }
});

test('an admin is refused nothing, and whatever he sends half-finished is no failure of the server', async (t) => {
  const site = await busySite(t);
  for (const route of routesOf(site)) {
    const { status } = await call(site, route, site.browser());
    assert.ok(status < 500, `${route.name} → ${status}`);
    if (route.role !== 'public') assert.ok(status !== 401 && status !== 403, `${route.name} → ${status}`);
  }
});

test('an address with parts that can be nothing, and a body of another kind, are refused and fail nothing', async (t) => {
  const site = await busySite(t);
  for (const { method, url } of site.app.declaredRoutes) {
    if (method === 'HEAD' || url === '/api/v1/sandbox/events') continue;
    const knownTo = (part: string) => PARTS[part] ?? part;
    const known = url.split('/').map(knownTo).join('/');
    const addresses = ['x'.repeat(120), '__proto__'].flatMap((odd) => [
      url.replaceAll(/:\w+|\*/g, odd),
      // The client is one; all else is not.
      url.replace(':clientId', 'cl_one').replaceAll(/:\w+|\*/g, odd),
    ]);
    for (const address of new Set([known, ...addresses])) {
      for (const payload of method === 'GET' ? [undefined] : ['[]', '{"text":["a"],"name":{},"reason":7}']) {
        seed(site);
        const headers = { ...site.bearer, 'content-type': 'application/json' };
        const request = { method: methodOf(method), url: address, headers };
        const { statusCode } = await site.app.inject({ ...request, ...(payload && { payload }) });
        assert.ok(statusCode < 500, `${method} ${address} ${payload ?? ''} → ${statusCode}`);
      }
    }
  }
});

test('whatever changes something wants the page’s token and the site’s own origin', async (t) => {
  const site = await busySite(t);
  for (const route of routesOf(site)) {
    if (route.method === 'GET' || route.role === 'public') continue;
    const full = site.browser();
    for (const [lack, headers] of [
      ['token', { cookie: full.cookie, origin: full.origin }],
      ['origin', { cookie: full.cookie, 'x-csrf-token': full['x-csrf-token'] }],
      ['own origin', { ...full, origin: 'http://evil.example' }],
    ] as const) {
      const { status } = await call(site, route, headers);
      assert.equal(status, 403, `${route.name} without ${lack}`);
    }
  }
  assert.deepEqual(site.clients.calls, []);
  assert.deepEqual(site.actions, []);
});

test('an owner confirms no payment and resends no airtime that went through the platform’s accounts, by no way there is', async (t) => {
  const site = await busySite(t);
  const { payment, ...order } = makeOrder({ mode: 'live' });
  const platform = { setId: 'platform:shadow-pay', version: 1 };
  site.stores.orders.set('A2345678', { ...order, payment: { ...payment, credentials: platform } });
  const answers = { reason: 'I saw it', receipt: 'SG722NMVXQ', amountKes: 48 };
  for (const action of ['confirm-payment', 'resend', 'mark-delivered', 'mark-refunded', 'cancel']) {
    for (const [url, payload] of [
      ['/api/v1/orders/A2345678/actions', { action, ...answers }],
      [`/orders/A2345678/actions/${action}`, { ...answers, amountKes: '48' }],
    ] as const) {
      const headers = site.browser({ role: 'owner', name: 'Njeri', clientId: 'cl_one' });
      const answer = await site.app.inject({ method: 'POST', url, headers, payload });
      assert.equal(answer.statusCode, 403, `${url} ${action}`);
    }
  }
  assert.deepEqual(site.actions, []);
});
