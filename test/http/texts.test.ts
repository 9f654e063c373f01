import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeClient } from './helpers/fake-services.ts';
import { startSite } from './helpers/site.ts';

async function siteWithClients(t: Parameters<typeof startSite>[0]) {
  const site = await startSite(t);
  site.stores.clients.set('cl_one', makeClient({ name: 'Duka la Juma' }));
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two' }));
  const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object, headers = {}) =>
    site.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...site.bearer, ...headers },
      ...(payload !== undefined && { payload }),
    });
  const textOf = async (key: string, query = '') => {
    const { items } = (await call('GET', `/texts?${query}`)).json();
    return items.find((item: { key: string }) => item.key === key);
  };
  return { ...site, call, textOf };
}

test('a client’s text stands above the platform’s, that above the standard one; each reset uncovers the next', async (t) => {
  const { call, textOf, stores } = await siteWithClients(t);
  const standard = (await textOf('banned')).default;
  assert.equal((await call('PUT', '/texts/banned', { text: 'No sales here.' })).statusCode, 200);
  const own = { text: 'Hapana, {shop}.', clientId: 'cl_one', language: 'sw' };
  assert.equal((await call('PUT', '/texts/banned', own)).statusCode, 200);
  assert.equal((await textOf('banned', 'clientId=cl_one')).effective, 'No sales here.');
  const swahili = await textOf('banned', 'clientId=cl_one&language=sw');
  assert.deepEqual([swahili.client, swahili.platform, swahili.effective], [own.text, undefined, own.text]);
  assert.equal((await textOf('banned', 'clientId=cl_two&language=sw')).client, undefined);
  await call('DELETE', '/texts/banned');
  assert.equal((await textOf('banned', 'clientId=cl_one')).effective, standard);
  const reset = await call('DELETE', '/texts/banned?clientId=cl_one&language=sw');
  assert.equal(reset.json().effective, reset.json().default);
  // Resetting what is standard already is nothing to note.
  await call('DELETE', '/texts/banned');
  assert.deepEqual(
    stores.audit.map(({ action, clientId, note }) => [action, clientId, note]),
    [
      ['text.change', undefined, 'en: No sales here.'],
      ['text.change', 'cl_one', 'sw: Hapana, {shop}.'],
      ['text.reset', undefined, 'en'],
      ['text.reset', 'cl_one', 'sw'],
    ],
  );
});

test('a text that would confuse or hide something is refused, with what to mend', async (t) => {
  const { call } = await siteWithClients(t);
  const problem = async (key: string, text: string) => {
    const answer = await call('PUT', `/texts/${key}`, { text });
    assert.equal(answer.statusCode, 422, `${key} ${text} → ${answer.body}`);
    assert.equal(answer.json().error.field, 'text');
    return answer.json().error.message;
  };
  assert.match(await problem('banned', 'Dear {name}'), /\{name\} cannot be filled in here.*\{shop\}/);
  assert.match(await problem('banned', 'Dear {Shop}'), /\{Shop\} cannot/);
  assert.match(await problem('banned', 'Dear {shop'), /brace has no partner/);
  assert.match(await problem('confirm', 'Pay {price}?'), /must contain .*\{amount\}/);
  assert.match(await problem('banned', '  '), /must not be empty/);
  assert.match(await problem('banned', 'x'.repeat(1_001)), /At most 1000/);
  assert.match(await problem('banned', 'x\n'.repeat(40).concat('x')), /At most 30 lines/);
  assert.match(await problem('banned', 'a\u202eb'), /control characters/);
  assert.equal((await call('PUT', '/texts/constructor', { text: 'x' })).statusCode, 404);
  assert.equal((await call('PUT', '/texts/banned', { text: 'x', clientId: 'cl_none' })).statusCode, 404);
  assert.equal((await call('GET', '/texts?language=fr')).statusCode, 422);
});

test('a text keeps its place beside others, whatever blank lines were typed around it', async (t) => {
  const { call, textOf } = await siteWithClients(t);
  const { default: standard } = await textOf('orderReceipt');
  assert.match(standard, /^\n\S/);
  const saved = await call('PUT', '/texts/orderReceipt', { text: '\r\n\r\nCode: {receipt}  ' });
  assert.equal(saved.json().effective, '\nCode: {receipt}');
});

test('a preview shows what a customer would read, and refuses what could not be saved', async (t) => {
  const { call } = await siteWithClients(t);
  const preview = async (body: object) => (await call('POST', '/texts/menu/preview', body)).json();
  assert.match((await preview({ clientId: 'cl_one' })).text, /Duka la Juma/);
  assert.match((await preview({ text: 'Karibu {shop}!{again}' })).text, /^Karibu Mama Njeri Airtime!$/);
  assert.equal((await preview({ text: 'Karibu {duka}' })).error.field, 'text');
});

test('an owner writes his own client’s texts and nobody else’s', async (t) => {
  const { app, browser, textOf } = await siteWithClients(t);
  const owner = browser({ role: 'owner', name: 'Wanjiku', clientId: 'cl_one' });
  const put = (payload: object) =>
    app.inject({ method: 'PUT', url: '/api/v1/texts/banned', headers: owner, payload });
  // Without a client it is his own, never the platform's.
  assert.equal((await put({ text: 'Pole.' })).statusCode, 200);
  assert.equal((await textOf('banned', 'clientId=cl_one')).client, 'Pole.');
  assert.equal((await textOf('banned')).platform, undefined);
  assert.equal((await put({ text: 'Pole.', clientId: 'cl_two' })).statusCode, 404);
});
