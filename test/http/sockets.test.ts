import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import fastifyWebsocket from '@fastify/websocket';
import { WebSocket } from 'undici';
import type { AppParts } from '../../supervisor/app.ts';
import { waitFor } from '../helpers/wait.ts';
import { type Site, startSite } from './helpers/site.ts';

async function listen({ app }: Site): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  assert.ok(typeof address === 'object' && address);
  return (address satisfies AddressInfo).port;
}

const live: AppParts = {
  live: async (app) => {
    await app.register(fastifyWebsocket);
    app.get('/live', { websocket: true, config: { role: 'admin' } }, (socket, request) => {
      socket.send(request.identity?.name ?? 'nobody');
    });
  },
};

/** What the socket was told first, or that it was not let in. */
async function firstWord(port: number, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers });
  return await new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      resolve(String(data));
      socket.close();
    });
    socket.addEventListener('error', () => resolve('refused'));
  });
}

test('a live connection opens for a signed-in page of this site, and for no other page', async (t) => {
  const site = await startSite(t, { parts: live });
  const port = await listen(site);
  const { cookie } = site.browser();
  const own = `http://127.0.0.1:${port}`;
  assert.equal(await firstWord(port, { cookie, origin: own }), 'Achieng');
  assert.equal(await firstWord(port, site.bearer), 'API token');
  assert.equal(await firstWord(port, { cookie, origin: 'http://evil.example' }), 'refused');
  assert.equal(await firstWord(port, { cookie, origin: 'null' }), 'refused');
  assert.equal(await firstWord(port, { cookie }), 'refused');
  assert.equal(await firstWord(port, { origin: own }), 'refused');
  const owner = site.browser({ role: 'owner', name: 'Wanjiku', clientId: 'cl_one' });
  assert.equal(await firstWord(port, { cookie: owner.cookie, origin: own }), 'refused');
});

test('a shutdown answers what is under way and does not wait for silent connections', async (t) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = (): void => undefined;
  const handling = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const parts: AppParts = {
    pages: (app) => {
      app.get('/api/v1/slow', { config: { role: 'public' } }, async () => {
        arrived();
        await held;
        return { done: true };
      });
    },
  };
  const site = await startSite(t, { parts });
  const port = await listen(site);
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const silentEnd = once(silent, 'close');
  const answer = fetch(`http://127.0.0.1:${port}/api/v1/slow`);
  await handling;
  const closed = site.app.close();
  await waitFor('new requests to be turned away', async () => {
    return (await fetch(`http://127.0.0.1:${port}/health/live`)).status === 503;
  });
  release();
  assert.deepEqual(await (await answer).json(), { done: true });
  await closed;
  await silentEnd;
});

test('behind no trusted proxy nobody can change his address by a header to go on guessing', async (t) => {
  const plain = await startSite(t);
  const heroku = await startSite(t, { env: { DYNO: 'web.1' } });
  for (const [site, header] of [
    [plain, (count: number) => `192.0.2.${count}`],
    // The router appends the true address to whatever the caller sent.
    [heroku, (count: number) => `192.0.2.${count}, 198.51.100.7`],
  ] as const) {
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      const answer = await site.app.inject({
        method: 'POST',
        url: '/sign-in',
        headers: { 'x-forwarded-for': header(count) },
        payload: { token: 'guess' },
      });
      statuses.push(answer.statusCode);
    }
    assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
  }
});
