import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeClient } from './helpers/fake-services.ts';
import { startSite } from './helpers/site.ts';

test('a new client’s admin numbers may be written in any Kenyan way', async (t) => {
  const { app, bearer, clients } = await startSite(t);
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/clients',
    headers: bearer,
    payload: {
      name: ' Duka Mpya ',
      mode: 'sandbox',
      adminPhones: ['0700 000 001', '+254700000001', '700000002'],
    },
  });
  assert.equal(answer.statusCode, 201);
  assert.deepEqual(clients.calls, [
    {
      what: 'create {"name":"Duka Mpya","mode":"sandbox","adminPhones":["254700000001","254700000002"]}',
      by: 'API token',
    },
  ]);
});

test('a name that nobody could read, or that reads as something else, is refused at its field', async (t) => {
  const { app, bearer, clients } = await startSite(t);
  for (const name of ['Duka\nPaid in full', 'Duka\u0000', '\u202eakuD', '\u200b\u200b', '\ud800', '💸']) {
    const payload = { name, mode: 'sandbox' };
    const answer = await app.inject({ method: 'POST', url: '/api/v1/clients', headers: bearer, payload });
    assert.equal(answer.statusCode, 422, JSON.stringify(name));
    assert.equal(answer.json().error.field, 'name');
  }
  const payload = { name: 'Mama Mboga’s 💸 Duka', mode: 'sandbox' };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/clients', headers: bearer, payload });
  assert.equal(answer.statusCode, 201);
  assert.equal(clients.calls.length, 1);
});

test('a client is shown with what its worker does, and without secrets or its QR code', async (t) => {
  const { app, bearer, clients, clock, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient({ retryCount: 2, phone: '254700000009' }));
  clients.workers.set('cl_one', {
    state: 'awaiting-scan',
    stateReason: 'no login yet',
    pid: 77,
    memoryBytes: 30_000_000,
    lastHeartbeatAt: clock.now() - 1_500,
    restarts: 3,
    readySince: 1_700_000_000_000,
    qr: { text: 'QR-SECRET', expiresAt: 1_800_000_000_000 },
  });
  const answer = await app.inject({ url: '/api/v1/clients/cl_one', headers: bearer });
  assert.deepEqual(answer.json(), {
    id: 'cl_one',
    name: 'Duka Moja',
    mode: 'sandbox',
    desired: 'running',
    state: 'awaiting-scan',
    stateReason: 'no login yet',
    paused: false,
    approved: true,
    alertSender: false,
    phone: '254700000009',
    adminPhones: [],
    overrides: {},
    credentials: {
      shadowPay: { set: false, source: 'none' },
      statum: { set: false, source: 'none' },
      mayUsePlatformFloat: false,
      missing: [],
    },
    pid: 77,
    memoryBytes: 30_000_000,
    heartbeatAgeMs: 1_500,
    restarts: 3,
    retryCount: 2,
    readySince: '2023-11-14T22:13:20.000Z',
    createdAt: '2023-11-14T22:13:20.000Z',
    updatedAt: '2023-11-14T22:13:20.000Z',
  });
});

test('a live client uses the environment’s keys; only their ends are shown', async (t) => {
  const env = { STATUM_CONSUMER_KEY: 'a-long-consumer-key-7890', STATUM_CONSUMER_SECRET: 'hush-hush-hush' };
  const { app, bearer, stores, log } = await startSite(t, { env });
  stores.clients.set('cl_live', makeClient({ id: 'cl_live', mode: 'live' }));
  const answer = await app.inject({ url: '/api/v1/clients/cl_live', headers: bearer });
  assert.deepEqual(answer.json().credentials.statum, { set: true, source: 'env', last4: '7890' });
  assert.deepEqual(answer.json().credentials.shadowPay, { set: false, source: 'none' });
  assert.ok(!`${answer.body}${log()}`.includes('consumer-key') && !answer.body.includes('hush'));
});

test('a client’s history tells why its worker was restarted and what memory it needed', async (t) => {
  const { app, bearer, clients, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  const at = 1_700_000_000_000;
  const crash = { at, kind: 'crash', detail: 'The worker exited with code 7', exitCode: 7 } as const;
  stores.restarts.set('cl_one', { clientId: 'cl_one', restarts: [crash] });
  clients.memory = [{ at, bytes: 40_000_000, browserBytes: 0 }];
  const ask = (id: string) => app.inject({ url: `/api/v1/clients/${id}/history`, headers: bearer });
  const iso = '2023-11-14T22:13:20.000Z';
  assert.deepEqual((await ask('cl_one')).json(), {
    restarts: [{ ...crash, at: iso }],
    memory: [{ at: iso, bytes: 40_000_000, browserBytes: 0 }],
  });
  assert.equal((await ask('cl_other')).statusCode, 404);
});

test('a QR code is told while it is fresh', async (t) => {
  const { app, bearer, clients, clock, stores } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  clients.workers.set('cl_one', {
    state: 'awaiting-scan',
    restarts: 0,
    qr: { text: '2@abc', expiresAt: clock.now() + 20_000 },
  });
  const ask = () => app.inject({ url: '/api/v1/clients/cl_one/qr', headers: bearer });
  const fresh = await ask();
  assert.deepEqual(fresh.json(), { qr: '2@abc', expiresAt: new Date(clock.now() + 20_000).toISOString() });
  clock.advance(20_000);
  assert.equal((await ask()).statusCode, 404);
});

test('clients are listed oldest first', async (t) => {
  const { app, bearer, stores } = await startSite(t);
  stores.clients.set('cl_b', makeClient({ id: 'cl_b', createdAt: 2 }));
  stores.clients.set('cl_a', makeClient({ id: 'cl_a', createdAt: 1 }));
  const answer = await app.inject({ url: '/api/v1/clients', headers: bearer });
  assert.deepEqual(
    answer.json().items.map(({ id }: { id: string }) => id),
    ['cl_a', 'cl_b'],
  );
});
