import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AuditEntry } from '../../shared/audit.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { verifyFolder } from '../../supervisor/stores/verify.ts';
import { anOrder, type DiskWatch, open, systemError, temporaryFolder, watchedDisk } from './helpers.ts';

const SECRET = 'Jane Wanjiku, 0700 000 001 📱';
const deed = (n: number): AuditEntry => ({
  at: n,
  by: 'amina',
  action: `deed-${n}`,
  note: `${SECRET} ${n}`,
});
const AUDIT = 'audit.jsonl';

/** A closed folder whose audit holds deeds 1 to `count`, written in several goes. */
async function folderWithDeeds(t: TestContext, count: number): Promise<string> {
  const folder = temporaryFolder(t);
  for (let first = 1; first <= count; first += Math.ceil(count / 3)) {
    const stores = await open(folder);
    await stores.transact((tx) => {
      for (let n = first; n < first + Math.ceil(count / 3) && n <= count; n += 1) tx.audit.append(deed(n));
    });
    await stores.close();
  }
  return folder;
}

async function deeds(stores: Stores, limit = 7): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await stores.audit.page({ limit, ...(cursor !== undefined && { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all.reverse();
}

const assertSound = (folder: string): void =>
  assert.deepEqual(
    verifyFolder(folder).filter(({ ok }) => !ok),
    [],
  );
const inFile = (folder: string, name: string): boolean =>
  readFileSync(join(folder, name), 'utf8').includes(SECRET);

test('what the audit is to forget is gone from its file, and the rest reads as before, also after a restart', async (t) => {
  const folder = await folderWithDeeds(t, 30);
  let stores = await open(folder);
  // These are still in memory only.
  await stores.transact((tx) => {
    for (let n = 31; n <= 40; n += 1) tx.audit.append(deed(n));
  });
  const changed = await stores.audit.rewrite((entry) => {
    if (entry.at <= 20) return undefined;
    return entry.at <= 35 ? { ...entry, note: 'x' } : entry;
  });
  assert.equal(changed, 35);
  const expected = Array.from({ length: 20 }, (_, index) =>
    index < 15 ? { ...deed(21 + index), note: 'x' } : deed(21 + index),
  );
  assert.deepEqual(await deeds(stores), expected);
  await stores.close();
  const text = readFileSync(join(folder, AUDIT), 'utf8');
  assert.equal(text.split(SECRET).length - 1, 5);
  assertSound(folder);
  stores = await open(folder);
  assert.deepEqual(await deeds(stores), expected);
  // Once more changes nothing, and new entries follow as ever.
  assert.equal(await stores.audit.rewrite((entry) => (entry.at <= 20 ? undefined : entry)), 0);
  await stores.transact((tx) => tx.audit.append(deed(41)));
  assert.deepEqual(await deeds(stores), [...expected, deed(41)]);
});

test('an order’s events lose their words wherever they stand, and no other order’s do', async (t) => {
  const folder = temporaryFolder(t);
  const event = (n: number) => ({ at: n, event: `event-${n}`, by: 'amina', note: `${SECRET} ${n}` });
  for (let round = 0; round < 3; round += 1) {
    const stores = await open(folder);
    await stores.transact((tx) => {
      for (const n of [1, 2]) {
        tx.orders.put(anOrder(n, { updatedAt: round }));
        tx.timelines.append(anOrder(n).orderNo, event(round));
      }
    });
    await stores.close();
  }
  let stores = await open(folder);
  await stores.transact((tx) => tx.timelines.append(anOrder(1).orderNo, event(3)));
  const changed = await stores.timelines.rewrite([anOrder(1).orderNo], ({ note: _, ...entry }) => entry);
  assert.equal(changed, 4);
  const bare = [0, 1, 2, 3].map((n) => ({ at: n, event: `event-${n}`, by: 'amina' }));
  assert.deepEqual(await stores.timelines.read(anOrder(1).orderNo), bare);
  await stores.close();
  assertSound(folder);
  stores = await open(folder);
  assert.deepEqual(await stores.timelines.read(anOrder(1).orderNo), bare);
  assert.deepEqual(await stores.timelines.read(anOrder(2).orderNo), [0, 1, 2].map(event));
});

test('an erasure that a crash breaks off in the middle of a line is finished by the next start', async (t) => {
  const folder = await folderWithDeeds(t, 30);
  let writes = 0;
  const watch: DiskWatch = {
    onWrite: (path) => {
      if (!path.endsWith(AUDIT)) return;
      writes += 1;
      if (writes > 4) throw systemError('EIO');
    },
  };
  const fatal: Error[] = [];
  let stores = await open(folder, {
    disk: watchedDisk(watch),
    onFatal: (error) => void fatal.push(error),
  });
  await assert.rejects(
    stores.audit.rewrite(() => undefined),
    /audit\.jsonl: the disk failed/,
  );
  assert.equal(fatal.length, 1, 'the process is asked to end');
  await stores.close();
  assert.ok(inFile(folder, AUDIT), 'not all of it was written over');
  // What a power cut leaves of the line that was being written.
  const torn = readFileSync(join(folder, AUDIT));
  torn.fill(' ', torn.lastIndexOf(SECRET), torn.lastIndexOf(SECRET) + 9);
  writeFileSync(join(folder, AUDIT), torn);
  const findings = verifyFolder(folder);
  assert.match(
    findings.find(({ file }) => file === `${AUDIT}.overwrite`)?.text ?? '',
    /next start finishes it/,
  );
  stores = await open(folder);
  assert.deepEqual(await deeds(stores), []);
  await stores.close();
  assert.ok(!inFile(folder, AUDIT));
  assert.ok(!existsSync(join(folder, `${AUDIT}.overwrite`)));
  assertSound(folder);
});

test('an erasure that was broken off before it began changes nothing', async (t) => {
  const folder = await folderWithDeeds(t, 3);
  writeFileSync(join(folder, `${AUDIT}.overwrite`), '["00000000",{"overwrite":[[0,"half a no');
  const stores = await open(folder);
  assert.deepEqual(await deeds(stores), [1, 2, 3].map(deed));
  assert.ok(!existsSync(join(folder, `${AUDIT}.overwrite`)));
});

test('on a full disk nothing is erased, and the reason is the disk', async (t) => {
  const folder = await folderWithDeeds(t, 3);
  let full = true;
  const watch: DiskWatch = {
    onWrite: (path) => {
      if (full && path.endsWith('.overwrite')) throw systemError('ENOSPC');
    },
  };
  const stores = await open(folder, { disk: watchedDisk(watch) });
  await assert.rejects(
    stores.audit.rewrite(() => undefined),
    { code: 'storage-full', message: /disk is full; nothing was erased/ },
  );
  assert.deepEqual(await deeds(stores), [1, 2, 3].map(deed));
  full = false;
  assert.equal(await stores.audit.rewrite(() => undefined), 3);
});

test('whoever reads while entries are written over sees each of them whole, and new ones go on being written', async (t) => {
  const folder = await folderWithDeeds(t, 2_400);
  const stores = await open(folder);
  const { orderNo } = anOrder(1);
  const erasing = stores.audit.rewrite((entry) => ({ ...entry, note: '' }));
  let isDone = false;
  void erasing.finally(() => {
    isDone = true;
  });
  let reads = 0;
  while (!isDone) {
    const read = await deeds(stores, 500);
    assert.equal(read.length, 2_400);
    await stores.transact((tx) => {
      tx.orders.put(anOrder(1, { updatedAt: reads }));
      tx.timelines.append(orderNo, { at: reads, event: 'seen', by: 'system' });
    });
    reads += 1;
  }
  assert.equal(await erasing, 2_400);
  assert.ok((await deeds(stores, 500)).every(({ note }) => note === ''));
  assert.equal((await stores.timelines.read(orderNo)).length, reads);
});

test('an entry that would grow is refused, and stays', async (t) => {
  const folder = await folderWithDeeds(t, 3);
  const stores = await open(folder);
  await assert.rejects(
    stores.audit.rewrite((entry) => ({ ...entry, note: `${entry.note} and more` })),
    /may only become shorter/,
  );
  assert.deepEqual(await deeds(stores), [1, 2, 3].map(deed));
});
