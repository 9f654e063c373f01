import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../supervisor/config.ts';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient, makeOrder } from '../http/helpers/fake-services.ts';
import { ADMIN_TOKEN, type Site, startSite } from '../http/helpers/site.ts';

/**
 * What earlier bots of this kind got wrong about access and secrets, each as an attack. Attempt limits, the access code and the
 * walk over all routes and rooms have files of their own (test/http).
 */
const parts = { pages: registerPages, live: registerLive, renderErrorPage };

async function busySite(t: Parameters<typeof startSite>[0]): Promise<Site> {
  const site = await startSite(t, { parts });
  site.stores.clients.set('cl_one', makeClient());
  site.stores.orders.set('A2345678', makeOrder());
  site.clients.workers.set('cl_one', {
    state: 'awaiting-scan',
    restarts: 0,
    qr: { text: '2@qr-siri', expiresAt: site.clock.now() + 60_000 },
  });
  return site;
}

test('there is no token that everybody knows: production wants one of its own', () => {
  assert.throws(() => readConfig({ NODE_ENV: 'production' }), /ADMIN_UI_TOKEN is required/);
});

test('a token in the address opens nothing', async (t) => {
  const { app, log } = await busySite(t);
  for (const name of ['token', 'access_token', 'authorization', 'key']) {
    const answer = await app.inject({ url: `/api/v1/clients?${name}=${ADMIN_TOKEN}` });
    assert.equal(answer.statusCode, 401, name);
  }
  assert.ok(!log().includes(ADMIN_TOKEN));
});

test('an order’s number alone opens nothing', async (t) => {
  const { app } = await busySite(t);
  for (const url of ['/api/v1/orders/A2345678', '/orders/A2345678', '/orders/A2345678/quick']) {
    const { statusCode, body } = await app.inject({ url });
    assert.ok(statusCode === 401 || statusCode === 404, `${url} → ${statusCode}`);
    assert.ok(!body.includes('SG722NMVXQ'), url);
  }
});

test('a QR code stands in no log and in no list of clients', async (t) => {
  const { app, bearer, log } = await busySite(t);
  const qr = await app.inject({ url: '/api/v1/clients/cl_one/qr', headers: bearer });
  assert.equal(qr.json().qr, '2@qr-siri');
  for (const url of ['/api/v1/clients', '/api/v1/clients/cl_one', '/health']) {
    assert.ok(!(await app.inject({ url, headers: bearer })).body.includes('qr-siri'), url);
  }
  assert.ok(!log().includes('qr-siri'));
});

test('no path leads to a file of the project or the data folder', async (t) => {
  const { app } = await busySite(t);
  for (const path of [
    '/package.json',
    '/data/clients.json',
    '/assets/../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/....//package.json',
    '/assets/styles/..%5c..%5cpackage.json',
    '/assets//etc/passwd',
    '/assets/styles/app.css%00.png',
    '/.env',
    '/assets/.env',
  ]) {
    const { statusCode, body } = await app.inject({ url: path });
    assert.ok(statusCode === 404 || statusCode === 400 || statusCode === 401, `${path} → ${statusCode}`);
    assert.ok(!body.includes('"dependencies"') && !body.includes('root:'), path);
  }
});

test('keys that are set are never given back, by API or by page', async (t) => {
  const { app, bearer, browser } = await busySite(t);
  const secret = 'sehr-geheim-0123456789';
  const keys = { consumerKey: `key-${secret}`, consumerSecret: `secret-${secret}` };
  for (const url of ['/api/v1/settings', '/api/v1/clients/cl_one']) {
    const { statusCode } = await app.inject({
      method: 'PATCH',
      url,
      headers: bearer,
      payload: { statum: keys },
    });
    assert.equal(statusCode, 200, url);
  }
  for (const url of ['/api/v1/settings', '/settings', '/api/v1/clients/cl_one', '/clients/cl_one', '/']) {
    const { body } = await app.inject({ url, headers: browser() });
    assert.ok(!body.includes(secret), url);
  }
});

test('a forged, foreign or broken cookie signs nobody in and breaks nothing', async (t) => {
  const { app, browser } = await busySite(t);
  const mine = browser().cookie.slice('session='.length);
  const [payload = '', signature = ''] = mine.split('.');
  const told = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forge = (change: object): string =>
    `${Buffer.from(JSON.stringify({ ...told, ...change })).toString('base64url')}.${signature}`;
  for (const value of [
    forge({ expiresAt: 9e15 }),
    forge({ who: { role: 'admin', name: 'root' } }),
    forge({ epoch: '1.1' }),
    `${payload}.${'A'.repeat(signature.length)}`,
    `${payload}.${signature}=`,
    `${Buffer.from('{').toString('base64url')}.${signature}`,
    'null.null',
    '.',
    'a'.repeat(5_000),
    '%00%ff%fe',
    '__proto__',
  ]) {
    const answer = await app.inject({ url: '/api/v1/clients', headers: { cookie: `session=${value}` } });
    assert.equal(answer.statusCode, 401, value.slice(0, 60));
  }
});

/** Nested as deep as the size limit lets it be. */
const nested = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);

test('oversized, malformed and deeply nested bodies get a refusal in words: no failure, no inside told', async (t) => {
  const { app, bearer, log } = await busySite(t);
  const json = 'application/json';
  const form = 'application/x-www-form-urlencoded';
  const bodies: readonly (readonly [type: string, body: string | Buffer])[] = [
    [json, ''],
    [json, '{'],
    [json, 'null'],
    [json, '[]'],
    [json, '"text"'],
    [json, '1e999'],
    [json, '\u0000'],
    [json, Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    [json, nested('[', ']', 30_000)],
    [json, nested('{"a":', '}', 10_000)],
    [json, '{"__proto__":{"role":"admin"}}'],
    [json, '{"constructor":{"prototype":{"role":"admin"}}}'],
    [json, JSON.stringify({ name: 'x'.repeat(70_000) })],
    [json, JSON.stringify({ name: { toString: 'x' }, mode: ['sandbox'] })],
    [form, 'a='.repeat(30_000)],
    [form, '%ff%fe=%00&__proto__[x]=1&a[b][c][d]=1'],
    [form, `token=${'x'.repeat(70_000)}`],
    ['text/html', '<b>'],
    ['multipart/form-data; boundary=x', '--x\r\n'],
    ['application/json; charset=utf-7', '{}'],
    ['garbage', '{}'],
  ];
  const targets = [
    ['POST', '/sign-in'],
    ['POST', '/start'],
    ['POST', '/api/v1/clients'],
    ['PATCH', '/api/v1/clients/cl_one'],
    ['PATCH', '/api/v1/settings'],
    ['POST', '/api/v1/orders/A2345678/actions'],
    ['POST', '/api/v1/clients/cl_one/invites'],
    ['PUT', '/api/v1/sandbox/faults'],
    ['POST', '/callbacks/statum/no-such-token'],
    ['POST', '/settings/groups/Shop'],
    ['POST', '/phone/cl_one/messages'],
  ] as const;
  for (const [method, url] of targets) {
    for (const [type, payload] of bodies) {
      const headers = { ...bearer, 'content-type': type };
      const { statusCode, body } = await app.inject({ method, url, headers, payload });
      const what = `${method} ${url} ${type} ${String(payload).slice(0, 30)} → ${statusCode}`;
      assert.ok(statusCode < 500, what);
      assert.ok(!/\bat .*\.(ts|js):\d+|node_modules/.test(body), what);
    }
  }
  assert.ok(!log().includes('"level":"error"'));
});

test('addresses that are too long, broken or full of tricks are refused, not followed', async (t) => {
  const { app, bearer } = await busySite(t);
  for (const url of [
    `/api/v1/orders?q=${'x'.repeat(5_000)}`,
    `/api/v1/clients/${'x'.repeat(500)}`,
    '/api/v1/clients/%',
    '/api/v1/clients/%ff',
    '/api/v1/clients/__proto__',
    '/api/v1/clients/constructor',
    '/api/v1/orders?limit=1e9&cursor=%00',
    '/api/v1/orders?q[]=1&q[]=2',
    '/api/v1/orders?clientId=__proto__&from=9999999999-99-99',
    '/clients?q=%00&state=constructor',
    '/orders?cursor=%F0%9F&status=toString',
    '/phone/cl_one?phone=%00',
  ]) {
    const { statusCode } = await app.inject({ url, headers: bearer });
    assert.ok(statusCode < 500, `${url.slice(0, 60)} → ${statusCode}`);
  }
});

test('nothing that anybody sends makes the server call an address of his choice', async (t) => {
  const { app, bearer } = await busySite(t);
  for (const payload of [
    { baseUrl: 'http://169.254.169.254/' },
    { shadowPayBaseUrl: 'http://127.0.0.1/' },
    { statum: { consumerKey: 'k'.repeat(10), consumerSecret: 's'.repeat(10), baseUrl: 'http://127.0.0.1/' } },
    { webhookUrl: 'http://127.0.0.1/' },
  ]) {
    const { statusCode } = await app.inject({
      method: 'PATCH',
      url: '/api/v1/settings',
      headers: bearer,
      payload,
    });
    assert.equal(statusCode, 422, JSON.stringify(payload));
  }
});

test('a browser is told to be strict on every page, and no page has a script or a style of its own in it', async (t) => {
  const { app, browser } = await busySite(t);
  const pages = app.declaredRoutes.filter(
    ({ method, url }) =>
      method === 'GET' && !/^\/(api\/|health|metrics|assets|live|sign-in\/once|callbacks)/.test(url),
  );
  assert.ok(pages.length > 8);
  for (const { url } of pages) {
    const address = url.replace(':clientId', 'cl_one').replace(':orderNo', 'A2345678').replace(/:\w+/g, 'x');
    const { headers, body } = await app.inject({
      url: address,
      headers: { ...browser(), accept: 'text/html' },
    });
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'self'.*script-src 'self'.*frame-ancestors 'none'/, address);
    assert.doesNotMatch(policy, /unsafe|\*/, address);
    assert.equal(headers['x-content-type-options'], 'nosniff', address);
    assert.doesNotMatch(body, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i, address);
  }
});
