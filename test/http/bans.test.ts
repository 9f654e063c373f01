import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { makeClient } from './helpers/fake-services.ts';
import { startSite } from './helpers/site.ts';

async function siteWithClients(t: Parameters<typeof startSite>[0]) {
  const site = await startSite(t);
  site.stores.clients.set('cl_one', makeClient());
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two' }));
  const call = (method: NonNullable<InjectOptions['method']>, path: string, payload?: object) =>
    site.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: site.bearer,
      ...(payload !== undefined && { payload }),
    });
  return { ...site, call };
}

test('a person is banned once, however the number is written, and the audit says by whom', async (t) => {
  const { call, stores } = await siteWithClients(t);
  const ban = await call('PUT', '/clients/cl_one/bans/0700000001', { reason: 'Reversed two payments' });
  assert.equal(ban.statusCode, 200, ban.body);
  assert.equal(ban.json().person, '254700000001');
  await call('PUT', `/clients/cl_one/bans/${encodeURIComponent('+254 700 000 001')}`, {
    reason: 'Reversed two payments',
    message: ' You are banned.\r\nCall us. ',
  });
  await call('PUT', '/clients/cl_one/bans/254700000001@c.us', {
    reason: 'Reversed two payments',
    message: 'You are banned.\nCall us.',
  });
  const { items } = (await call('GET', '/clients/cl_one/bans')).json();
  assert.deepEqual(
    items.map(({ person, message, reason }: Record<string, string>) => [person, message, reason]),
    [['254700000001', 'You are banned.\nCall us.', 'Reversed two payments']],
  );
  assert.deepEqual((await call('GET', '/clients/cl_two/bans')).json(), { items: [] });
  assert.deepEqual((await call('GET', '/bans')).json(), { items: [] });
  // Said again in the same words: nothing happened, so nothing is in the audit.
  assert.deepEqual(
    stores.audit.map(({ action, subject, clientId }) => [action, subject, clientId]),
    [
      ['ban.add', '254700000001', 'cl_one'],
      ['ban.change', '254700000001', 'cl_one'],
    ],
  );
});

test('a ban is lifted; lifting it again changes nothing', async (t) => {
  const { call, stores } = await siteWithClients(t);
  await call('PUT', '/bans/0700000001');
  await call('PUT', '/clients/cl_one/bans/0700000001');
  assert.equal((await call('DELETE', '/bans/0700000001')).statusCode, 204);
  assert.equal((await call('DELETE', '/bans/0700000001')).statusCode, 204);
  assert.deepEqual((await call('GET', '/bans')).json(), { items: [] });
  assert.equal((await call('GET', '/clients/cl_one/bans')).json().items.length, 1);
  assert.equal(stores.audit.filter(({ action }) => action === 'ban.lift').length, 1);
});

test('whom nobody can be, and texts that could deceive, are refused at their field', async (t) => {
  const { call } = await siteWithClients(t);
  const problem = async (path: string, payload: object = {}) => {
    const answer = await call('PUT', path, payload);
    return [answer.statusCode, answer.json().error.field];
  };
  assert.deepEqual(await problem('/clients/cl_one/bans/nobody'), [422, 'phoneOrChatId']);
  assert.deepEqual(await problem('/bans/0201234567'), [422, 'phoneOrChatId']);
  assert.deepEqual(await problem('/bans/0700000001', { reason: 'a\nb' }), [422, 'reason']);
  assert.deepEqual(await problem('/bans/0700000001', { message: 'a\u202eb' }), [422, 'message']);
  assert.deepEqual(await problem('/bans/0700000001', { message: 'x'.repeat(501) }), [422, 'message']);
  assert.equal((await call('PUT', '/clients/cl_none/bans/0700000001', {})).statusCode, 404);
  assert.equal((await call('GET', '/clients/cl_none/bans')).statusCode, 404);
});
