import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { WorldEvent } from '../../shared/world.ts';
import { startSite } from './helpers/site.ts';

const phone = '254700000001';
const said = (text: string): WorldEvent => ({
  type: 'message',
  clientId: 'cl_one',
  phone,
  message: { id: 'm1', direction: 'out', text, at: 1_700_000_000_000 },
});

async function listening(t: TestContext) {
  const site = await startSite(t);
  await site.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = site.app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/v1/sandbox/events`;
  const asked = get(url, { headers: site.bearer, agent: false });
  const [response]: IncomingMessage[] = await once(asked, 'response');
  assert.ok(response);
  response.on('error', () => undefined);
  t.after(() => response.destroy());
  const tell = (event: WorldEvent): void => {
    for (const listener of site.world.listeners) listener(event);
  };
  return { ...site, response, tell };
}

test('whoever listens hears what happens in the simulated world, one JSON object per line', async (t) => {
  const { response, tell, clock } = await listening(t);
  assert.equal(response.headers['content-type'], 'application/x-ndjson');
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  assert.equal(await nextLine(), '', 'told at once, so that the caller knows that it listens');
  tell(said('Karibu\nsana'));
  tell({ type: 'phone', phone, view: { prompt: null, airtimeKes: 50 } });
  assert.deepEqual(JSON.parse(await nextLine()), {
    type: 'message',
    clientId: 'cl_one',
    phone,
    message: { id: 'm1', direction: 'out', text: 'Karibu\nsana', at: '2023-11-14T22:13:20.000Z' },
  });
  assert.deepEqual(JSON.parse(await nextLine()), {
    type: 'phone',
    phone,
    view: { prompt: null, airtimeKes: 50 },
  });
  clock.advance(25_000);
  assert.equal(await nextLine(), '', 'a sign of life keeps routers from ending an idle connection');
});

test('a listener that went away is forgotten, and one that does not read is cut off', async (t) => {
  const gone = await listening(t);
  gone.response.destroy();
  while (gone.world.listeners.size > 0) await turn();
  const slow = await listening(t);
  while (slow.world.listeners.size > 0) {
    slow.tell(said('x'.repeat(100_000)));
    await turn();
  }
});

test('a shutdown does not wait for those who listen', async (t) => {
  const { app, response, world } = await listening(t);
  // Cut, not ended: the connection breaks, and that is all a listener may expect.
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.resume();
  await app.close();
  await closed;
  assert.equal(world.listeners.size, 0);
});
