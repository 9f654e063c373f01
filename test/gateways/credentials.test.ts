import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Client } from '../../shared/client.ts';
import { systemClock } from '../../shared/clock.ts';
import type { CredentialsPatch } from '../../shared/credentials.ts';
import type { CredentialRef, Order } from '../../shared/order.ts';
import { readConfig } from '../../supervisor/config.ts';
import { createCallbackTokens } from '../../supervisor/gateways/callback-tokens.ts';
import { GatewayWatch } from '../../supervisor/gateways/gateway-watch.ts';
import { createGateways } from '../../supervisor/gateways/gateways.ts';
import type { SetOwner } from '../../supervisor/gateways/set-ids.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { CALLBACK_SECRET, credentialsOver } from '../helpers/credentials.ts';
import { FakeWorld } from '../http/helpers/fake-services.ts';
import { DATA_KEY, place, start } from '../secrets/helpers.ts';
import { aClient, anOrder, listeningLogger } from '../stores/helpers.ts';
import { answers, misbehavingServer } from './misbehaving-server.ts';

const pay = (name: string) => ({ apiKey: `${name}-pay-key`, apiSecret: `${name}-pay-secret`, accountId: 10 });
const airtime = (name: string) => ({ consumerKey: `${name}-air-key`, consumerSecret: `${name}-air-secret` });
const ENV = {
  SHADOW_PAY_API_KEY: 'env-pay-key',
  SHADOW_PAY_API_SECRET: 'env-pay-secret',
  SHADOW_PAY_ACCOUNT_ID: '7',
  STATUM_CONSUMER_KEY: 'env-air-key',
  STATUM_CONSUMER_SECRET: 'env-air-secret',
};
const LIVE: Client = aClient('cl_live', { mode: 'live' });
const PUSH = { phone: '254700000001', amountKes: 10, reference: 'A2345678', description: 'Airtime' };

/** The real stores, vault, resolver and gateways; the gateways' servers are ours and tell which keys they saw. */
async function platform(t: TestContext, env: Record<string, string> = {}, dataDir?: string) {
  const server = await misbehavingServer(t);
  server.does(answers(200, { success: true, checkout_request_id: 'ws_CO_1', status: 'pending' }));
  const folder = dataDir ?? place(t).dataDir;
  const { stores } = await start(folder, DATA_KEY);
  const config = readConfig({
    DATA_DIR: folder,
    DATA_KEY,
    SHADOW_PAY_BASE_URL: server.baseUrl,
    STATUM_BASE_URL: server.baseUrl,
    ...env,
  });
  const logger = listeningLogger();
  const credentials = await credentialsOver({ stores, config, clock: systemClock });
  const callbackTokens = createCallbackTokens(CALLBACK_SECRET);
  const world = new FakeWorld().asWorld();
  const gateways = createGateways({
    config,
    world,
    credentials,
    callbackTokens,
    logger,
    watch: new GatewayWatch(systemClock),
  });
  await stores.transact((tx) => tx.clients.put(LIVE));
  return {
    folder,
    stores,
    credentials,
    gateways,
    logger,
    server,
    async set(owner: SetOwner, patch: CredentialsPatch): Promise<void> {
      await credentials.prepare(patch);
      await stores.transact((tx) => credentials.change(tx, owner, patch, 'Achieng'));
    },
    /** The Shadow Pay key that a status question about an order charged with `ref` is asked with. */
    async askedWith(ref: CredentialRef): Promise<unknown> {
      await gateways.shadowPayOf(ref)?.status('ws_CO_1');
      return server.received.splice(0).at(-1)?.headers['x-api-key'];
    },
    calls: () => server.received.splice(0).length,
  };
}

const own: SetOwner = { clientId: LIVE.id };
const charge = (stores: Stores, credentials: CredentialRef, changes: Partial<Order['payment']> = {}) => {
  const order = anOrder(1, { clientId: LIVE.id, mode: 'live' });
  const payment = { ...order.payment, state: 'prompted' as const, credentials, ...changes };
  return stores.transact((tx) => {
    tx.orders.put({ ...order, payment });
    return { ...order, payment };
  });
};

test('a key that was changed counts from the next use on; an order is asked about with the version it was charged with', async (t) => {
  const { stores, gateways, set, askedWith } = await platform(t);
  assert.equal(gateways.shadowPayFor(LIVE), undefined, 'no keys: not open');
  await set('platform', { shadowPay: pay('first') });
  const first = gateways.shadowPayFor(LIVE)?.ref;
  assert.deepEqual(first, { setId: 'platform:shadow-pay', version: 1 });
  await charge(stores, first);
  await set('platform', { shadowPay: pay('second') });
  const second = gateways.shadowPayFor(LIVE)?.ref;
  assert.deepEqual(second, { setId: 'platform:shadow-pay', version: 2 });
  assert.equal(await askedWith(first), 'first-pay-key');
  assert.equal(await askedWith(second), 'second-pay-key');
  await set(own, { shadowPay: pay('own') });
  assert.deepEqual(gateways.shadowPayFor(LIVE)?.ref, { setId: 'client:cl_live:shadow-pay', version: 1 });
  await set(own, { shadowPay: null });
  assert.deepEqual(gateways.shadowPayFor(LIVE)?.ref, second);
});

test('when a version is gone, its owner’s present keys ask, say so once in the log, and never charge', async (t) => {
  const { gateways, set, askedWith, calls, logger } = await platform(t);
  await set('platform', { shadowPay: pay('platform') });
  await set(own, { shadowPay: pay('own') });
  const gone = { setId: 'client:cl_live:shadow-pay', version: 9 };
  assert.equal(await askedWith(gone), 'own-pay-key');
  assert.equal(await askedWith(gone), 'own-pay-key');
  assert.equal(logger.sentences.filter((said) => said.includes('not kept any more')).length, 1);
  assert.equal((await gateways.shadowPayOf(gone)?.stkPush(PUSH))?.outcome, 'refused');
  assert.equal(calls(), 0);
  await set(own, { shadowPay: null });
  assert.equal(gateways.shadowPayOf(gone), undefined, 'another owner’s keys know nothing of it');
});

test('orders charged with a key that was revoked are asked about with its owner’s present one, and only then', async (t) => {
  const { stores, gateways, set, server, logger } = await platform(t);
  await set('platform', { shadowPay: pay('first') });
  const first = gateways.shadowPayFor(LIVE)?.ref;
  assert.ok(first);
  await charge(stores, first);
  const ask = async (): Promise<string | undefined> =>
    (await gateways.shadowPayOf(first)?.status('ws_CO_1'))?.outcome;
  const revoked = answers(401, { success: false, message: 'Invalid API credentials' });
  const completed = answers(200, { success: true, status: 'completed', transaction_code: 'SG722NMVXQ' });
  server.does((response, request) => {
    const behaviour = request.headers['x-api-key'] === 'first-pay-key' ? revoked : completed;
    behaviour(response, request);
  });
  assert.equal(await ask(), 'unavailable', 'there is no other key yet');
  await set('platform', { shadowPay: pay('second') });
  assert.equal(await ask(), 'paid');
  assert.equal(await ask(), 'paid');
  assert.equal(logger.sentences.filter((said) => said.includes('refuses the keys')).length, 1);
  server.received.length = 0;
  server.does(answers(503, {}));
  assert.equal(await ask(), 'unavailable');
  assert.equal(server.received.length, 1, 'an outage says nothing of a key');
});

test('a rotated key of the environment is another version; the same key is the same one after a restart', async (t) => {
  const before = await platform(t, ENV);
  const old = before.gateways.shadowPayFor(LIVE)?.ref;
  assert.ok(old);
  assert.equal(old.setId, 'environment:shadow-pay');
  await before.stores.close();
  const same = await platform(t, ENV, before.folder);
  assert.deepEqual(same.gateways.shadowPayFor(LIVE)?.ref, old);
  await same.stores.close();
  const rotated = await platform(t, { ...ENV, SHADOW_PAY_API_SECRET: 'env-pay-rotated' }, before.folder);
  assert.notEqual(rotated.gateways.shadowPayFor(LIVE)?.ref.version, old.version);
  assert.equal(await rotated.askedWith(old), 'env-pay-key');
  assert.equal(rotated.logger.sentences.length, 1);
  await rotated.set('platform', { shadowPay: pay('ui') });
  assert.equal(rotated.gateways.shadowPayFor(LIVE)?.ref.setId, 'platform:shadow-pay', 'the UI wins');
  assert.equal(await rotated.askedWith(old), 'env-pay-key', 'but not for what the environment charged');
});

test('a live client never reaches the simulated gateways, and a simulated one never the real ones', async (t) => {
  const { gateways, set, calls } = await platform(t, ENV);
  for (const mode of ['sandbox', 'test'] as const) {
    const client = aClient(`cl_${mode}`, { mode });
    await set({ clientId: client.id }, { shadowPay: pay('own'), statum: airtime('own') });
    assert.equal(gateways.shadowPayFor(client)?.ref.setId, 'simulated');
    assert.equal(gateways.statumFor(client)?.ref.setId, 'simulated');
    await gateways.shadowPayFor(client)?.stkPush(PUSH);
    await gateways.statumFor(client)?.sendAirtime({ phone: PUSH.phone, amountKes: 10 });
  }
  assert.equal(calls(), 0, 'the fake world has no gateways; the real ones must not be asked instead');
  assert.deepEqual(
    [gateways.shadowPayFor(LIVE)?.ref.setId, gateways.statumFor(LIVE)?.ref.setId],
    ['environment:shadow-pay', 'environment:statum'],
  );
});

test('a client that took its keys back after being paid gets no airtime from the platform’s float', async (t) => {
  const { stores, gateways, set } = await platform(t, ENV);
  await set(own, { shadowPay: pay('own'), statum: airtime('own') });
  const ref = gateways.shadowPayFor(LIVE)?.ref;
  assert.ok(ref);
  const order = await charge(stores, ref, { state: 'paid', receipt: 'SG722NMVXQ' });
  assert.equal(gateways.statumFor(order)?.ref.setId, 'client:cl_live:statum');
  await set(own, { statum: null });
  assert.equal(gateways.statumFor(order), undefined);
  await set(own, { shadowPay: null });
  assert.equal(gateways.statumFor(LIVE)?.ref.setId, 'environment:statum', 'for what the platform is paid');
  assert.equal(gateways.statumFor(order), undefined, 'not for what the client was paid');
  await stores.transact((tx) => tx.clients.put({ ...LIVE, mayUsePlatformFloat: true }));
  assert.equal(gateways.statumFor(order)?.ref.setId, 'environment:statum');
});

test('each Statum set has a callback address of its own, which outlives its keys', async (t) => {
  const { gateways, set } = await platform(t, ENV);
  const ref = (setId: string): CredentialRef => ({ setId, version: 1 });
  const token = gateways.callbackToken(ref('client:cl_live:statum'));
  assert.equal(gateways.statumSetOfToken(token), undefined, 'no such set yet');
  await set(own, { statum: airtime('own') });
  assert.equal(gateways.statumSetOfToken(token)?.setId, 'client:cl_live:statum');
  await set(own, { statum: airtime('newer') });
  await set(own, { statum: null });
  assert.equal(gateways.statumSetOfToken(token)?.setId, 'client:cl_live:statum');
  for (const setId of ['simulated', 'environment:statum'])
    assert.equal(gateways.statumSetOfToken(gateways.callbackToken(ref(setId)))?.setId, setId);
  assert.equal(gateways.statumSetOfToken(''), undefined);
  assert.equal(gateways.statumSetOfToken(`${token}x`), undefined);
});
