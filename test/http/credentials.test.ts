import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import { readConfig } from '../../supervisor/config.ts';
import type { Identity } from '../../supervisor/http/types.ts';
import { clientView } from '../../supervisor/http/views/client.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { makeClient } from './helpers/fake-services.ts';
import { FakeStores } from './helpers/fake-stores.ts';
import { type Site, startSite } from './helpers/site.ts';

const SHADOW_PAY = { apiKey: 'pk-0123456789', apiSecret: 'sk-hush-hush-hush', accountId: 10 };
const STATUM = { consumerKey: 'ck-9876543210', consumerSecret: 'cs-hush-hush-hush' };
const NONE = { set: false, source: 'none' };

const site = (t: TestContext, env: Record<string, string> = {}) =>
  startSite(t, {
    env: { BASE_URL: 'https://bots.example', ...env },
    realStores: (dataDir, clock) => openTestStores(dataDir, { clock }),
  });

const patch = ({ app, browser }: Site, payload: object, url = '/api/v1/settings') =>
  app.inject({ method: 'PATCH', url, headers: browser(), payload });

test('the platform’s keys are set by a PATCH of the settings; only their ends are ever told', async (t) => {
  const here = await site(t);
  const answer = await patch(here, { shadowPay: SHADOW_PAY, statum: STATUM, appName: 'Duka Zetu' });
  assert.equal(answer.statusCode, 200, answer.body);
  const { credentials, appName } = answer.json();
  const { statumCallbackUrl, ...keys } = credentials;
  assert.equal(appName, 'Duka Zetu');
  assert.deepEqual(keys, {
    shadowPay: { set: true, source: 'global', last4: '6789' },
    statum: { set: true, source: 'global', last4: '3210' },
  });
  assert.match(statumCallbackUrl, /^https:\/\/bots\.example\/callbacks\/statum\/[\w-]{43}$/);

  const told = await Promise.all(
    ['/api/v1/settings', '/api/v1/audit', '/api/v1/clients', '/api/v1/openapi.json', '/health'].map((url) =>
      here.app.inject({ url, headers: here.bearer }),
    ),
  );
  const files = readdirSync(here.dataDir, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  const everything = [answer.body, ...told.map(({ body }) => body), ...files, here.log()].join('\n');
  for (const secret of [SHADOW_PAY.apiKey, SHADOW_PAY.apiSecret, STATUM.consumerKey, STATUM.consumerSecret])
    assert.ok(!everything.includes(secret), secret);

  const audit = told[1]
    ?.json()
    .items.map(
      (entry: Record<string, string>) => `${entry.by}: ${entry.action} ${entry.subject}: ${entry.note}`,
    );
  assert.deepEqual(audit.slice(0, 2), [
    'Achieng: credentials.set platform:statum: set, key …3210, version 1',
    'Achieng: credentials.set platform:shadow-pay: set, key …6789, version 1',
  ]);
});

test('null removes a set; the environment’s counts again', async (t) => {
  const here = await site(t, { STATUM_CONSUMER_KEY: 'env-key-5555', STATUM_CONSUMER_SECRET: 'env-secret' });
  const fromEnvironment = { set: true, source: 'env', last4: '5555' };
  const statum = async (payload: object) => (await patch(here, payload)).json().credentials.statum;
  assert.deepEqual(await statum({}), fromEnvironment);
  assert.deepEqual(await statum({ statum: STATUM }), { set: true, source: 'global', last4: '3210' });
  assert.deepEqual(await statum({ statum: null }), fromEnvironment);
  assert.deepEqual(await statum({ statum: null }), fromEnvironment);
  const audit = await here.app.inject({ url: '/api/v1/audit', headers: here.bearer });
  const actions = audit.json().items.map(({ action }: { action: string }) => action);
  assert.deepEqual(actions, ['credentials.remove', 'credentials.set'], 'removing nothing is no deed');
});

for (const [what, payload, field, message] of [
  [
    'a missing field',
    { shadowPay: { apiKey: 'pk-0123456789', accountId: 1 } },
    'shadowPay.apiSecret',
    /missing/,
  ],
  [
    'a space inside',
    { shadowPay: { ...SHADOW_PAY, apiKey: 'pk 0123456789' } },
    'shadowPay.apiKey',
    /no spaces/,
  ],
  [
    'a line break',
    { statum: { ...STATUM, consumerSecret: 'cs-\nhush' } },
    'statum.consumerSecret',
    /no spaces/,
  ],
  ['other letters', { statum: { ...STATUM, consumerKey: 'ck-ключ' } }, 'statum.consumerKey', /plain letters/],
  [
    'a colon in Basic’s user',
    { statum: { ...STATUM, consumerKey: 'ck:0123' } },
    'statum.consumerKey',
    /colon/,
  ],
  ['a key cut off', { shadowPay: { ...SHADOW_PAY, apiSecret: 'sk-' } }, 'shadowPay.apiSecret', /too short/],
  [
    'a whole page pasted',
    { statum: { ...STATUM, consumerKey: 'x'.repeat(257) } },
    'statum.consumerKey',
    /too long/,
  ],
  [
    'half an account',
    { shadowPay: { ...SHADOW_PAY, accountId: 1.5 } },
    'shadowPay.accountId',
    /whole number/,
  ],
  [
    'an account in words',
    { shadowPay: { ...SHADOW_PAY, accountId: 'ten' } },
    'shadowPay.accountId',
    /number/,
  ],
  ['account nothing', { shadowPay: { ...SHADOW_PAY, accountId: 0 } }, 'shadowPay.accountId', /at least 1/],
  ['a field of the other gateway', { statum: { ...STATUM, apiKey: 'x' } }, 'statum.apiKey', /no field/],
] as const) {
  test(`keys with ${what} are refused at the field, and nothing is kept or repeated`, async (t) => {
    const here = await site(t);
    const answer = await patch(here, payload);
    assert.equal(answer.statusCode, 422);
    const { error } = answer.json();
    assert.equal(error.field, field);
    assert.match(error.message, message);
    assert.ok(!answer.body.includes('hush'));
    const { credentials } = (await here.app.inject({ url: '/api/v1/settings', headers: here.bearer })).json();
    assert.deepEqual(credentials, { shadowPay: NONE, statum: NONE });
  });
}

test('blanks around a pasted key are taken off', async (t) => {
  const here = await site(t);
  const answer = await patch(here, { statum: { ...STATUM, consumerKey: ' ck-9876543210\n' } });
  assert.equal(answer.json().credentials.statum.last4, '3210');
});

test('an owner changes the own keys but does not decide about the platform’s float, nor whose alerts his bot carries', async (t) => {
  const here = await startSite(t);
  here.stores.clients.set('cl_one', makeClient());
  const owner = { role: 'owner', name: 'Otieno', clientId: 'cl_one' } as const;
  const change = (payload: object) =>
    here.app.inject({
      method: 'PATCH',
      url: '/api/v1/clients/cl_one',
      headers: here.browser(owner),
      payload,
    });
  assert.equal((await change({ statum: STATUM })).statusCode, 200);
  const refused = await change({ statum: STATUM, mayUsePlatformFloat: true });
  assert.deepEqual([refused.statusCode, refused.json().error.field], [403, 'mayUsePlatformFloat']);
  const sender = await change({ alertSender: true });
  assert.deepEqual([sender.statusCode, sender.json().error.field], [403, 'alertSender']);
  assert.equal(here.clients.calls.length, 1);
});

test('the address for delivery reports is a secret: admins see it, owners do not', () => {
  const snapshot = { client: makeClient(), worker: { state: 'ready', restarts: 0 } } as const;
  const view = {
    shadowPay: { set: false, source: 'none' },
    statum: { set: true, source: 'client' },
    statumCallbackToken: 'the-token',
  } as const;
  const stores = new FakeStores().asStores();
  const seenBy = (viewer: Identity) => {
    const credentials = {
      viewOf: () => view,
      platformView: () => view,
      missingFor: () => [],
      prepare: async () => undefined,
      change: () => undefined,
    };
    return JSON.stringify(
      clientView(snapshot, { credentials, config: readConfig({}), clock: systemClock, stores }, viewer),
    );
  };
  assert.match(
    seenBy({ role: 'admin', name: 'Achieng', via: 'cookie' }),
    /"statumCallbackUrl":"\/callbacks\/statum\/the-token"/,
  );
  assert.doesNotMatch(
    seenBy({ role: 'owner', name: 'Otieno', clientId: 'cl_one', inviteId: 'iv_1', via: 'cookie' }),
    /the-token/,
  );
});
