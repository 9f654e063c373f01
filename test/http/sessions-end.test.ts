import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { DAY_MS } from '../../shared/clock.ts';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient } from './helpers/fake-services.ts';
import { ADMIN_TOKEN, type Site, startSite } from './helpers/site.ts';
import { startSiteOnDisk } from './helpers/site-on-disk.ts';

const origin = 'http://localhost';

/** A site with the product's own stores: live connections hear of their changes. */
async function siteWithStores(t: TestContext): Promise<Site> {
  const { site, stores } = await startSiteOnDisk(t, { parts: { pages: registerPages, live: registerLive } });
  await stores.transact((tx) => tx.clients.put(makeClient()));
  site.stores.clients.set('cl_one', makeClient());
  await site.app.ready();
  return site;
}

const cookieOf = (answer: Awaited<ReturnType<Site['app']['inject']>>): string => {
  const session = answer.cookies.find(({ name }) => name === 'session');
  assert.ok(session, answer.body);
  return `session=${session.value}`;
};

async function adminBrowser({ app }: Site, name: string) {
  const answer = await app.inject({ method: 'POST', url: '/sign-in', payload: { token: ADMIN_TOKEN, name } });
  return {
    cookie: cookieOf(answer),
    'x-csrf-token': String(answer.json().csrfToken),
    origin,
    host: 'localhost',
  };
}

async function ownerBrowser({ app, bearer }: Site) {
  const made = await app.inject({
    method: 'POST',
    url: '/api/v1/clients/cl_one/invites',
    headers: bearer,
    payload: { ownerName: 'Wanjiku' },
  });
  const { id, link } = made.json();
  const answer = await app.inject({ method: 'POST', url: new URL(link).pathname });
  return { inviteId: String(id), headers: { cookie: cookieOf(answer), origin, host: 'localhost' } };
}

/** A live connection as a browser has it. */
async function listen(t: TestContext, { app }: Site, room: string, headers: Record<string, string>) {
  const socket = await app.injectWS(`/live?rooms=${room}`, { headers });
  // It would wait half a minute for a farewell over a connection that is none.
  t.after(() => socket.terminate());
  return socket;
}

const statusOf = async ({ app }: Site, headers: Record<string, string>) =>
  (await app.inject({ url: '/api/v1/clients', headers })).statusCode;

test('a withdrawn invite ends the live connections that stand, within the same moment', async (t) => {
  const site = await siteWithStores(t);
  const { inviteId, headers } = await ownerBrowser(site);
  const socket = await listen(t, site, 'client:cl_one', headers);
  const closed = once(socket, 'close');
  const url = `/api/v1/clients/cl_one/invites/${inviteId}`;
  await site.app.inject({ method: 'DELETE', url, headers: site.bearer });
  await closed;
  assert.equal(await statusOf(site, headers), 401);
});

test('whoever signs out leaves nothing behind: a copy of the cookie opens nothing, other tabs hear no more, other browsers go on', async (t) => {
  const site = await siteWithStores(t);
  const [here, elsewhere] = [await adminBrowser(site, 'Achieng'), await adminBrowser(site, 'Achieng')];
  const socket = await listen(t, site, 'overview', here);
  const closed = once(socket, 'close');
  const answer = await site.app.inject({ method: 'POST', url: '/sign-out', headers: here });
  assert.equal(answer.statusCode, 204);
  await closed;
  assert.deepEqual([await statusOf(site, here), await statusOf(site, elsewhere)], [401, 200]);
});

test('what is kept of a session that was ended goes when its cookie would have expired', async (t) => {
  const site = await startSite(t);
  const leave = async () => {
    const headers = { ...(await adminBrowser(site, 'Achieng')), origin };
    await site.app.inject({ method: 'POST', url: '/sign-out', headers });
  };
  await leave();
  await leave();
  assert.equal(site.stores.access.size, 2);
  site.clock.advance(8 * DAY_MS);
  await leave();
  assert.equal(site.stores.access.size, 1);
});

test('signing out everywhere ends all of one’s own sessions, and nobody else’s', async (t) => {
  const site = await siteWithStores(t);
  const [here, there, other] = [
    await adminBrowser(site, 'Achieng'),
    await adminBrowser(site, 'achieng'),
    await adminBrowser(site, 'Otieno'),
  ];
  const socket = await listen(t, site, 'overview', there);
  const closed = once(socket, 'close');
  const answer = await site.app.inject({ method: 'POST', url: '/sign-out/everywhere', headers: here });
  assert.equal(answer.statusCode, 204);
  await closed;
  assert.deepEqual(
    [await statusOf(site, here), await statusOf(site, there), await statusOf(site, other)],
    [401, 401, 200],
  );
  assert.equal(await statusOf(site, await adminBrowser(site, 'Achieng')), 200);
});

test('an admin ends everybody’s sessions, owners’ included; tokens go on', async (t) => {
  const site = await siteWithStores(t);
  const admin = await adminBrowser(site, 'Achieng');
  const { headers: owner } = await ownerBrowser(site);
  const refused = await site.app.inject({ method: 'POST', url: '/sign-out/everybody', headers: owner });
  assert.equal(refused.statusCode, 403);
  await site.app.inject({ method: 'POST', url: '/sign-out/everybody', headers: admin });
  assert.deepEqual([await statusOf(site, admin), await statusOf(site, owner)], [401, 401]);
  assert.equal(await statusOf(site, site.bearer), 200);
});
