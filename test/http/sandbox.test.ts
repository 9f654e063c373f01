import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeClient } from './helpers/fake-services.ts';
import { CALLBACK_TOKEN, startSite } from './helpers/site.ts';

test('a simulated customer chats, sees a prompt, pays, and gets airtime', async (t) => {
  const { app, bearer, stores, world } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  const sent = await app.inject({
    method: 'POST',
    url: '/api/v1/sandbox/cl_one/messages',
    headers: bearer,
    payload: { from: '0700 000 001', text: 'Hi' },
  });
  assert.deepEqual([sent.statusCode, sent.json()], [202, { id: 'm1' }]);
  const chat = await app.inject({
    url: '/api/v1/sandbox/cl_one/messages?phone=%2B254700000001&after=m0',
    headers: bearer,
  });
  assert.deepEqual(chat.json().items, [
    { id: 'm1', direction: 'in', text: 'hi', at: '2023-11-14T22:13:20.000Z' },
  ]);
  const phone = await app.inject({ url: '/api/v1/sandbox/phones/0700000001', headers: bearer });
  assert.equal(phone.json().prompt.amountKes, 50);
  const paid = await app.inject({
    method: 'POST',
    url: '/api/v1/sandbox/phones/0700000001/prompt',
    headers: bearer,
    payload: { answer: 'pay' },
  });
  assert.deepEqual(paid.json(), { prompt: null, airtimeKes: 70 });
  assert.deepEqual(world.calls, [
    'message cl_one 254700000001 Hi',
    'messages cl_one 254700000001 m0',
    'phone 254700000001',
    'answer 254700000001 pay',
  ]);
});

test('a simulated customer shares a contact, sends a picture, edits and deletes', async (t) => {
  const { app, bearer, stores, world } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  const url = '/api/v1/sandbox/cl_one/messages';
  const post = (payload: object) => app.inject({ method: 'POST', url, headers: bearer, payload });
  const contact = { name: 'Mama', phones: ['0700 000 002'] };
  assert.equal((await post({ from: '0700000001', contact })).statusCode, 202);
  const media = { kind: 'image', caption: '50' };
  assert.equal((await post({ from: '0700000001', media })).statusCode, 202);
  const edit = (payload: object) =>
    app.inject({ method: 'PATCH', url: `${url}/m1`, headers: bearer, payload });
  assert.equal((await edit({ text: '100' })).statusCode, 204);
  assert.equal((await app.inject({ method: 'DELETE', url: `${url}/m1`, headers: bearer })).statusCode, 204);
  assert.deepEqual(world.calls, [
    `message cl_one 254700000001 ${JSON.stringify({ contact })}`,
    `message cl_one 254700000001 ${JSON.stringify({ media })}`,
    'edit cl_one m1 100',
    'delete cl_one m1',
  ]);
  for (const nonsense of [
    {},
    { text: 'hi', media },
    { text: '' },
    { contact: { name: 'Nobody', phones: [] } },
    { media: { kind: 'hologram' } },
  ]) {
    assert.equal((await post({ from: '0700000001', ...nonsense })).statusCode, 422);
  }
  assert.equal((await edit({ text: '' })).statusCode, 422);
  assert.equal(world.calls.length, 4);
});

test('only clients in sandbox mode have simulated customers', async (t) => {
  const { app, bearer, stores, world } = await startSite(t);
  stores.clients.set('cl_live', makeClient({ id: 'cl_live', mode: 'live' }));
  const send = (clientId: string) =>
    app.inject({
      method: 'POST',
      url: `/api/v1/sandbox/${clientId}/messages`,
      headers: bearer,
      payload: { from: '0700000001', text: 'Hi' },
    });
  assert.equal((await send('cl_live')).statusCode, 409);
  assert.equal((await send('cl_none')).statusCode, 404);
  const read = await app.inject({
    url: '/api/v1/sandbox/cl_live/messages?phone=0700000001',
    headers: bearer,
  });
  assert.equal(read.statusCode, 409);
  assert.deepEqual(world.calls, []);
});

test('gateways are made to misbehave within bounds, and the ledger tells what really happened', async (t) => {
  const { app, bearer, world } = await startSite(t);
  const put = (payload: object) =>
    app.inject({ method: 'PUT', url: '/api/v1/sandbox/faults', headers: bearer, payload });
  assert.equal((await put({ statum: { mode: 'timeout-after', times: 1 }, floatKes: 10 })).statusCode, 204);
  assert.deepEqual(world.calls, ['faults {"statum":{"mode":"timeout-after","times":1},"floatKes":10}']);
  assert.equal((await put({ statum: { mode: 'slow', delayMs: 1e9 } })).statusCode, 422);
  const ledger = await app.inject({ url: '/api/v1/sandbox/ledger', headers: bearer });
  assert.deepEqual(ledger.json(), {
    prompts: [],
    topUps: [{ requestId: 'r1', phone: '254700000001', amountKes: 50, at: '2023-11-14T22:13:20.000Z' }],
  });
});

test('a delivery callback is handed on whatever its content type, for a known address only', async (t) => {
  const { app, callbacks } = await startSite(t);
  const post = (payload: string, type: string, token = CALLBACK_TOKEN) =>
    app.inject({
      method: 'POST',
      url: `/callbacks/statum/${token}`,
      headers: { 'content-type': type },
      payload,
    });
  assert.equal((await post('{"request_id":"r1"}', 'application/json')).statusCode, 200);
  assert.equal((await post('{"request_id":"r2"}', 'text/plain')).statusCode, 200);
  assert.equal((await post('not json', 'application/json')).statusCode, 200);
  assert.equal((await post('{"request_id":"r4"}', 'no type at all')).statusCode, 200);
  assert.equal((await post('{"request_id":"r5"}', '')).statusCode, 200);
  const form = 'application/x-www-form-urlencoded';
  assert.equal((await post('request_id=r6&result_code=200', form)).statusCode, 200);
  assert.equal((await post('{"request_id":"r3"}', 'application/json', 'guess')).statusCode, 404);
  assert.equal((await post(JSON.stringify('x'.repeat(70_000)), 'application/json')).statusCode, 413);
  assert.deepEqual(callbacks, [
    { request_id: 'r1' },
    { request_id: 'r2' },
    'not json',
    { request_id: 'r4' },
    { request_id: 'r5' },
    { request_id: 'r6', result_code: '200' },
  ]);
});
