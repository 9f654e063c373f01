import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { WebSocket } from 'undici';
import { roomRoles } from '../../supervisor/http/live/rooms.ts';
import { clientsFilterSchema, clientsRoom } from '../../web/models/clients.ts';
import { ordersQuerySchema, ordersRoom } from '../../web/models/orders.ts';
import { ADMIN_TOKEN, PagesSite } from '../browser/site.ts';
import { waitFor } from '../helpers/wait.ts';
import { makeClient, makeOrder } from '../http/helpers/fake-services.ts';

const site = new PagesSite();
let cookie = '';

before(async () => {
  site.stores.clients.set('cl_one', makeClient());
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two' }));
  site.stores.orders.set('A2345678', makeOrder());
  await site.start();
  const answer = await site.app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: { token: ADMIN_TOKEN, name: 'Achieng' },
  });
  const session = answer.cookies.find(({ name }) => name === 'session');
  assert.ok(session);
  cookie = `session=${session.value}`;
});
after(() => site.close());

interface Knock {
  readonly letIn: boolean;
  /** What the server said first, unframed; empty when refused. */
  readonly firstFrame: string;
}

/** Asks for an upgrade as a browser does. */
function knock(path: string, headers: Record<string, string>): Promise<Knock> {
  return new Promise((resolve, reject) => {
    const asked = request(`${site.url}${path}`, {
      // Each knock comes by a connection of its own: a refusal closes it.
      agent: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    // A refusal may be an answer or just a closed connection.
    asked.on('error', () => resolve({ letIn: false, firstFrame: '' }));
    asked.on('response', (response) => {
      response.resume();
      resolve({ letIn: false, firstFrame: '' });
    });
    asked.on('upgrade', (_response, socket, head) => {
      const done = (chunk: Buffer): void => {
        socket.destroy();
        resolve({ letIn: true, firstFrame: chunk.toString('utf8') });
      };
      socket.on('error', reject);
      if (head.length > 0) done(head);
      else socket.once('data', done);
    });
    asked.end();
  });
}

const ownPage = (): Record<string, string> => ({ cookie, origin: site.url });

test('a signed-in page of this site is let in and told the present state at once', async () => {
  const { letIn, firstFrame } = await knock('/live?rooms=client:cl_one', ownPage());
  assert.equal(letIn, true);
  assert.match(firstFrame, /hx-target="#state"/);
});

test('a stranger is not let in, whichever room he names', async () => {
  for (const room of ['overview', 'client:cl_one', 'order:A2345678', 'phone:cl_one:254700000001']) {
    const { letIn } = await knock(`/live?rooms=${room}`, { origin: site.url });
    assert.equal(letIn, false, room);
  }
});

test("another site's page is not let in with the browser's cookie, nor is one that does not say where it comes from", async () => {
  for (const headers of [
    { cookie, origin: 'https://evil.example' },
    { cookie, origin: 'null' },
    { cookie },
  ]) {
    assert.equal((await knock('/live?rooms=overview', headers)).letIn, false);
  }
});

test('rooms that do not exist, none, and too many are refused', async () => {
  assert.equal((await knock('/live?rooms=everything', ownPage())).letIn, false);
  assert.equal((await knock('/live?rooms=overview&rooms=client:', ownPage())).letIn, false);
  assert.equal((await knock('/live', ownPage())).letIn, false);
  assert.equal((await knock(`/live?${'rooms=overview&'.repeat(5)}`, ownPage())).letIn, false);
});

test('a plain request to the live address is told what it is for', async () => {
  const { statusCode, body } = await site.app.inject({
    url: '/live?rooms=overview',
    headers: { cookie, host: 'site.example', origin: 'http://site.example' },
  });
  assert.equal(statusCode, 400);
  assert.match(body, /WebSockets/);
});

/** A room of client `cl_one`, or one that shows it among others, of each kind there is. */
const ROOMS: Readonly<Record<string, string>> = {
  overview: 'overview',
  system: 'system',
  orders: ordersRoom(ordersQuerySchema.parse({ clientId: 'cl_one' })),
  clients: clientsRoom(clientsFilterSchema.parse({})),
  client: 'client:cl_one',
  log: 'log:cl_one',
  qr: 'qr:cl_one',
  order: 'order:A2345678',
  phone: 'phone:cl_one:254700000001',
};

/** The browser of somebody who has followed an invite link. */
async function ownerOf(clientId: string): Promise<{ headers: Record<string, string> }> {
  const { path } = await site.app.auth.book.invite(clientId, 'Wanjiku', 'Achieng');
  const answer = await site.app.inject({ method: 'POST', url: path });
  const session = answer.cookies.find(({ name }) => name === 'session');
  assert.ok(session, answer.body);
  return { headers: { cookie: `session=${session.value}`, origin: site.url } };
}

for (const [kind, role] of Object.entries(roomRoles)) {
  test(`a room of kind ${kind} is closed to strangers and to owners of another client, and open to whom it is for`, async () => {
    const name = ROOMS[kind];
    assert.ok(name !== undefined, `say in this test what a room of kind ${kind} is called`);
    const path = `/live?rooms=${encodeURIComponent(name)}`;
    const [own, other] = [await ownerOf('cl_one'), await ownerOf('cl_two')];
    assert.equal((await knock(path, { origin: site.url })).letIn, false, 'nobody');
    assert.equal((await knock(path, other.headers)).letIn, false, 'the owner of another client');
    assert.equal((await knock(path, own.headers)).letIn, role === 'owner', 'the owner');
    assert.equal((await knock(path, ownPage())).letIn, true, 'an admin');
  });
}

/** A text frame as a browser sends it, masked with zeros. */
function frame(payload: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(payload.length);
  return Buffer.concat([Buffer.from([0x81, 0xfe]), length, Buffer.alloc(4), payload]);
}

/** Opens a live connection, sends the bytes, and waits until the server ends it. */
function provoke(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(`${site.url}/live?rooms=overview`, {
      agent: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...ownPage(),
      },
    });
    asked.on('error', reject);
    asked.on('response', ({ statusCode }) => reject(new Error(`refused with ${statusCode}`)));
    asked.on('upgrade', (_response, socket) => {
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.on('end', () => socket.end());
      // A sign of life for each word of the server's: it is not silence that ends the connection.
      socket.on('data', () => socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0])));
      socket.write(bytes);
    });
    asked.end();
  });
}

test('frames that are too large, broken or no frames at all end that connection, and only that', async () => {
  await provoke(frame(Buffer.alloc(5_000, 'x')));
  await provoke(frame(Buffer.from([0xff, 0xfe, 0xfd])));
  await provoke(Buffer.from([0x83, 0x80, 0, 0, 0, 0]));
  await provoke(Buffer.from([0x81, 0x02, 0x68, 0x69]));
  await provoke(Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  await provoke(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  assert.equal((await knock('/live?rooms=overview', ownPage())).letIn, true);
});

/** A live page of a signed-in browser, as far as it is let in. */
function livePage(session: string): Promise<{ readonly code?: number; close(): Promise<void> }> {
  const socket = new WebSocket(`${site.url.replace('http', 'ws')}/live?rooms=system`, {
    headers: { cookie: session, origin: site.url },
  });
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  );
  const close = async (): Promise<void> => {
    socket.close();
    await closed;
  };
  return new Promise((resolve) => {
    socket.addEventListener('message', () => resolve({ close }));
    void closed.then((code) => resolve({ code, close }));
  });
}

async function anotherSession(): Promise<string> {
  const payload = { token: ADMIN_TOKEN, name: 'Otieno' };
  const { cookies } = await site.app.inject({ method: 'POST', url: '/sign-in', payload });
  return `session=${cookies.find(({ name }) => name === 'session')?.value ?? ''}`;
}

test('a session has twenty live pages and is told at one more to try later; others are not held up, and a closed one makes room', async () => {
  const session = await anotherSession();
  const pages = await Promise.all(Array.from({ length: 20 }, () => livePage(session)));
  assert.deepEqual(
    pages.map(({ code }) => code),
    pages.map(() => undefined),
  );
  assert.equal((await livePage(session)).code, 1013);
  const other = await livePage(await anotherSession());
  assert.equal(other.code, undefined);
  await pages.pop()?.close();
  await waitFor('a place to be free again', async () => {
    const page = await livePage(session);
    if (page.code === undefined) pages.push(page);
    return page.code === undefined;
  });
  for (const page of [...pages, other]) await page.close();
});

test('whoever sends pings without end is cut off', async () => {
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd]), Buffer.alloc(4), Buffer.alloc(125, 'x')]);
  await provoke(Buffer.concat(Array.from({ length: 500 }, () => ping)));
  await provoke(Buffer.concat(Array.from({ length: 500 }, () => Buffer.from([0x81, 0x80, 0, 0, 0, 0]))));
  assert.equal((await knock('/live?rooms=overview', ownPage())).letIn, true);
});
