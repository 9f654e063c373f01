import assert from 'node:assert/strict';
import { test } from 'node:test';
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
