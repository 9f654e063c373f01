import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PagesSite } from '../browser/site.ts';
import { makeClient } from './helpers/fake-services.ts';
import { type SignedIn, signedIn } from './helpers/signed-in.ts';

const site = new PagesSite();
let admin: SignedIn;

before(async () => {
  await site.start();
  admin = await signedIn(site.app);
});
after(() => site.close());

const shop = {
  minAmountKes: '10',
  maxAmountKes: '5,000',
  discountPercent: '2.5',
  quickAmountsKes: '20, 50 100',
  contact: 'Shop 4',
};

test('the settings page shows each group with its form', async () => {
  const { statusCode, body } = await admin.get('/settings');
  assert.equal(statusCode, 200);
  assert.match(body, /Smallest purchase/);
  assert.match(body, /Use the default: <strong>KES 1,000<\/strong>/);
});

test('a group is saved as it was typed, and told in the audit with the name of who did it', async () => {
  const { statusCode, body, headers } = await admin.post('/settings/groups/Shop', shop);
  assert.equal(statusCode, 200);
  assert.match(String(headers['hx-trigger']), /Shop: saved/);
  assert.match(body, /value="5000"/);
  assert.deepEqual(site.stores.settings.get('platform')?.values, {
    minAmountKes: 10,
    maxAmountKes: 5_000,
    discountPercent: 2.5,
    quickAmountsKes: [20, 50, 100],
    contact: 'Shop 4',
  });
  const entry = site.stores.audit.at(-1);
  assert.equal(entry?.by, 'Achieng');
  assert.match(entry?.note ?? '', /; Discount: 0 % → 2\.5 %; /);
});

test('"use the default" takes a setting back to it', async () => {
  await admin.post('/settings/groups/Shop', { ...shop, 'inherit.discountPercent': 'on' });
  assert.equal(site.stores.settings.get('platform')?.values.discountPercent, undefined);
  assert.match((await admin.get('/settings')).body, /Use the default: <strong>0 %<\/strong>/);
});

test('nonsense is refused at its field, nothing typed is lost and nothing is stored', async () => {
  const before = site.stores.settings.get('platform');
  const { statusCode, body } = await admin.post('/settings/groups/Shop', {
    ...shop,
    maxAmountKes: 'lots',
    contact: 'Typed but not saved',
  });
  assert.equal(statusCode, 422);
  assert.match(body, /“lots” is not a number/);
  assert.match(body, /value="Typed but not saved"/);
  assert.deepEqual(site.stores.settings.get('platform'), before);
});

test('settings that contradict each other, or a bot’s own, are refused with the reason', async () => {
  const crossed = await admin.post('/settings/groups/Shop', {
    ...shop,
    minAmountKes: '900',
    maxAmountKes: '800',
  });
  assert.equal(crossed.statusCode, 422);
  assert.match(crossed.body, /must not exceed/);
  site.stores.clients.set('cl_one', makeClient({ name: 'Duka Moja', overrides: { maxAmountKes: 50 } }));
  const against = await admin.post('/settings/groups/Shop', { ...shop, minAmountKes: '60' });
  assert.equal(against.statusCode, 422);
  assert.match(against.body, /Duka Moja/);
  site.stores.clients.clear();
});

test('a page that was loaded before a setting existed does not empty it', async () => {
  await admin.post('/settings/groups/Shop', shop);
  const { contact: _unknownThen, ...older } = shop;
  await admin.post('/settings/groups/Shop', { ...older, discountPercent: '3' });
  const values = site.stores.settings.get('platform')?.values;
  assert.equal(values?.contact, 'Shop 4');
  assert.equal(values?.discountPercent, 3);
});

test('a group there is none of is not found', async () => {
  assert.equal((await admin.post('/settings/groups/Secrets', {})).statusCode, 404);
});

test('keys go in, are told as set, and never come out', async () => {
  const keys = { apiKey: 'pk-abcdefgh1234', apiSecret: 'sk-very-secret-5678', accountId: '17' };
  const saved = await admin.post('/settings/credentials/shadow-pay', keys);
  assert.equal(saved.statusCode, 200);
  assert.match(saved.body, /ends in 1234/);
  const { body } = await admin.get('/settings');
  for (const text of [saved.body, body]) {
    assert.doesNotMatch(text, /pk-abcdefgh/);
    assert.doesNotMatch(text, /very-secret/);
  }
  const removed = await admin.post('/settings/credentials/shadow-pay/remove', {});
  assert.match(removed.body, /Not set/);
});

test('a key that cannot be one is refused by name', async () => {
  const answer = await admin.post('/settings/credentials/shadow-pay', {
    apiKey: 'pk-abcdefgh1234',
    apiSecret: 'with a blank',
    accountId: '17',
  });
  assert.equal(answer.statusCode, 422);
  assert.equal(answer.json().error.field, 'apiSecret');
  const account = await admin.post('/settings/credentials/shadow-pay', {
    apiKey: 'pk-abcdefgh1234',
    apiSecret: 'sk-very-secret-5678',
    accountId: '1e3',
  });
  assert.equal(account.json().error.field, 'accountId');
});
