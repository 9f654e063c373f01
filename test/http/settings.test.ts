import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../shared/settings.ts';
import { makeClient } from './helpers/fake-services.ts';
import { type Site, startSite } from './helpers/site.ts';

const NOTHING_SECRET = {
  credentials: { shadowPay: { set: false, source: 'none' }, statum: { set: false, source: 'none' } },
  accessCode: { set: false, source: 'none' },
};

const change = ({ app, browser }: Site, payload: object) =>
  app.inject({ method: 'PATCH', url: '/api/v1/settings', headers: browser(), payload });

test('settings start as the defaults; a change is kept, told, and audited with before and after', async (t) => {
  const site = await startSite(t);
  const before = await site.app.inject({ url: '/api/v1/settings', headers: site.bearer });
  assert.deepEqual(before.json(), { ...defaultSettings, ...NOTHING_SECRET });
  const answer = await change(site, { discountPercent: 2.5, appName: 'Duka Zetu' });
  assert.deepEqual(answer.json(), {
    ...defaultSettings,
    discountPercent: 2.5,
    appName: 'Duka Zetu',
    ...NOTHING_SECRET,
  });
  const after = await site.app.inject({ url: '/api/v1/settings', headers: site.bearer });
  assert.deepEqual(after.json(), answer.json());
  const audit = await site.app.inject({ url: '/api/v1/audit', headers: site.bearer });
  assert.deepEqual(audit.json().items, [
    {
      at: new Date(site.clock.now()).toISOString(),
      by: 'Achieng',
      action: 'settings.change',
      subject: 'platform',
      note: 'Discount: 0 % → 2.5 %; Name of the platform: “Airtime Bots” → “Duka Zetu”',
    },
  ]);
});

test('settings that make no sense together are refused and nothing is kept', async (t) => {
  const site = await startSite(t);
  await change(site, { maxAmountKes: 100 });
  const answer = await change(site, { minAmountKes: 200, appName: 'Half' });
  assert.equal(answer.statusCode, 422);
  assert.equal(answer.json().error.field, 'minAmountKes');
  const now = await site.app.inject({ url: '/api/v1/settings', headers: site.bearer });
  assert.deepEqual(now.json(), { ...defaultSettings, maxAmountKes: 100, ...NOTHING_SECRET });
  assert.equal(site.stores.audit.length, 1);
});

test('a change that would leave a client nothing to sell is refused and names the client', async (t) => {
  const site = await startSite(t);
  site.stores.clients.set('cl_one', makeClient({ overrides: { maxAmountKes: 50 } }));
  const answer = await change(site, { minAmountKes: 100 });
  assert.equal(answer.statusCode, 422);
  assert.match(answer.json().error.message, /Duka Moja/);
});

test('the same value again is no change and leaves no audit entry', async (t) => {
  const site = await startSite(t);
  assert.equal((await change(site, { discountPercent: 0 })).statusCode, 200);
  assert.equal((await change(site, {})).statusCode, 200);
  assert.deepEqual(site.stores.audit, []);
});

test('the audit is read newest first, page by page', async (t) => {
  const site = await startSite(t);
  for (const discountPercent of [1, 2, 3]) await change(site, { discountPercent });
  const first = await site.app.inject({ url: '/api/v1/audit?limit=2', headers: site.bearer });
  const rest = await site.app.inject({
    url: `/api/v1/audit?limit=2&cursor=${first.json().nextCursor}`,
    headers: site.bearer,
  });
  const notes = [...first.json().items, ...rest.json().items].map(({ note }: { note: string }) => note);
  assert.deepEqual(notes, ['Discount: 2 % → 3 %', 'Discount: 1 % → 2 %', 'Discount: 0 % → 1 %']);
});
