import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { shadowPayKeysSchema } from '../../shared/credentials.ts';
import type { Order } from '../../shared/order.ts';
import { DataKeyError } from '../../supervisor/secrets/errors.ts';
import { keyFile } from '../../supervisor/secrets/key-source.ts';
import type { Vault } from '../../supervisor/secrets/vault.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { anOrder } from '../stores/helpers.ts';
import { DATA_KEY, NEW_DATA_KEY, place, readKeys, SHADOW_PAY, STATUM, start, storeKeys } from './helpers.ts';

const BOTH = { shadowPay: SHADOW_PAY, statum: STATUM };

/** A data folder that holds credentials, of a product that has stopped. */
async function stopped(t: TestContext, dataKey?: string) {
  const folders = place(t);
  const product = await start(folders.dataDir, dataKey);
  await storeKeys(product);
  await product.stores.close();
  return { ...folders, file: keyFile(folders.dataDir) };
}

test('without DATA_KEY a key is generated beside the data folder, for the owner only, and found again', async (t) => {
  const { around, dataDir } = place(t);
  const first = await start(dataDir);
  assert.deepEqual(readdirSync(around), ['data'], 'no key before there is a secret');
  await storeKeys(first);
  await first.stores.close();
  assert.equal(statSync(keyFile(dataDir)).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(around).sort(), ['.data-key-data', 'data']);
  const again = await start(dataDir);
  assert.deepEqual(readKeys(again.vault), BOTH);
});

test('two who set the first keys at the same time share one key', async (t) => {
  const { dataDir } = place(t);
  const first = await start(dataDir);
  await Promise.all(
    ['one', 'two'].map(async (name) => {
      await first.vault.prepare();
      const set = { setId: `client:${name}:shadow-pay`, gateway: 'shadow-pay' } as const;
      await first.stores.transact((tx) => first.vault.put(tx, set, SHADOW_PAY, 1));
    }),
  );
  await first.stores.close();
  const { vault } = await start(dataDir);
  for (const name of ['one', 'two'])
    assert.deepEqual(
      vault.read({ setId: `client:${name}:shadow-pay`, version: 1 }, shadowPayKeysSchema),
      SHADOW_PAY,
    );
});

test('a key file that everybody may read is closed again', async (t) => {
  const { dataDir, file } = await stopped(t);
  chmodSync(file, 0o644);
  await start(dataDir);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('with DATA_KEY nothing is generated', async (t) => {
  const { around, dataDir } = await stopped(t, DATA_KEY);
  assert.deepEqual(readdirSync(around), ['data']);
  assert.deepEqual(readKeys((await start(dataDir, DATA_KEY)).vault), BOTH);
});

test('no file of the data folder holds a key or secret in the clear', async (t) => {
  const { dataDir } = await stopped(t);
  for (const name of readdirSync(dataDir)) {
    const text = readFileSync(join(dataDir, name), 'latin1');
    for (const secret of [SHADOW_PAY.apiKey, SHADOW_PAY.apiSecret, STATUM.consumerKey, STATUM.consumerSecret])
      assert.ok(!text.includes(secret), `${secret} in ${name}`);
  }
});

test('a start without the right key stops, names the fix, and changes nothing', async (t) => {
  const withFile = await stopped(t);
  const withVariable = await stopped(t, DATA_KEY);
  const refused = (dataDir: string, dataKey: string | undefined, fix: RegExp) =>
    assert.rejects(start(dataDir, dataKey), (error) => {
      assert.ok(error instanceof DataKeyError);
      assert.match(error.message, fix);
      assert.doesNotMatch(error.message, /data-key-0123456789/);
      return true;
    });
  await refused(withVariable.dataDir, undefined, /DATA_KEY is not set.*set DATA_KEY.*forget-credentials/);
  await refused(withVariable.dataDir, NEW_DATA_KEY, /DATA_KEY is another one.*forget-credentials/);
  await refused(withFile.dataDir, DATA_KEY, /key in .*\.data-key-data.*rotate-key/);
  const kept = readFileSync(withFile.file);
  writeFileSync(withFile.file, 'x'.repeat(43));
  await refused(withFile.dataDir, undefined, /the one in .*\.data-key-data is another/);
  writeFileSync(withFile.file, '');
  await refused(withFile.dataDir, undefined, /holds no key/);
  rmSync(withFile.file);
  await refused(withFile.dataDir, undefined, /there is no .*\.data-key-data/);
  assert.ok(!existsSync(withFile.file), 'no new key is made in place of a lost one');
  writeFileSync(withFile.file, kept);
  assert.deepEqual(readKeys((await start(withFile.dataDir)).vault), BOTH);
});

test('a sealed set put in another’s place stops the start', async (t) => {
  const { dataDir } = await stopped(t, DATA_KEY);
  const { stores } = await start(dataDir, DATA_KEY);
  await stores.transact((tx) => {
    const set = tx.credentials.get('platform:shadow-pay');
    assert.ok(set);
    tx.credentials.put({ ...set, setId: 'client:cl_two:shadow-pay' });
  });
  await stores.close();
  await assert.rejects(
    start(dataDir, DATA_KEY),
    /client:cl_two:shadow-pay@1 cannot be opened.*another's place/,
  );
});

test('a key file can be made nowhere: the refusal says to set DATA_KEY', async (t) => {
  const { dataDir } = place(t);
  const { vault } = await start(dataDir);
  // Nobody can write a file where a folder stands, not even root.
  mkdirSync(`${keyFile(dataDir)}.tmp`);
  await assert.rejects(vault.prepare(), /Set DATA_KEY instead/);
});

const SET = { setId: 'platform:shadow-pay', gateway: 'shadow-pay' } as const;
const put = (stores: Stores, vault: Vault, apiKey: string) =>
  stores.transact((tx) => {
    const ref = vault.put(tx, SET, { ...SHADOW_PAY, apiKey }, 1);
    vault.eraseUnused(tx);
    return ref;
  });
const versions = (stores: Stores): (number | undefined)[] =>
  stores.credentials.get(SET.setId)?.versions.map(({ version }) => version) ?? [];
const chargedWith = (version: number, changes: Partial<Order['payment']> = {}): Order => {
  const order = anOrder(1);
  const credentials = { setId: SET.setId, version };
  return { ...order, payment: { ...order.payment, credentials, state: 'prompted', ...changes } };
};

test('the version that an order was charged with stays until the order is settled, then it is erased', async (t) => {
  const { dataDir } = place(t);
  const { stores, vault } = await start(dataDir, DATA_KEY);
  await vault.prepare();
  assert.equal((await put(stores, vault, 'first-key')).version, 1);
  await stores.transact((tx) => tx.orders.put(chargedWith(1)));
  assert.equal((await put(stores, vault, 'second-key')).version, 2);
  assert.equal((await put(stores, vault, 'third-key')).version, 3);
  assert.deepEqual(versions(stores), [1, 3], 'nobody was charged with the second');
  assert.equal(vault.read({ setId: SET.setId, version: 1 }, shadowPayKeysSchema)?.apiKey, 'first-key');
  assert.deepEqual(vault.currentRef(SET.setId), { setId: SET.setId, version: 3 });

  // A late success is still asked for.
  await stores.transact((tx) =>
    tx.orders.put(chargedWith(1, { state: 'expired', checkoutRequestId: 'ws_CO_1' })),
  );
  await stores.transact((tx) => vault.eraseUnused(tx));
  assert.deepEqual(versions(stores), [1, 3]);
  await stores.transact((tx) =>
    tx.orders.put(chargedWith(1, { state: 'expired', checkoutRequestId: 'ws_CO_1', watchEndedAt: 9 })),
  );
  await stores.transact((tx) => vault.eraseUnused(tx));
  assert.deepEqual(versions(stores), [3]);
});

test('removed keys count no more; their number is not used again', async (t) => {
  const { dataDir } = place(t);
  const { stores, vault } = await start(dataDir, DATA_KEY);
  await vault.prepare();
  await put(stores, vault, 'first-key');
  await stores.transact((tx) => tx.orders.put(chargedWith(1)));
  assert.equal(await stores.transact((tx) => vault.remove(tx, SET.setId)), true);
  assert.equal(vault.currentRef(SET.setId), undefined);
  assert.equal(vault.read({ setId: SET.setId, version: 1 }, shadowPayKeysSchema)?.apiKey, 'first-key');
  assert.equal(await stores.transact((tx) => vault.remove(tx, SET.setId)), false);
  assert.equal((await put(stores, vault, 'second-key')).version, 2);
});
