import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAlert } from '../helpers/an-alert.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { type Site, startSite } from './helpers/site.ts';

async function siteWithWorker(t: Parameters<typeof startSite>[0]): Promise<Site> {
  const site = await startSite(t);
  site.stores.clients.set('cl_one', makeClient({ name: 'Private Name' }));
  site.stores.orders.set('A2345678', makeOrder({ delivery: { state: 'unknown', attempts: 1 } }));
  site.clients.workers.set('cl_one', {
    state: 'ready',
    pid: 4_711,
    memoryBytes: 30_000_000,
    restarts: 1,
    startedAt: site.clock.now() - 90_500,
    lastHeartbeatAt: site.clock.now() - 1_200,
  });
  return site;
}

test('health tells a monitor how everything is, and strangers neither names nor process ids', async (t) => {
  const { app, bearer, browser } = await siteWithWorker(t);
  const answer = await app.inject('/health');
  assert.equal(answer.statusCode, 200);
  const { memory, ...rest } = answer.json();
  assert.ok(memory.rssBytes > memory.heapUsedBytes);
  const worker = {
    clientId: 'cl_one',
    state: 'ready',
    memoryBytes: 30_000_000,
    restarts: 1,
    uptimeSeconds: 90,
    heartbeatAgeMs: 1_200,
  };
  assert.deepEqual(rest, {
    status: 'ok',
    uptimeSeconds: 0,
    version: '0.0.0-test',
    clients: { total: 1, byState: { ready: 1 } },
    workers: [worker],
    orders: { open: 0, attention: 1 },
    storage: { writable: true },
  });
  for (const headers of [bearer, browser()]) {
    const full = await app.inject({ url: '/health', headers });
    assert.deepEqual(full.json().workers, [{ ...worker, pid: 4_711 }]);
    assert.deepEqual(Object.keys(full.json().eventLoop), ['p50Ms', 'p99Ms', 'maxMs']);
  }
  const wrong = await app.inject({ url: '/health', headers: { authorization: 'Bearer wrong' } });
  assert.deepEqual(wrong.json().workers, [worker]);
});

test('a dead worker degrades the product but does not take it down', async (t) => {
  const { app, clients, stores } = await siteWithWorker(t);
  clients.workers.set('cl_one', { state: 'failed', restarts: 3 });
  const answer = await app.inject('/health');
  assert.deepEqual([answer.statusCode, answer.json().status], [200, 'degraded']);
  stores.clients.set('cl_one', makeClient({ desired: 'stopped' }));
  clients.workers.set('cl_one', { state: 'stopped', restarts: 0 });
  assert.equal((await app.inject('/health')).json().status, 'ok');
  stores.low = true;
  assert.equal((await app.inject('/health')).json().status, 'degraded');
});

test('a bot that waits for its first scan is no trouble; one that has lost its phone is', async (t) => {
  const { app, clients, stores } = await siteWithWorker(t);
  for (const state of ['awaiting-scan', 'logged-out'] as const) {
    clients.workers.set('cl_one', { state, restarts: 0 });
    const { phone: _none, ...unlinked } = makeClient();
    stores.clients.set('cl_one', unlinked);
    assert.equal((await app.inject('/health')).json().status, 'ok');
    stores.clients.set('cl_one', { ...unlinked, phone: '254700000001' });
    assert.equal((await app.inject('/health')).json().status, 'degraded', state);
  }
});

test('who is signed in reads why it is not all right; strangers read only that it is not', async (t) => {
  const { app, bearer, clients, stores } = await siteWithWorker(t);
  assert.deepEqual((await app.inject({ url: '/health', headers: bearer })).json().reasons, []);
  clients.workers.set('cl_one', {
    state: 'failed',
    stateReason: 'The worker exited with code 1',
    restarts: 3,
  });
  stores.low = true;
  const title = 'Statum (airtime) has not worked since 18:05';
  stores.alerts.set('al_1', anAlert({ kind: 'gateway-unreachable', clientId: null, title }));
  stores.alerts.set(
    'al_2',
    anAlert({ id: 'al_2', kind: 'gateway-keys-refused', resolvedAt: 1, title: 'over' }),
  );
  stores.alerts.set(
    'al_3',
    anAlert({ id: 'al_3', kind: 'orders-attention', title: 'no trouble of the product' }),
  );
  const full = (await app.inject({ url: '/health', headers: bearer })).json();
  assert.equal(full.status, 'degraded');
  assert.deepEqual(full.reasons, [
    'The disk is full: running orders are recorded, new ones refused',
    'Private Name [cl_one] is failed (The worker exited with code 1)',
    title,
  ]);
  const reduced = await app.inject('/health');
  assert.equal(reduced.json().status, 'degraded');
  assert.equal(reduced.json().reasons, undefined);
  assert.doesNotMatch(reduced.body, /Private Name|Statum|exited/);
});

test('health counts ten thousand open orders without reading one, and waits for no gateway and no disk', async (t) => {
  let read: string[] = [];
  const site = await startSite(t, {
    realStores: async (dataDir, clock) => {
      const stores = await openTestStores(dataDir, { clock });
      await stores.transact((tx) => {
        tx.clients.put(makeClient());
        for (let n = 0; n < 10_000; n += 1) {
          const orderNo = `A${String(n).padStart(6, '0')}2`;
          const payment = { ...makeOrder().payment, state: 'prompted' } as const;
          const { receipt: _none, ...open } = { ...payment, checkoutRequestId: `ws_${n}` };
          tx.orders.put(
            makeOrder({
              orderNo,
              confirmId: orderNo,
              payment: open,
              delivery: { state: 'none', attempts: 0 },
            }),
          );
        }
      });
      const orders = new Proxy(stores.orders, {
        get: (target, name) => {
          read.push(String(name));
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      return new Proxy(stores, {
        get: (target, name) => {
          if (name === 'orders') return orders;
          if (name === 'durable') return () => new Promise(() => undefined);
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  });
  read = [];
  const answer = await site.app.inject({ url: '/health', headers: site.bearer });
  assert.deepEqual([answer.statusCode, answer.json().orders], [200, { open: 10_000, attention: 0 }]);
  assert.deepEqual(read, ['countByStatus']);
});

test('unusable storage and a shutdown mean down, while the process still says that it lives', async (t) => {
  for (const break_ of [(site: Site) => site.stop(), (site: Site) => (site.stores.writable = false)]) {
    const site = await siteWithWorker(t);
    break_(site);
    site.stores.durable = () => new Promise(() => undefined);
    const statuses = await Promise.all(
      ['/health', '/health/ready', '/health/live'].map(
        async (url) => (await site.app.inject(url)).statusCode,
      ),
    );
    assert.deepEqual(statuses, [503, 503, 200]);
  }
});

test('the API describes itself, each route with its inputs', async (t) => {
  const { app, bearer } = await startSite(t);
  const { paths } = (await app.inject({ url: '/api/v1/openapi.json', headers: bearer })).json();
  const documented = Object.entries(paths as Record<string, object>)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .map((route) => route.replaceAll(/\{(\w+)\}/g, ':$1'));
  const api = app.declaredRoutes
    .filter(
      ({ method, url }) => method !== 'HEAD' && url.startsWith('/api/v1/') && !url.endsWith('openapi.json'),
    )
    .map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual(documented.toSorted(), api.toSorted());
  const body = paths['/api/v1/clients'].post.requestBody.content['application/json'].schema;
  assert.deepEqual(body.required, ['name', 'mode']);
});
