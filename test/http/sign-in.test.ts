import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '../../shared/clock.ts';
import { readConfig } from '../../supervisor/config.ts';
import { loadAdminToken } from '../../supervisor/http/auth/admin-token.ts';
import { safeNextPath } from '../../supervisor/http/auth/next-path.ts';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { ADMIN_TOKEN, type Site, startSite } from './helpers/site.ts';

const asBrowser = { accept: 'text/html,application/xhtml+xml', origin: 'http://localhost' };

const sendForm = (app: Site['app'], fields: Record<string, string>, headers = {}) =>
  app.inject({
    method: 'POST',
    url: '/sign-in',
    headers: { ...asBrowser, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  });

function sessionCookie(
  answer: Awaited<ReturnType<typeof sendForm>>,
): { name: string; value: string } & object {
  const cookie = answer.cookies[0];
  assert.ok(cookie, `no cookie in ${answer.statusCode} ${answer.body}`);
  return cookie;
}

test('signing in with the token by form gives a protected session and leads where one wanted to go', async (t) => {
  const { app, stores } = await startSite(t);
  const answer = await sendForm(app, { token: ADMIN_TOKEN, name: 'Achieng', next: '/orders?status=open' });
  assert.equal(answer.statusCode, 303);
  assert.equal(answer.headers.location, '/orders?status=open');
  const cookie = sessionCookie(answer);
  assert.deepEqual(
    { httpOnly: true, sameSite: 'Lax', path: '/' },
    Object.fromEntries(
      Object.entries(cookie).filter(([key]) => ['httpOnly', 'sameSite', 'path'].includes(key)),
    ),
  );
  const clients = await app.inject({ url: '/api/v1/clients', cookies: { session: cookie.value } });
  assert.equal(clients.statusCode, 200);
  assert.deepEqual(
    stores.audit.map(({ action, by }) => ({ action, by })),
    [{ action: 'sign-in', by: 'Achieng' }],
  );
});

test('signing in by JSON tells the CSRF token that changes need', async (t) => {
  const { app, clients } = await startSite(t);
  const answer = await app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: { token: ADMIN_TOKEN, name: 'Otieno' },
  });
  assert.equal(answer.statusCode, 200);
  const created = await app.inject({
    method: 'POST',
    url: '/api/v1/clients',
    cookies: { session: sessionCookie(answer).value },
    headers: { 'x-csrf-token': answer.json().csrfToken, origin: 'http://localhost' },
    payload: { name: 'Duka', mode: 'sandbox' },
  });
  assert.equal(created.statusCode, 201);
  assert.equal(clients.calls[0]?.by, 'Otieno');
});

test('the cookie is for HTTPS only where the site is on HTTPS, by address or behind a trusted proxy', async (t) => {
  const plain = await startSite(t);
  const https = await startSite(t, { env: { BASE_URL: 'https://bots.example' } });
  const heroku = await startSite(t, { env: { DYNO: 'web.1' } });
  const secureOf = async ({ app }: Site, headers: Record<string, string>) => {
    const answer = await sendForm(app, { token: ADMIN_TOKEN }, headers);
    return 'secure' in sessionCookie(answer);
  };
  const proxied = { 'x-forwarded-proto': 'https', origin: 'https://localhost', host: 'localhost' };
  assert.equal(await secureOf(https, { origin: 'https://bots.example' }), true);
  assert.equal(await secureOf(heroku, proxied), true);
  assert.equal(await secureOf(plain, { 'x-forwarded-proto': 'https' }), false);
});

test('a wrong token is refused, audited without the token, and does not get into the log', async (t) => {
  const { app, stores, log } = await startSite(t);
  const form = await sendForm(app, { token: 'my-mistyped-secret', name: 'Achieng', next: '/orders' });
  assert.equal(form.headers.location, '/sign-in?failed=token&next=%2Forders');
  const json = await app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: { token: 'my-mistyped-secret' },
  });
  assert.equal(json.statusCode, 401);
  assert.equal(json.cookies.length, 0);
  assert.deepEqual(
    stores.audit.map(({ action }) => action),
    ['sign-in.failed', 'sign-in.failed'],
  );
  assert.ok(!JSON.stringify(stores.audit).includes('mistyped'));
  assert.ok(!log().includes('mistyped'));
});

test('after ten wrong tokens even the right one must wait, from that address only', async (t) => {
  const { app } = await startSite(t);
  const attempt = (token: string, remoteAddress: string) =>
    app.inject({ method: 'POST', url: '/sign-in', payload: { token }, remoteAddress });
  for (let count = 0; count < 10; count += 1) {
    assert.equal((await attempt(`guess ${count}`, '192.0.2.1')).statusCode, 401);
  }
  const limited = await attempt(ADMIN_TOKEN, '192.0.2.1');
  assert.equal(limited.statusCode, 429);
  assert.match(limited.json().error.message, /Try again in 10 minutes/);
  assert.equal((await attempt(ADMIN_TOKEN, '192.0.2.2')).statusCode, 200);
});

test('guessing through the Authorization header is limited too', async (t) => {
  const { app, bearer } = await startSite(t);
  const ask = (authorization: string) => app.inject({ url: '/api/v1/clients', headers: { authorization } });
  for (let count = 0; count < 60; count += 1) {
    assert.equal((await ask(`Bearer guess-${count}`)).statusCode, 401);
  }
  assert.equal((await ask(bearer.authorization)).statusCode, 429);
});

test('signing in right again and again is never limited', async (t) => {
  const { app } = await startSite(t);
  for (let count = 0; count < 15; count += 1) {
    assert.equal((await sendForm(app, { token: ADMIN_TOKEN })).statusCode, 303);
  }
});

test('nobody signs in under a name that the product itself uses, or with markup for a name', async (t) => {
  const { app } = await startSite(t);
  for (const name of ['system', 'Customer', 'Shadow-Pay', '<b>x</b>', 'x'.repeat(61)]) {
    const answer = await app.inject({
      method: 'POST',
      url: '/sign-in',
      payload: { token: ADMIN_TOKEN, name },
    });
    assert.equal(answer.statusCode, 422, name);
    assert.equal(answer.json().error.field, 'name');
  }
});

test('a form on another site cannot sign anybody in', async (t) => {
  const { app } = await startSite(t);
  const answer = await sendForm(app, { token: ADMIN_TOKEN }, { origin: 'http://evil.example' });
  assert.equal(answer.cookies.length, 0);
  assert.notEqual(answer.headers.location, '/');
});

test('a one-time link signs in once', async (t) => {
  const { app } = await startSite(t);
  const link = app.createOneTimeLink();
  const first = await app.inject({ url: link, headers: asBrowser });
  assert.equal(first.headers.location, '/');
  sessionCookie(first);
  const second = await app.inject({ url: link, headers: asBrowser });
  assert.equal(second.headers.location, '/sign-in?failed=link');
  assert.equal(second.cookies.length, 0);
});

test('a one-time link expires after fifteen minutes', async (t) => {
  const { app, clock } = await startSite(t);
  const [inTime, late] = [app.createOneTimeLink(), app.createOneTimeLink()];
  clock.advance(15 * MINUTE_MS - 1);
  assert.equal((await app.inject({ url: inTime })).statusCode, 303);
  clock.advance(1);
  assert.equal((await app.inject({ url: late })).statusCode, 401);
});

test('a session ends after seven days, when it is tampered with, and when the admin token changes', async (t) => {
  const { app, browser, clock, dataDir } = await startSite(t);
  const { cookie } = browser();
  const statusWith = async (value: string) =>
    (await app.inject({ url: '/api/v1/clients', headers: { cookie: value } })).statusCode;
  assert.equal(await statusWith(cookie), 200);
  const [payload = '', signature = ''] = cookie.slice('session='.length).split('.');
  const forged = Buffer.from(
    Buffer.from(payload, 'base64url').toString().replace('Achieng', 'Mallory'),
  ).toString('base64url');
  for (const value of [
    `${forged}.${signature}`,
    `${payload}.`,
    payload,
    `.${signature}`,
    `${payload}.${signature}.x`,
    '…',
  ]) {
    assert.equal(await statusWith(`session=${encodeURIComponent(value)}`), 401, value);
  }
  const other = await startSite(t, { env: { ADMIN_UI_TOKEN: 'another-token-of-the-admin' } });
  writeFileSync(join(other.dataDir, 'session-key'), readFileSync(join(dataDir, 'session-key')));
  const { statusCode } = await other.app.inject({ url: '/api/v1/clients', headers: { cookie } });
  assert.equal(statusCode, 401);
  clock.advance(7 * DAY_MS);
  assert.equal(await statusWith(cookie), 401);
});

test('signing out takes the cookie away', async (t) => {
  const { app, browser, stores } = await startSite(t);
  const { cookie, 'x-csrf-token': _csrf } = browser();
  const answer = await app.inject({
    method: 'POST',
    url: '/sign-out',
    headers: { ...asBrowser, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ _csrf }).toString(),
  });
  assert.equal(answer.headers.location, '/sign-in');
  assert.equal(sessionCookie(answer).value, '');
  assert.equal(stores.audit.at(-1)?.action, 'sign-out');
});

test('a stranger who opens a page is asked to sign in and comes back to it; programs and fragments are told', async (t) => {
  const pages = (app: Site['app']): void => {
    app.get('/orders', { config: { role: 'admin' } }, async () => 'orders');
  };
  const { app } = await startSite(t, { parts: { pages } });
  const page = await app.inject({ url: '/orders?q=A%26b', headers: asBrowser });
  assert.equal(page.statusCode, 303);
  assert.equal(page.headers.location, '/sign-in?next=%2Forders%3Fq%3DA%2526b');
  const fragment = await app.inject({
    url: '/orders',
    headers: { ...asBrowser, 'hx-request': 'true', 'hx-current-url': 'http://localhost/orders?status=open' },
  });
  assert.equal(fragment.statusCode, 401);
  assert.equal(fragment.headers['hx-redirect'], '/sign-in?next=%2Forders%3Fstatus%3Dopen');
  const program = await app.inject({ url: '/api/v1/orders', headers: asBrowser });
  assert.equal(program.statusCode, 401);
  assert.equal(program.json().error.code, 'unauthorized');
});

test('nobody is led away from this site after signing in', async (t) => {
  const { app } = await startSite(t);
  const traps = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%09/../\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    'evil',
    '/sign-in',
    '/api/v1/orders',
    '',
  ];
  for (const next of traps) {
    const answer = await sendForm(app, { token: ADMIN_TOKEN, next });
    const target = new URL(String(answer.headers.location), 'http://localhost');
    assert.equal(target.host, 'localhost', JSON.stringify(next));
    assert.ok(!target.pathname.startsWith('//'), JSON.stringify(next));
  }
  assert.equal(safeNextPath('/orders?q=1#x'), '/orders?q=1#x');
});

test('whatever is asked for, the way back stays on this site', () => {
  const part = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    'evil.example',
    ':',
    '@',
    '?',
    '#',
    '\t',
    '\n',
    '%2f',
    'http:',
    'a',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const path = safeNextPath(parts.join(''));
      const target = new URL(path, 'http://this.site');
      assert.equal(target.origin, 'http://this.site');
      assert.match(path, /^\/(?![/\\])/);
    }),
  );
});

test('without ADMIN_UI_TOKEN a token is made once, kept for the owner’s eyes only, and goes on counting', async (t) => {
  const folder = temporaryFolder('token');
  t.after(() => folder.remove());
  const config = readConfig({ DATA_DIR: folder.path });
  const token = await loadAdminToken(config);
  assert.match(token, /^[\w-]{43}$/);
  assert.equal(await loadAdminToken(config), token);
  assert.equal(statSync(join(folder.path, 'admin-token')).mode & 0o777, 0o600);
  assert.equal(
    await loadAdminToken({ ...config, adminToken: 'the-environment-wins' }),
    'the-environment-wins',
  );
  writeFileSync(join(folder.path, 'admin-token'), '\n');
  await assert.rejects(loadAdminToken(config), /admin-token holds no secret.*delete the file/);
});

test('the session key is for the owner’s eyes only', async (t) => {
  const { dataDir } = await startSite(t);
  assert.equal(statSync(join(dataDir, 'session-key')).mode & 0o777, 0o600);
});

/** What a server says to requests that one connection brings all at once. */
async function allAtOnce(port: number, requests: readonly string[]): Promise<readonly string[]> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  socket.write(requests.join(''));
  await once(socket, 'close');
  return [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
}

test('guesses that come all at once on one connection are limited like guesses in turn', async (t) => {
  const { app } = await startSite(t, { parts: { pages: registerPages } });
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
  const guesses = (path: string, header: (index: number) => string): string[] =>
    Array.from({ length: 100 }, (_, index) => {
      const last = index === 99 ? 'Connection: close\r\n' : '';
      return `GET ${path}${index} HTTP/1.1\r\nHost: site.example\r\n${header(index)}${last}\r\n`;
    });
  const wrong = (statuses: readonly string[]) => statuses.filter((status) => status !== '429').length;
  const bearers = guesses('/api/v1/clients?n=', (index) => `Authorization: Bearer guess-${index}\r\n`);
  assert.equal(wrong(await allAtOnce(port, bearers)), 60);
  assert.equal(
    wrong(
      await allAtOnce(
        port,
        guesses('/invite/guess-', () => ''),
      ),
    ),
    10,
  );
});
