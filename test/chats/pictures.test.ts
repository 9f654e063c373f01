import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { MAX_PICTURE_BYTES } from '../../shared/picture.ts';
import { createPictures } from '../../supervisor/chats/pictures.ts';
import { restoreBackup, takeBackup } from '../../supervisor/stores/backup/archive.ts';
import { exportFolder } from '../../supervisor/stores/export.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { verifyFolder } from '../../supervisor/stores/verify.ts';
import { aPicture } from '../helpers/a-picture.ts';
import { waitFor } from '../helpers/wait.ts';
import { aClient, open, temporaryFolder } from '../stores/helpers.ts';

async function shop(t: TestContext) {
  const folder = temporaryFolder(t);
  const dataDir = join(folder, 'data');
  const stores = await open(dataDir);
  await stores.transact((tx) => {
    tx.clients.put(aClient('cl_one'));
    tx.clients.put(aClient('cl_two'));
  });
  const pictures = createPictures({ stores, dataDir, clock: systemClock, logger: silentLogger });
  const files = (): string[] => {
    const pictureFolder = join(dataDir, 'pictures');
    return existsSync(pictureFolder) ? readdirSync(pictureFolder).sort() : [];
  };
  return { folder, dataDir, stores, pictures, files };
}

const pictureOf = (stores: Stores, clientId = 'cl_one') => stores.clients.get(clientId)?.picture;

test('a picture is kept as it came, for its own client, over a restart; the next one takes its place', async (t) => {
  const { dataDir, stores, pictures, files } = await shop(t);
  const [first, second] = [aPicture({ shade: 1 }), aPicture({ shade: 2 })];
  const { id } = await pictures.put('cl_one', first, 'Amina');
  assert.deepEqual(await pictures.read('cl_one', id), first);
  assert.deepEqual(await pictures.read('cl_one', id, 10, 5), first.subarray(10, 15));
  assert.equal((await pictures.read('cl_one', id, first.length, 5)).length, 0);
  await assert.rejects(pictures.read('cl_two', id), /no such picture/);
  const next = await pictures.put('cl_one', second, 'Amina');
  await waitFor('the first one to go', () => files().length === 1);
  await assert.rejects(pictures.read('cl_one', id), /no such picture/);
  await stores.close();

  const again = await open(dataDir);
  const later = createPictures({ stores: again, dataDir, clock: systemClock, logger: silentLogger });
  await later.tidy();
  assert.deepEqual(await later.read('cl_one', next.id), second);
  const { items } = await again.audit.page({ limit: 5 });
  assert.deepEqual(
    items.map(({ by, action, clientId }) => [by, action, clientId]),
    [
      ['Amina', 'client.picture', 'cl_one'],
      ['Amina', 'client.picture', 'cl_one'],
    ],
  );
});

test('the same picture given again is there afterwards, also right after it was removed', async (t) => {
  const { pictures, stores, files } = await shop(t);
  const bytes = aPicture();
  await pictures.put('cl_one', bytes, 'Amina');
  assert.equal(await pictures.remove('cl_one', 'Amina'), true);
  const { id } = await pictures.put('cl_one', bytes, 'Amina');
  await pictures.put('cl_one', bytes, 'Amina');
  assert.deepEqual(await pictures.read('cl_one', id), bytes);
  assert.equal(await pictures.remove('cl_one', 'Amina'), true);
  assert.equal(await pictures.remove('cl_one', 'Amina'), false);
  assert.equal(pictureOf(stores), undefined);
  await waitFor('its file to go', () => files().length === 0);
});

test('what is no picture, too heavy or too large is refused and leaves nothing', async (t) => {
  const { pictures, stores, files } = await shop(t);
  const heavy = Buffer.concat([aPicture(), Buffer.alloc(MAX_PICTURE_BYTES)]);
  const wide = aPicture({ widthPx: 5_000, heightPx: 1 });
  for (const [bytes, code, said] of [
    [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'.padEnd(80)),
      'invalid',
      /PNG, JPEG or WebP/,
    ],
    [heavy, 'payload-too-large', /more than 1 MB/],
    [wide, 'invalid', /5000 × 1 pixels/],
  ] as const) {
    await assert.rejects(pictures.put('cl_one', bytes, 'Amina'), { code, field: 'picture', message: said });
  }
  await assert.rejects(pictures.put('cl_gone', aPicture(), 'Amina'), { code: 'not-found' });
  assert.equal(pictureOf(stores), undefined);
  assert.deepEqual(files(), []);
});

test('while the disk is nearly full no picture takes what is left for orders', async (t) => {
  const { pictures, stores, files } = await shop(t);
  const status = stores.status();
  t.mock.method(stores, 'status', () => ({ ...status, low: true }));
  await assert.rejects(pictures.put('cl_one', aPicture(), 'Amina'), { code: 'storage-full' });
  assert.deepEqual(files(), []);
});

test('it goes with its client, and what a crash left of others goes at the next start', async (t) => {
  const { dataDir, pictures, stores, files } = await shop(t);
  await pictures.put('cl_one', aPicture(), 'Amina');
  await pictures.put('cl_two', aPicture(), 'Amina');
  await stores.transact((tx) => tx.clients.delete('cl_one'));
  await waitFor('its file to go', () => files().length === 1);
  const [kept = ''] = files();
  for (const left of [`cl_two-${'0'.repeat(32)}.png`, `${kept}.tmp`])
    writeFileSync(join(dataDir, 'pictures', left), 'left');
  // Somebody else's, as a file server makes one in every folder.
  const foreign = join(dataDir, 'pictures', '@eaDir');
  mkdirSync(foreign);
  await pictures.tidy();
  rmdirSync(foreign);
  assert.deepEqual(files(), [kept]);
  assert.ok(kept.startsWith('cl_two-'));
});

test('it is in backups and exports; one that is lost is told of and keeps no books from being backed up', async (t) => {
  const { folder, dataDir, pictures, stores, files } = await shop(t);
  const [lost, kept] = [aPicture({ shade: 1 }), aPicture({ shade: 2 })];
  await pictures.put('cl_one', lost, 'Amina');
  const { id } = await pictures.put('cl_two', kept, 'Amina');
  const facts = { version: '1.2.3', now: 1_750_000_000_000 };
  const whole = await takeBackup(dataDir, join(folder, 'backups'), facts);
  await restoreBackup(whole.path, join(folder, 'restored'));
  const restored = await open(join(folder, 'restored'));
  const there = createPictures({
    stores: restored,
    dataDir: join(folder, 'restored'),
    clock: systemClock,
    logger: silentLogger,
  });
  assert.deepEqual(await there.read('cl_two', id), kept);
  await stores.close();
  assert.ok(verifyFolder(dataDir).every(({ ok }) => ok));

  const [one = '', two = ''] = files();
  rmSync(join(dataDir, 'pictures', one));
  const findings = verifyFolder(dataDir);
  assert.deepEqual(
    findings.filter(({ ok }) => !ok).map(({ file }) => file),
    [join('pictures', one)],
  );
  assert.match(findings.at(-1)?.text ?? '', /a start finds everything/);
  const out = new PassThrough();
  const [exported] = await Promise.all([text(out), exportFolder(dataDir, out, { end: true })]);
  const told: { pictures: ReadonlyArray<{ clientId: string; base64?: string; problem?: string }> } =
    JSON.parse(exported);
  assert.deepEqual(
    told.pictures.map(({ clientId, base64, problem }) => [clientId, base64, problem === undefined]),
    [
      ['cl_one', undefined, false],
      ['cl_two', kept.toString('base64'), true],
    ],
  );
  const rest = await takeBackup(dataDir, join(folder, 'backups'), { ...facts, now: facts.now + 1_000 });
  await restoreBackup(rest.path, join(folder, 'restored-rest'));
  assert.deepEqual(readFileSync(join(folder, 'restored-rest', 'pictures', two)), kept);
});
