import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs, { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../shared/clock.ts';
import { keyFile } from '../../supervisor/secrets/key-source.ts';
import { rotateDataKey } from '../../supervisor/secrets/rotate.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { watchedDisk } from '../stores/helpers.ts';
import { DATA_KEY, NEW_DATA_KEY, place, readKeys, SHADOW_PAY, STATUM, start, storeKeys } from './helpers.ts';

const BOTH = { shadowPay: SHADOW_PAY, statum: STATUM };
const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

async function stopped(t: TestContext, dataKey?: string): Promise<{ around: string; dataDir: string }> {
  const folders = place(t);
  const product = await start(folders.dataDir, dataKey);
  await storeKeys(product);
  await product.stores.close();
  return folders;
}

/** Runs `npm run secrets -- …` without npm. */
function command(dataDir: string, name: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'supervisor/secrets/cli.ts', name], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise<{ code: number | null; said: string }>((done) => {
    child.on('close', (code) => done({ code, said }));
  });
  return { child, ended };
}

test('the generated key is replaced by another generated one', async (t) => {
  const { around, dataDir } = await stopped(t);
  const oldKey = readFileSync(keyFile(dataDir), 'utf8');
  const { code, said } = await command(dataDir, 'rotate-key').ended;
  assert.equal(code, 0, said);
  assert.match(said, /2 stored credentials are sealed anew.*\.data-key-data/);
  assert.notEqual(readFileSync(keyFile(dataDir), 'utf8'), oldKey);
  assert.ok(!said.includes(readFileSync(keyFile(dataDir), 'utf8').trim()));
  assert.equal(statSync(keyFile(dataDir)).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(around).sort(), ['.data-key-data', 'data']);
  const { stores, vault } = await start(dataDir);
  assert.deepEqual(readKeys(vault), BOTH);
  const { items } = await stores.audit.page({ limit: 1 });
  assert.deepEqual([items[0]?.by, items[0]?.action], ['command line', 'credentials.rotate-key']);
});

/** What the command does, in this process. */
async function rotate(dataDir: string, dataKey?: string, newDataKey?: string) {
  const stores = await openTestStores(dataDir);
  try {
    return await rotateDataKey({ stores, clock: systemClock, place: { dataDir, dataKey }, newDataKey });
  } finally {
    await stores.close();
  }
}

test('from the generated key to DATA_KEY, and on to another DATA_KEY', async (t) => {
  const { around, dataDir } = await stopped(t);
  assert.deepEqual(await rotate(dataDir, DATA_KEY), { resealed: 2, keptIn: 'DATA_KEY' });
  assert.deepEqual(readdirSync(around), ['data'], 'the old key file is gone');
  await assert.rejects(rotate(dataDir, DATA_KEY), /sealed with DATA_KEY already.*NEW_DATA_KEY/);
  assert.deepEqual(await rotate(dataDir, DATA_KEY, NEW_DATA_KEY), { resealed: 2, keptIn: 'NEW_DATA_KEY' });
  assert.equal((await rotate(dataDir, DATA_KEY, NEW_DATA_KEY)).resealed, 0, 'doing it again does nothing');
  await assert.rejects(start(dataDir, DATA_KEY), /DATA_KEY is another one/);
  assert.deepEqual(readKeys((await start(dataDir, NEW_DATA_KEY)).vault), BOTH);
});

test('with the wrong key nothing is rotated', async (t) => {
  const { dataDir } = await stopped(t, DATA_KEY);
  await assert.rejects(rotate(dataDir, `${DATA_KEY}x`, NEW_DATA_KEY), /DATA_KEY is another one/);
  await assert.rejects(rotate(dataDir, `${DATA_KEY}x`), /neither with DATA_KEY nor with the key in/);
  await assert.rejects(rotate(dataDir), /DATA_KEY is not set/);
  assert.deepEqual(readKeys((await start(dataDir, DATA_KEY)).vault), BOTH);
});

test('a running product is left alone', async (t) => {
  const { dataDir } = await stopped(t, DATA_KEY);
  const running = await start(dataDir, DATA_KEY);
  const { code, said } = await command(dataDir, 'rotate-key', { DATA_KEY, NEW_DATA_KEY }).ended;
  assert.equal(code, 1);
  assert.match(said, /in use by process \d+.*Stop that process first/);
  assert.ok(!said.includes(DATA_KEY) && !said.includes(NEW_DATA_KEY));
  assert.deepEqual(readKeys(running.vault), BOTH);
});

test('when the key is lost for good, the credentials are forgotten and the product starts', async (t) => {
  const { dataDir } = await stopped(t, DATA_KEY);
  await assert.rejects(start(dataDir), /forget-credentials/);
  const { code, said } = await command(dataDir, 'forget-credentials').ended;
  assert.equal(code, 0, said);
  const { stores, vault } = await start(dataDir);
  assert.equal(vault.currentRef('platform:shadow-pay'), undefined);
  await vault.prepare();
  const ref = await stores.transact((tx) =>
    vault.put(tx, { setId: 'platform:shadow-pay', gateway: 'shadow-pay' }, SHADOW_PAY, 1),
  );
  assert.equal(ref.version, 2, 'numbers are never used twice');
});

test('killed before or after any write of a rotation, the product starts with all credentials', async (t) => {
  const { around, dataDir } = await stopped(t);
  const images: string[] = [];
  const keepImage = (): void => {
    const folder = temporaryFolder('image');
    t.after(() => folder.remove());
    // A killed process leaves its lock; that a dead owner's lock is taken over is tested with the stores.
    const filter = (path: string) => !/\/(lock|owner\.json|reserve)$/.test(path);
    cpSync(around, folder.path, { recursive: true, filter });
    images.push(folder.path);
  };
  const { stores } = await start(dataDir, undefined, {
    disk: watchedDisk({ onWrite: keepImage, onSync: keepImage }),
  });
  const methods = ['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const;
  for (const name of methods) {
    const real: unknown = fs[name];
    assert.ok(typeof real === 'function');
    t.mock.method(fs, name, (...args: unknown[]) => {
      const path = String(args[0]);
      if (!path.includes('airtime-image')) keepImage();
      return Reflect.apply(real, fs, args);
    });
  }
  syncBuiltinESMExports();
  const { resealed } = await rotateDataKey({
    stores,
    clock: systemClock,
    place: { dataDir, dataKey: undefined },
    newDataKey: undefined,
  });
  keepImage();
  t.mock.restoreAll();
  syncBuiltinESMExports();
  assert.equal(resealed, 2);
  const withNext = images.filter((image) => existsSync(join(image, '.data-key-data.next')));
  assert.ok(
    images.length >= 8 && withNext.length >= 2,
    `${images.length} moments, ${withNext.length} with both keys`,
  );
  for (const [index, image] of images.entries()) {
    const product = await start(join(image, 'data'));
    assert.deepEqual(readKeys(product.vault), BOTH, `moment ${index}`);
    await product.stores.close();
  }
});

test('a rotation that is really killed can be run again', async (t) => {
  const { around, dataDir } = await stopped(t);
  const { child, ended } = command(dataDir, 'rotate-key');
  const watcher = fs.watch(around, (_event, name) => {
    if (name === '.data-key-data.next') child.kill('SIGKILL');
  });
  t.after(() => watcher.close());
  await ended;
  const product = await start(dataDir);
  assert.deepEqual(readKeys(product.vault), BOTH);
  await product.stores.close();
  assert.equal((await rotate(dataDir)).resealed, 2);
  assert.deepEqual(readKeys((await start(dataDir)).vault), BOTH);
});
