import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS } from '../../shared/clock.ts';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient } from './helpers/fake-services.ts';
import { type Site, startSite } from './helpers/site.ts';

const asBrowser = { accept: 'text/html', origin: 'http://localhost', host: 'localhost' };

async function siteWithTwoClients(t: Parameters<typeof startSite>[0], env = {}): Promise<Site> {
  const site = await startSite(t, { parts: { pages: registerPages }, env });
  site.stores.clients.set('cl_one', makeClient({ name: 'Duka Moja' }));
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two', name: 'Duka Mbili' }));
  return site;
}

async function inviteLink(
  { app, bearer }: Site,
  ownerName = 'Wanjiku',
): Promise<{ id: string; path: string }> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/clients/cl_one/invites',
    headers: bearer,
    payload: { ownerName },
  });
  assert.equal(answer.statusCode, 201, answer.body);
  const { id, link } = answer.json();
  return { id, path: new URL(link).pathname };
}

/** Follows the link as its owner does, and gives back what his browser sends from then on. */
async function accept({ app }: Site, path: string): Promise<{ cookie: string }> {
  const answer = await app.inject({ method: 'POST', url: path, headers: asBrowser });
  assert.equal(answer.headers.location, '/clients/cl_one', answer.body);
  const cookie = answer.cookies.find(({ name }) => name === 'session');
  assert.ok(cookie);
  return { cookie: `session=${cookie.value}` };
}

const statusOf = async ({ app }: Site, url: string, headers: Record<string, string>) =>
  (await app.inject({ url, headers })).statusCode;

test('an owner follows his link once and sees his own client, nobody else’s', async (t) => {
  const site = await siteWithTwoClients(t);
  const { path } = await inviteLink(site);
  const headers = await accept(site, path);
  assert.equal(await statusOf(site, '/api/v1/clients/cl_one', headers), 200);
  assert.equal(await statusOf(site, '/api/v1/clients/cl_two', headers), 404);
  assert.equal(await statusOf(site, '/clients/cl_one', headers), 200);
  assert.equal(await statusOf(site, '/clients/cl_two', headers), 404);
  assert.equal(await statusOf(site, '/api/v1/settings', headers), 403);
  const home = await site.app.inject({ url: '/', headers: { ...headers, ...asBrowser } });
  assert.equal(home.headers.location, '/clients/cl_one');
  const again = await site.app.inject({ method: 'POST', url: path, headers: asBrowser });
  assert.equal(again.statusCode, 401);
  assert.equal(again.cookies.length, 0);
  assert.deepEqual(
    site.stores.audit.map(({ action, by, clientId }) => ({ action, by, clientId })),
    [
      { action: 'invite.create', by: 'API token', clientId: 'cl_one' },
      { action: 'invite.use', by: 'Wanjiku', clientId: 'cl_one' },
    ],
  );
});

test('looking at a link, as chat apps do for a preview, does not use it up', async (t) => {
  const site = await siteWithTwoClients(t);
  const { path } = await inviteLink(site);
  for (let count = 0; count < 3; count += 1) {
    const page = await site.app.inject({ url: path, headers: asBrowser });
    assert.match(page.body, /Duka Moja/);
    assert.equal(page.cookies.length, 0);
  }
  await accept(site, path);
});

test('a withdrawn invite opens nothing, and who came in by it is out at once', async (t) => {
  const site = await siteWithTwoClients(t);
  const unused = await inviteLink(site);
  const used = await inviteLink(site);
  const headers = await accept(site, used.path);
  for (const { id } of [unused, used]) {
    const url = `/api/v1/clients/cl_one/invites/${id}`;
    assert.equal((await site.app.inject({ method: 'DELETE', url, headers: site.bearer })).statusCode, 204);
  }
  assert.equal(await statusOf(site, '/api/v1/clients/cl_one', headers), 401);
  assert.equal((await site.app.inject({ method: 'POST', url: unused.path })).statusCode, 401);
  const page = await site.app.inject({ url: unused.path, headers: asBrowser });
  assert.equal(page.statusCode, 404);
  assert.match(page.body, /does not work any more/);
});

test('an invite of another client cannot be withdrawn under this one’s address', async (t) => {
  const site = await siteWithTwoClients(t);
  const { id } = await inviteLink(site);
  const url = `/api/v1/clients/cl_two/invites/${id}`;
  assert.equal((await site.app.inject({ method: 'DELETE', url, headers: site.bearer })).statusCode, 404);
});

test('a link that nobody uses expires, and a session ends, after the days that the settings say', async (t) => {
  const site = await siteWithTwoClients(t);
  site.stores.settings.set('platform', { id: 'platform', values: { inviteDays: 2, ownerSessionDays: 3 } });
  const [early, late] = [await inviteLink(site), await inviteLink(site)];
  site.clock.advance(2 * DAY_MS - 1);
  const headers = await accept(site, early.path);
  site.clock.advance(1);
  assert.equal((await site.app.inject({ method: 'POST', url: late.path })).statusCode, 401);
  site.clock.advance(3 * DAY_MS - 2);
  assert.equal(await statusOf(site, '/api/v1/clients/cl_one', headers), 200);
  site.clock.advance(1);
  assert.equal(await statusOf(site, '/api/v1/clients/cl_one', headers), 401);
});

test('the list tells what became of each invite, and no link', async (t) => {
  const site = await siteWithTwoClients(t);
  const { path } = await inviteLink(site, 'Wanjiku');
  await accept(site, path);
  await inviteLink(site, 'Otieno');
  const answer = await site.app.inject({ url: '/api/v1/clients/cl_one/invites', headers: site.bearer });
  const items: { ownerName: string; state: string }[] = answer.json().items;
  assert.deepEqual(items.map(({ ownerName, state }) => `${ownerName} ${state}`).toSorted(), [
    'Otieno open',
    'Wanjiku used',
  ]);
  assert.ok(!answer.body.includes(path.split('/').at(-1) ?? ''));
  assert.ok(!JSON.stringify([...site.stores.access.values()]).includes(path.split('/').at(-1) ?? ''));
  assert.ok(!site.log().includes(path.split('/').at(-1) ?? ''));
});

test('an owner’s session ends with his client', async (t) => {
  const site = await siteWithTwoClients(t);
  const { path } = await inviteLink(site);
  const headers = await accept(site, path);
  site.stores.clients.delete('cl_one');
  assert.equal(await statusOf(site, '/api/v1/clients', headers), 401);
});

test('guessing links is slow', async (t) => {
  const site = await siteWithTwoClients(t);
  const { path } = await inviteLink(site);
  for (let count = 0; count < 10; count += 1) {
    assert.equal((await site.app.inject({ method: 'POST', url: `/invite/guess-${count}` })).statusCode, 401);
  }
  assert.equal((await site.app.inject({ method: 'POST', url: path })).statusCode, 429);
});

test('a link names the public address where one is known', async (t) => {
  const site = await siteWithTwoClients(t, { BASE_URL: 'https://bots.example' });
  const answer = await site.app.inject({
    method: 'POST',
    url: '/api/v1/clients/cl_one/invites',
    headers: { ...site.bearer, host: 'internal.example' },
    payload: { ownerName: 'Wanjiku' },
  });
  assert.match(answer.json().link, /^https:\/\/bots\.example\/invite\/[\w-]{43}$/);
});
