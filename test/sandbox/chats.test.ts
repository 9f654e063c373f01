import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MINUTE_MS } from '../../shared/clock.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { AMINA, BRIAN, chatConnection, eventStream, handsOn, worldInProcess } from './helpers.ts';

const chatId = `${AMINA}@c.us`;

async function chatWorld(t: Parameters<typeof worldInProcess>[0]) {
  const clock = new FakeClock();
  const served = await worldInProcess(t, { clock });
  const world = handsOn(served.file);
  return {
    ...served,
    clock,
    world,
    say: async (from: string, text: string, clientId = 'cl_1'): Promise<string> =>
      (await world.control('POST', `chats/${clientId}/messages`, { from, text })).json.id,
    history: async (query = '') =>
      (await world.control('GET', `chats/cl_1/messages?phone=${AMINA}${query}`)).json.items,
    /** A worker that has said hello and heard its own number. */
    worker: async (file = served.file) => {
      const connection = await chatConnection(t, file);
      connection.send({ type: 'hello', token: file.token, clientId: 'cl_1' });
      assert.equal((await connection.next())?.type, 'welcome');
      return connection;
    },
  };
}

test('messages reach the worker, also those sent before it came, and its answers the phone', async (t) => {
  const { file, say, worker, history } = await chatWorld(t);
  const events = await eventStream(t, file);
  const early = await say(AMINA, 'Hi');
  const connection = await worker();
  const offered = await connection.next();
  assert.deepEqual([offered?.type, offered?.type === 'message' && offered.id], ['message', early]);
  assert.ok(offered?.type === 'message');
  assert.deepEqual([offered.chatId, offered.phone, offered.text], [chatId, AMINA, 'Hi']);
  const late = await say(AMINA, '1 😀 "quoted" \u2028 \n line');
  const second = await connection.next();
  assert.equal(second?.type === 'message' && second.text, '1 😀 "quoted" \u2028 \n line');
  connection.send({ type: 'send', ref: 7, chatId, text: 'Welcome!', mark: 'ob_1' });
  const sent = await connection.next();
  assert.ok(sent?.type === 'sent' && sent.ref === 7);
  await events.until((event) => event.type === 'message' && event.message.id === sent.id);
  assert.deepEqual(
    (await history()).map(({ id, direction }: { id: string; direction: string }) => [id, direction]),
    [
      [early, 'in'],
      [late, 'in'],
      [sent.id, 'out'],
    ],
  );
  assert.equal((await history(`&after=${late}`)).length, 1);
  assert.equal((await history(`&after=${sent.id}`)).length, 0);
});

test('what was not acknowledged comes again to a worker that reconnects, also after the world’s restart', async (t) => {
  const { clock, say, worker, folder, close } = await chatWorld(t);
  const [first = '', second = '', third = ''] = [
    await say(AMINA, '1'),
    await say(BRIAN, '2'),
    await say(AMINA, '3'),
  ];
  const before = await worker();
  for (let count = 0; count < 3; count += 1) await before.next();
  before.send({ type: 'ack', id: second });
  // The answer to a later line proves that the acknowledgement was taken.
  before.send({ type: 'find', ref: 1, chatId, mark: 'nothing' });
  assert.deepEqual(await before.next(), { type: 'found', ref: 1, id: null });
  before.socket.destroy();
  const again = await worker();
  const ids = [await again.next(), await again.next()].map((line) => line?.type === 'message' && line.id);
  assert.deepEqual(ids, [first, third]);
  await close();
  const { file } = await worldInProcess(t, { clock, folder });
  const restarted = await worker(file);
  const stillThere = [await restarted.next(), await restarted.next()];
  assert.deepEqual(
    stillThere.map((line) => line?.type === 'message' && line.id),
    [first, third],
  );
});

test('contacts, media, edits and deletions reach the worker once each, in order, and change what the phone shows', async (t) => {
  const { clock, world, say, worker, history, folder, close } = await chatWorld(t);
  const post = async (body: object): Promise<string> =>
    (await world.control('POST', 'chats/cl_1/messages', { from: AMINA, ...body })).json.id;
  const connection = await worker();
  const text = await say(AMINA, '50');
  const contact = { name: 'Mama', phones: ['0700 000 002'] };
  const card = await post({ contact });
  const photo = await post({ media: { kind: 'image', caption: 'menu' } });
  await post({ media: { kind: 'voice' } });
  assert.equal((await world.control('PATCH', `chats/cl_1/messages/${text}`, { text: '500' })).status, 204);
  assert.equal((await world.control('PATCH', `chats/cl_1/messages/${photo}`, { text: 'help' })).status, 204);
  assert.equal((await world.control('DELETE', `chats/cl_1/messages/${text}`)).status, 204);
  const expected = [
    ['50', undefined],
    ['', { kind: 'contact', phones: ['0700 000 002'] }],
    ['menu', { kind: 'media', media: 'image', caption: 'menu' }],
    ['', { kind: 'media', media: 'voice' }],
    ['500', { kind: 'edited', text: '500' }],
    ['help', { kind: 'edited', text: 'help' }],
    ['', { kind: 'deleted' }],
  ];
  const read = async (from: typeof connection): Promise<{ ids: string[]; lines: unknown[] }> => {
    const ids: string[] = [];
    const lines: unknown[] = [];
    while (lines.length < expected.length) {
      const line = await from.next();
      assert.ok(line?.type === 'message');
      ids.push(line.id);
      lines.push([line.text, line.content]);
    }
    return { ids, lines };
  };
  const first = await read(connection);
  assert.deepEqual(first.lines, expected);
  assert.equal(new Set(first.ids).size, expected.length);
  await close();
  // The same after the world's restart, and after the rewriting of its file.
  const served = await worldInProcess(t, { clock, folder });
  assert.deepEqual(await read(await worker(served.file)), first);
  assert.deepEqual(
    (await history()).map(
      ({ id: _id, at: _at, direction: _direction, ...shown }: object & Record<string, unknown>) => shown,
    ),
    [
      { text: '', edited: true, deleted: true },
      { text: '', contact },
      { text: 'help', media: { kind: 'image' }, edited: true },
      { text: '', media: { kind: 'voice' } },
    ],
  );
  const handled = await worker(served.file);
  for (const id of (await read(handled)).ids) handled.send({ type: 'ack', id });
  handled.send({ type: 'send', ref: 1, chatId, text: 'Karibu', mark: 'ob_1' });
  const sent = await handled.next();
  assert.ok(sent?.type === 'sent');
  const refusals = [
    await world.control('PATCH', `chats/cl_1/messages/${card}`, { text: 'x' }),
    await world.control('PATCH', `chats/cl_1/messages/${sent.id}`, { text: 'x' }),
    await world.control('DELETE', `chats/cl_1/messages/${text}`),
    await world.control('DELETE', 'chats/cl_1/messages/in_none'),
    await world.control('POST', 'chats/cl_1/messages', { from: AMINA, text: 'x', media: { kind: 'voice' } }),
    await world.control('POST', 'chats/cl_1/messages', { from: AMINA }),
  ];
  assert.deepEqual(
    refusals.map(({ status }) => status),
    [409, 409, 409, 404, 422, 422],
  );
});

test('a message is found by its mark in its own chat, also after a restart', async (t) => {
  const { clock, worker, folder, close } = await chatWorld(t);
  const connection = await worker();
  connection.send({ type: 'send', ref: 1, chatId, text: 'Paid', mark: 'ob_1' });
  const sent = await connection.next();
  assert.ok(sent?.type === 'sent');
  await close();
  const { file } = await worldInProcess(t, { clock, folder });
  const later = await worker(file);
  later.send({ type: 'find', ref: 2, chatId, mark: 'ob_1' });
  assert.deepEqual(await later.next(), { type: 'found', ref: 2, id: sent.id });
  later.send({ type: 'find', ref: 3, chatId: `${BRIAN}@c.us`, mark: 'ob_1' });
  assert.deepEqual(await later.next(), { type: 'found', ref: 3, id: null });
  later.send({ type: 'send', ref: 4, chatId: 'status@broadcast', text: 'x', mark: 'ob_2' });
  const refused = await later.next();
  assert.deepEqual([refused?.type, refused?.type === 'refused' && refused.ref], ['refused', 4]);
});

test('a new worker takes over from an old one; strangers and nonsense are hung up on', async (t) => {
  const { file, worker, say } = await chatWorld(t);
  const old = await worker();
  const current = await worker();
  assert.equal((await old.next())?.type, 'refused');
  assert.equal(await old.next(), undefined);
  const id = await say(AMINA, 'Hi');
  const offered = await current.next();
  assert.equal(offered?.type === 'message' && offered.id, id);
  const stranger = await chatConnection(t, file);
  stranger.send({ type: 'hello', token: 'guess', clientId: 'cl_1' });
  assert.equal((await stranger.next())?.type, 'refused');
  assert.equal(await stranger.next(), undefined);
  const rude = await chatConnection(t, file);
  rude.send({ type: 'ack', id });
  assert.equal((await rude.next())?.type, 'refused');
  assert.equal(await rude.next(), undefined);
  const babbling = await chatConnection(t, file);
  babbling.socket.write('x'.repeat(1_100_000));
  assert.equal((await babbling.next())?.type, 'refused');
});

test('who connects and says nothing is hung up on', async (t) => {
  const { file, clock, worker } = await chatWorld(t);
  const silent = await chatConnection(t, file);
  const polite = await worker();
  const gone = once(silent.socket, 'close');
  clock.advance(10_000);
  await gone;
  assert.equal(polite.socket.destroyed, false);
});

test('a chat remembers its last 500 messages, but never forgets an unhandled one', async (t) => {
  const { say, worker, history, world } = await chatWorld(t);
  const unhandled = await say(AMINA, 'first');
  const connection = await worker();
  await connection.next();
  for (let ref = 0; ref < 600; ref += 1) {
    connection.send({ type: 'send', ref, chatId, text: String(ref), mark: `ob_${ref}` });
  }
  for (let ref = 0; ref < 600; ref += 1) await connection.next();
  const items = await history();
  assert.equal(items.length, 500);
  assert.deepEqual([items[0].id, items[1].text, items.at(-1).text], [unhandled, '101', '599']);
  await Promise.all(Array.from({ length: 499 }, () => say(AMINA, 'again')));
  const tooMany = await world.control('POST', 'chats/cl_1/messages', { from: AMINA, text: 'too many' });
  assert.deepEqual([tooMany.status, tooMany.json.error.code], [429, 'too-many-requests']);
  assert.equal((await world.control('POST', 'chats/cl_1/messages', { from: BRIAN, text: 'Hi' })).status, 202);
});

test('the world ends ten minutes after it last heard of a supervisor', async (t) => {
  const clock = new FakeClock();
  let lonely = 0;
  const { file } = await worldInProcess(t, { clock, onLonely: () => (lonely += 1) });
  const world = handsOn(file);
  clock.advance(9 * MINUTE_MS);
  assert.equal((await world.control('GET', 'health')).status, 200);
  clock.advance(9 * MINUTE_MS);
  // The gateways' callers are not the supervisor of this world.
  await world.push(AMINA, 50);
  assert.equal(lonely, 0);
  clock.advance(MINUTE_MS);
  assert.equal(lonely, 1);
});

test('while somebody listens to its events the world stays', async (t) => {
  const clock = new FakeClock();
  let lonely = 0;
  const { file } = await worldInProcess(t, { clock, onLonely: () => (lonely += 1) });
  await eventStream(t, file);
  clock.advance(60 * MINUTE_MS);
  assert.equal(lonely, 0);
});
