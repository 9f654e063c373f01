import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { MAX_PICTURE_BYTES } from '../../shared/picture.ts';
import { aClient } from '../helpers/a-client.ts';
import { aPicture } from '../helpers/a-picture.ts';
import { waitFor } from '../helpers/wait.ts';
import { startSite } from './helpers/site.ts';

async function shops(t: TestContext) {
  const site = await startSite(t);
  const { app, stores, bearer } = site;
  const ids = ['cl_one', 'cl_two', 'cl_three', 'cl_four', 'cl_five'] as const;
  for (const id of ids) stores.clients.set(id, aClient(id));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const put = async (clientId: string, body: Buffer) => {
    const url = `http://127.0.0.1:${port}/api/v1/clients/${clientId}/picture`;
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { ...bearer, 'content-type': 'image/png', connection: 'close' },
      body: new Uint8Array(body),
    });
    return { status: answer.status, text: await answer.text() };
  };
  /** Begins an upload of which the last byte never comes. */
  const stall = async (clientId: string): Promise<Socket> => {
    const arrived = once(app.server, 'request');
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const picture = aPicture();
    socket.write(
      `PUT /api/v1/clients/${clientId}/picture HTTP/1.1\r\nhost: localhost\r\nauthorization: ${bearer.authorization}\r\n` +
        `content-type: image/png\r\ncontent-length: ${picture.length + 1}\r\n\r\n`,
    );
    socket.write(picture);
    await arrived;
    return socket;
  };
  /** An upload that is only waiting for a free place. */
  const taken = (clientId: string) =>
    waitFor('a free place', async () => (await put(clientId, aPicture())).status === 200);
  return { site, put, stall, taken };
}

test('of uploads that never end a bot has one and the platform four; when they break off, the next are taken', async (t) => {
  const { put, stall, taken } = await shops(t);
  for (const round of [1, 2]) {
    const stalled = [await stall('cl_one')];
    await waitFor('the first to hold its place', async () => {
      const again = await put('cl_one', aPicture());
      return again.status === 429 && /on its way already.*"field":"picture"/.test(again.text);
    });
    assert.equal((await put('cl_two', aPicture())).status, 200, `round ${round}`);
    for (const id of ['cl_two', 'cl_three', 'cl_four']) stalled.push(await stall(id));
    await waitFor('all places to be held', async () => {
      const fifth = await put('cl_five', aPicture());
      return fifth.status === 429 && /Try again in a minute/.test(fifth.text);
    });
    for (const socket of stalled) socket.destroy();
    for (const id of ['cl_one', 'cl_two', 'cl_three', 'cl_four', 'cl_five']) await taken(id);
  }
});

test('refused uploads hold no place, and one that is too heavy hears what to do', async (t) => {
  const { site, put } = await shops(t);
  const payload = Buffer.alloc(MAX_PICTURE_BYTES + 100_000);
  const request = { method: 'PUT', url: '/api/v1/clients/cl_one/picture', payload } as const;
  for (const headers of [site.bearer, { ...site.bearer, 'content-type': 'image/png' }]) {
    const heavy = await site.app.inject({ ...request, headers });
    assert.equal(heavy.statusCode, 413);
    assert.match(heavy.body, /more than 1 MB; make it smaller","field":"picture"/);
  }
  for (let n = 0; n < 6; n += 1) {
    assert.equal((await put('cl_one', Buffer.from('no picture'))).status, 422);
    assert.equal((await site.app.inject({ ...request, payload: aPicture() })).statusCode, 401);
  }
  assert.equal((await put('cl_one', aPicture())).status, 200);
});
