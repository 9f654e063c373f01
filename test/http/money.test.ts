import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSite } from './helpers/site.ts';

test('the float shows what is there, what is promised, when it was looked at and whether it is low', async (t) => {
  const site = await startSite(t);
  const answer = await site.app.inject({ url: '/api/v1/float', headers: site.bearer });
  assert.deepEqual(answer.json(), {
    items: [
      {
        source: 'simulated',
        balanceKes: 900,
        reservedKes: 100,
        checkedAt: new Date(site.clock.now()).toISOString(),
        low: true,
      },
    ],
  });
});

test('a settlement of a period without orders is empty, and a period that makes no sense is refused by field', async (t) => {
  const site = await startSite(t);
  const empty = await site.app.inject({
    url: '/api/v1/settlement?from=2026-01-01&to=2026-01-31',
    headers: site.bearer,
  });
  assert.deepEqual(empty.json(), { items: [] });
  const wrong = await site.app.inject({ url: '/api/v1/settlement?from=January', headers: site.bearer });
  assert.equal(wrong.statusCode, 422);
  assert.equal(wrong.json().error.field, 'from');
});
