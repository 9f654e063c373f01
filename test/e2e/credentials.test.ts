import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Product, startProduct } from '../helpers/product.ts';
import { SupervisorProcess } from '../helpers/supervisor-process.ts';

const DATA_KEY = 'a-data-key-of-forty-characters-or-so-0001';
const OWN = {
  shadowPay: { apiKey: 'own-pay-key-1111', apiSecret: 'own-pay-secret', accountId: 10 },
  statum: { consumerKey: 'own-air-key-2222', consumerSecret: 'own-air-secret' },
};
const clientSchema = z.looseObject({
  credentials: z.strictObject({
    shadowPay: z.unknown(),
    statum: z.unknown(),
    mayUsePlatformFloat: z.boolean(),
    missing: z.array(z.string()),
    statumCallbackUrl: z.string().optional(),
  }),
});
const NONE = { set: false, source: 'none' };

test('a client’s own keys win over the platform’s, survive a restart, and stop the start under another DATA_KEY', async (t) => {
  const product = await startProduct({ env: { DATA_KEY } });
  t.after(() => product.close());
  const { id } = await product.sandboxClient();
  const path = `/api/v1/clients/${id}`;
  const credentials = async (method = 'GET', body?: object) =>
    (await product.call(clientSchema, method, path, body)).credentials;

  assert.deepEqual(await credentials(), {
    shadowPay: NONE,
    statum: NONE,
    mayUsePlatformFloat: false,
    missing: [],
  });
  const global = { statum: { consumerKey: 'platform-key-3333', consumerSecret: 'platform-secret' } };
  await product.call(z.unknown(), 'PATCH', '/api/v1/settings', global);
  const platforms = { set: true, source: 'global', last4: '3333' };
  assert.deepEqual((await credentials()).statum, platforms);

  const collecting = await credentials('PATCH', { shadowPay: OWN.shadowPay });
  assert.deepEqual(collecting.shadowPay, { set: true, source: 'client', last4: '1111' });
  assert.deepEqual(collecting.statum, NONE, 'own Shadow Pay keys do not go with the platform’s float');
  assert.deepEqual((await credentials('PATCH', { mayUsePlatformFloat: true })).statum, platforms);
  const all = await credentials('PATCH', { statum: OWN.statum, mayUsePlatformFloat: false });
  assert.deepEqual(all.statum, { set: true, source: 'client', last4: '2222' });
  assert.match(all.statumCallbackUrl ?? '', /^\/callbacks\/statum\/[\w-]{43}$/);
  assert.equal(
    (await product.api('POST', all.statumCallbackUrl ?? '', { request_id: 'r', result_code: 200 })).status,
    200,
  );

  await product.restart();
  assert.deepEqual(await credentials(), all);
  await product.stop();

  const env = { DATA_DIR: product.dataDir, PORT: '0', ADMIN_UI_TOKEN: product.token };
  for (const [dataKey, told] of [
    [{}, /DATA_KEY is not set/],
    [{ DATA_KEY: `${DATA_KEY}2` }, /DATA_KEY is another one/],
  ] as const) {
    const refused = new SupervisorProcess({ ...env, ...dataKey }, 0);
    assert.equal((await refused.ended).code, 1);
    await product.waitFor('the reason', () => told.test(refused.lines.join('\n')));
    assert.match(refused.lines.join('\n'), /npm run secrets -- forget-credentials/);
  }
  await product.restart();
  const gone = await credentials('PATCH', { shadowPay: null, statum: null });
  assert.deepEqual([gone.shadowPay, gone.statum], [NONE, platforms]);
});

test('a product on which no keys are set makes no key file beside its data', async (t) => {
  const product = new Product({});
  t.after(() => product.close());
  await product.restart();
  const file = join(product.dataDir, '..', `.data-key-${product.dataDir.split('/').at(-1)}`);
  assert.ok(!existsSync(file));
});
