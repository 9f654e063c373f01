import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Family, readExposition } from './helpers/exposition.ts';
import { makeClient } from './helpers/fake-services.ts';
import { startSite } from './helpers/site.ts';

test('metrics tell orders, float and workers to whoever has the token, and nothing to strangers', async (t) => {
  const site = await startSite(t);
  const stranger = await site.app.inject({ url: '/metrics' });
  assert.notEqual(stranger.statusCode, 200);
  const answer = await site.app.inject({ url: '/metrics', headers: site.bearer });
  assert.equal(answer.statusCode, 200);
  assert.match(answer.headers['content-type']?.toString() ?? '', /^text\/plain/);
  for (const line of [
    'airtime_orders{status="attention"} 0',
    'airtime_float_balance_kes{source="simulated"} 900',
    'airtime_float_reserved_kes{source="simulated"} 100',
    'airtime_float_low{source="simulated"} 1',
    'airtime_storage_writable 1',
  ]) {
    assert.ok(answer.body.split('\n').includes(line), `${line} is missing`);
  }
  assert.match(answer.body, /^process_resident_memory_bytes \d+/m);
});

test('metrics name a client by its opaque id, never by its name', async (t) => {
  const site = await startSite(t);
  site.stores.clients.set('cl_metrics', makeClient({ id: 'cl_metrics', name: 'Secret Shop' }));
  const answer = await site.app.inject({ url: '/metrics', headers: site.bearer });
  assert.doesNotMatch(answer.body, /Secret Shop/);
});

test('the text is what Prometheus reads, whatever stands in a label, and forgets who is gone', async (t) => {
  const site = await startSite(t);
  const metrics = async () => {
    const { body } = await site.app.inject({ url: '/metrics', headers: site.bearer });
    return readExposition(body);
  };
  const odd = 'cl_"odd"\\n}\n{name="x"} 1';
  site.stores.clients.set(odd, makeClient({ id: odd }));
  site.clients.workers.set(odd, { state: 'ready', restarts: 1, pid: process.pid });
  for (const durationMs of [1, 80, 900, 400_000])
    site.gatewayCall({ gateway: 'statum', operation: 'airtime', result: 'ok', durationMs });
  const named = (family: Map<string, Family>, name: string) =>
    family.get(name)?.samples.map(({ labels, value }) => [labels.get('client'), value]);
  const all = await metrics();
  assert.deepEqual(named(all, 'airtime_worker_up'), [[odd, 1]]);
  assert.deepEqual(named(all, 'airtime_worker_restarts_total'), [[odd, 1]]);
  const calls = all.get('airtime_gateway_call_seconds')?.samples ?? [];
  assert.equal(calls.find(({ name }) => name.endsWith('_sum'))?.value, 400.981);

  site.stores.clients.delete(odd);
  const later = await metrics();
  for (const [name, { samples }] of later)
    assert.ok(!samples.some(({ labels }) => labels.get('client') === odd), `${name} still tells of it`);
});
