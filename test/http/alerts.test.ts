import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAlert } from '../helpers/an-alert.ts';
import { startSite } from './helpers/site.ts';

test('open alerts are told without the phones that were told of them, and seen by name', async (t) => {
  const site = await startSite(t);
  const told = { '254700000009': { believes: 'open' as const, at: [1_700_000_060_000] } };
  site.stores.alerts.set('al_1', anAlert({ told }));
  site.stores.alerts.set(
    'al_2',
    anAlert({ id: 'al_2', clientId: null, resolvedAt: 1_700_000_120_000, ending: 'recovered' }),
  );
  const get = async (query: string) =>
    (await site.app.inject({ url: `/api/v1/alerts${query}`, headers: site.bearer })).json().items;
  const [open, ...more] = await get('?open=true');
  assert.deepEqual(more, []);
  assert.equal(open.id, 'al_1');
  assert.equal(open.toldAt, '2023-11-14T22:14:20.000Z');
  assert.ok(!JSON.stringify(open).includes('254700000009'));
  assert.deepEqual(
    (await get('')).map(({ id }: { id: string }) => id),
    ['al_1', 'al_2'],
  );
  assert.deepEqual(
    (await get('?open=false')).map(({ ending }: { ending: string }) => ending),
    ['recovered'],
  );

  const url = '/api/v1/alerts/al_1/acknowledge';
  const seen = await site.app.inject({ method: 'POST', url, headers: site.browser() });
  assert.equal(seen.json().acknowledgedBy, 'Achieng');
  const wrong = await site.app.inject({ url: '/api/v1/alerts?open=maybe', headers: site.bearer });
  assert.equal(wrong.json().error.field, 'open');
});
