import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR_MS } from '../../shared/clock.ts';
import type { SettingsPatch } from '../../shared/settings.ts';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { type Site, startSite } from './helpers/site.ts';

const CODE = 'karibu-2026';
const asBrowser = { accept: 'text/html', origin: 'http://localhost', host: 'localhost' };

async function openSite(
  t: Parameters<typeof startSite>[0],
  { code = CODE, settings = {} }: { code?: string; settings?: SettingsPatch } = {},
): Promise<Site> {
  const parts = { pages: registerPages, live: registerLive, renderErrorPage };
  const site = await startSite(t, { parts, env: { ACCESS_CODE: code } });
  site.stores.settings.set('platform', { id: 'platform', values: settings });
  return site;
}

const knock = (
  { app }: Site,
  fields: Record<string, string>,
  more: Record<string, string> = {},
  from?: string,
) =>
  app.inject({
    method: 'POST',
    url: '/start',
    headers: { ...asBrowser, 'content-type': 'application/x-www-form-urlencoded', ...more },
    payload: new URLSearchParams(fields).toString(),
    ...(from !== undefined && { remoteAddress: from }),
  });

/** Makes a bot on the start page. @returns what the browser sends from then on */
async function come(site: Site, name = 'Duka la Amina', from?: string): Promise<{ cookie: string }> {
  const answer = await knock(site, { name, code: CODE }, {}, from);
  assert.equal(answer.headers.location, '/start/bot', answer.body);
  const session = answer.cookies.find((cookie) => cookie.name === 'session');
  assert.ok(session);
  return { cookie: `session=${session.value}` };
}

test('who knows the access code makes a bot, sees its QR code, and comes back to it from the same browser', async (t) => {
  const site = await openSite(t);
  const mine = await come(site);
  site.clients.workers.set('cl_new', {
    state: 'awaiting-scan',
    restarts: 0,
    qr: { text: '2@the-first-code', expiresAt: site.clock.now() + 20_000 },
  });
  const page = await site.app.inject({ url: '/start/bot', headers: { ...mine, ...asBrowser } });
  assert.match(page.body, /Duka la Amina/);
  assert.match(page.body, /aria-label="QR code to scan with WhatsApp"/);
  const back = await site.app.inject({ url: '/start', headers: { ...mine, ...asBrowser } });
  assert.equal(back.headers.location, '/start/bot');
  const again = await knock(site, { name: 'A second one', code: CODE }, mine);
  assert.equal(again.headers.location, '/start/bot');
  assert.equal(site.stores.clients.size, 1);
});

test('a new bot is private to the browser that made it', async (t) => {
  const site = await openSite(t);
  await come(site);
  const other = await site.app.inject({ url: '/start/bot', headers: asBrowser });
  assert.match(String(other.headers.location), /^\/sign-in/);
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two' }));
  const headers = site.browser({ role: 'owner', name: 'Otieno', clientId: 'cl_two' });
  const spied = await site.app.inject({ url: '/api/v1/clients/cl_new/qr', headers });
  assert.equal(spied.statusCode, 404);
});

test('without an access code, or when an admin has closed it, the page says so kindly and takes nobody', async (t) => {
  const unset = await openSite(t, { code: '' });
  const closed = await openSite(t, { settings: { startPageOpen: false } });
  for (const site of [unset, closed]) {
    const page = await site.app.inject({ url: '/start', headers: asBrowser });
    assert.equal(page.statusCode, 200);
    assert.match(page.body, /cannot be added here at the moment/);
    assert.doesNotMatch(page.body, /name="code"/);
    for (const code of ['', CODE, 'undefined']) {
      const answer = await knock(site, { name: 'Duka', code });
      assert.equal(answer.statusCode, 403);
    }
    assert.equal(site.stores.clients.size, 0);
    const root = await site.app.inject({ url: '/', headers: asBrowser });
    assert.equal(root.headers.location, '/sign-in');
  }
  const open = await openSite(t);
  const root = await open.app.inject({ url: '/', headers: asBrowser });
  assert.equal(root.headers.location, '/start');
});

test('a wrong code makes nothing, keeps what was typed, and is neither shown nor logged', async (t) => {
  const site = await openSite(t);
  const answer = await knock(site, { name: 'Duka la Amina', code: 'karibu-2025' });
  assert.equal(answer.statusCode, 401);
  assert.match(answer.body, /This access code is not valid/);
  assert.match(answer.body, /value="Duka la Amina"/);
  assert.ok(!answer.body.includes('karibu') && !site.log().includes('karibu'));
  assert.equal(answer.cookies.length, 0);
  assert.equal(site.stores.clients.size, 0);
});

test('ten thousand guesses, many at once and from many addresses, do not find the code', async (t) => {
  const site = await openSite(t, { code: '004711' });
  let refused = 0;
  const guess = async (number: number): Promise<void> => {
    const code = String(number).padStart(6, '0');
    const answer = await knock(
      site,
      { name: 'Duka', code },
      { accept: 'application/json' },
      `198.51.${number % 100}.${number % 250}`,
    );
    assert.ok(answer.statusCode === 401 || answer.statusCode === 429, String(answer.statusCode));
    if (answer.statusCode === 429) refused += 1;
  };
  for (let start = 0; start < 10_000; start += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, index) => guess(start + index)));
  }
  assert.ok(refused >= 9_900, `${10_000 - refused} guesses were looked at`);
  assert.equal(site.stores.clients.size, 0);
});

test('unscanned bots are capped; one that nobody connected for a day makes room, one with keys or orders stays', async (t) => {
  const site = await openSite(t, { settings: { startPageUnscannedMax: 2, startPageUnscannedHours: 24 } });
  await come(site, 'One');
  await come(site, 'Two');
  const full = await knock(site, { name: 'Three', code: CODE });
  assert.equal(full.statusCode, 409);
  assert.match(full.body, /Too many new bots are waiting/);
  const [first, second] = [...site.stores.clients.values()];
  assert.ok(first && second);
  site.stores.orders.set('A2345678', makeOrder({ clientId: second.id }));
  const yesterday = site.clock.now() - 25 * HOUR_MS;
  for (const client of [first, second])
    site.stores.clients.set(client.id, { ...client, createdAt: yesterday });
  await come(site, 'Three');
  assert.equal(site.stores.clients.has(first.id), false);
  assert.equal(site.stores.clients.has(second.id), true);
  assert.equal((await knock(site, { name: 'Four', code: CODE })).statusCode, 409);
  site.stores.clients.set(second.id, { ...second, phone: '254700000042' });
  await come(site, 'Four');
});

test('a setting decides the mode and whether a new bot waits for an admin', async (t) => {
  const strict = await openSite(t);
  const mine = await come(strict);
  assert.deepEqual(
    {
      mode: strict.stores.clients.get('cl_new')?.mode,
      approved: strict.stores.clients.get('cl_new')?.approved,
    },
    { mode: 'live', approved: false },
  );
  const page = await strict.app.inject({ url: '/start/bot', headers: { ...mine, ...asBrowser } });
  assert.match(page.body, /An admin of the platform looks at your bot before it sells/);
  const easy = await openSite(t, { settings: { startPageNeedsApproval: false, startPageMode: 'test' } });
  await come(easy);
  assert.deepEqual(
    { mode: easy.stores.clients.get('cl_new')?.mode, approved: easy.stores.clients.get('cl_new')?.approved },
    { mode: 'test', approved: true },
  );
});

test('only an admin approves', async (t) => {
  const site = await openSite(t);
  await come(site);
  const patch = (headers: Record<string, string>) =>
    site.app.inject({ method: 'PATCH', url: '/api/v1/clients/cl_new', headers, payload: { approved: true } });
  const owner = await patch(site.browser({ role: 'owner', name: 'Amina', clientId: 'cl_new' }));
  assert.equal(owner.statusCode, 403);
  assert.equal((await patch(site.bearer)).statusCode, 200);
  assert.equal(site.clients.calls.at(-1)?.what, 'patch cl_new {"approved":true}');
});

test('an access code set in the settings counts before the environment’s, is never told, and can be taken back', async (t) => {
  const site = await openSite(t);
  const patch = (accessCode: string | null) =>
    site.app.inject({
      method: 'PATCH',
      url: '/api/v1/settings',
      headers: site.bearer,
      payload: { accessCode },
    });
  const set = await patch('siri-ya-mpya');
  assert.equal(set.statusCode, 200, set.body);
  assert.deepEqual(set.json().accessCode, { set: true, source: 'ui' });
  assert.equal((await knock(site, { name: 'Duka', code: CODE })).statusCode, 401);
  assert.equal((await knock(site, { name: 'Duka', code: ' siri-ya-mpya ' })).statusCode, 303);
  const everything = JSON.stringify([[...site.stores.access.values()], site.stores.audit]) + site.log();
  assert.ok(!everything.includes('siri-ya-mpya'));
  assert.ok(site.stores.audit.some(({ action }) => action === 'access-code.set'));
  assert.deepEqual((await patch(null)).json().accessCode, { set: true, source: 'env' });
  assert.equal((await knock(site, { name: 'Duka', code: CODE })).statusCode, 303);
  for (const bad of ['short', ' '.repeat(9), 'x'.repeat(101)]) {
    assert.equal((await patch(bad)).statusCode, 422, bad);
  }
});

test('another site’s page cannot make a bot in a visitor’s name', async (t) => {
  const site = await openSite(t);
  const answer = await knock(site, { name: 'Duka', code: CODE }, { origin: 'https://evil.example' });
  assert.equal(answer.statusCode, 403);
  assert.equal(site.stores.clients.size, 0);
});

test('a code to type in place of scanning: asked for by the owner, shown once, refusals in words', async (t) => {
  const site = await openSite(t);
  await come(site);
  const ask = (clientId: string, phone: string) =>
    site.app.inject({
      method: 'POST',
      url: `/clients/${clientId}/pairing-code`,
      headers: {
        ...site.browser({ role: 'owner', name: 'Amina', clientId: 'cl_new' }),
        'hx-request': 'true',
      },
      payload: { phone },
    });
  assert.match((await ask('cl_new', '0700 000 009')).body, /ABCD-2345/);
  assert.equal(site.clients.calls.at(-1)?.what, 'pairing-code cl_new 254700000009');
  const refused = await ask('cl_new', '12');
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, /Kenyan mobile number/);
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two' }));
  assert.equal((await ask('cl_two', '0700000009')).statusCode, 404);
});
