import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountSmallDisk } from '../helpers/small-disk.ts';
import { anOrder, open } from './helpers.ts';

/**
 * The other files make single calls fail; here a real file system is full or read-only. Mounting one takes root: without that
 * right these say so, and what they prove rests on the failing calls of disk.test.ts.
 */
const RESERVE_BYTES = 1 << 20;

test('a full disk: what runs is recorded from the reserve, a killed product comes back, and nothing acknowledged is lost', async (t) => {
  const disk = mountSmallDisk(8);
  if (!disk) return t.diagnostic('mounting is not permitted here');
  t.after(disk.remove);
  const dataDir = join(disk.path, 'data');
  let stores = await open(dataDir, { reserveBytes: RESERVE_BYTES, spaceCheckMs: 10 });
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  assert.ok(existsSync(join(dataDir, 'reserve')));
  disk.fill();
  let acknowledged = 1;
  const writeUntilRefused = async (): Promise<void> => {
    for (;;) {
      await stores.transact((tx) => tx.orders.put(anOrder(acknowledged + 1)));
      acknowledged += 1;
      if (acknowledged % 50 === 0) assert.equal(stores.status().low, true);
    }
  };
  await assert.rejects(writeUntilRefused, { code: 'storage-full' });
  assert.ok(acknowledged > 100, 'the reserve took what was written');
  assert.equal(stores.status().writable, false);

  await stores.close();
  disk.fill();
  await assert.rejects(open(dataDir, { reserveBytes: RESERVE_BYTES }), (error: Error) => {
    assert.match(error.message, new RegExp(`${dataDir}.*free space`));
    return true;
  });
  disk.empty();
  stores = await open(dataDir, { reserveBytes: RESERVE_BYTES, spaceCheckMs: 10 });
  assert.equal(stores.orders.size, acknowledged);
  assert.deepEqual([stores.status().low, stores.status().writable], [false, true]);

  disk.fill();
  await stores.close();
  disk.fill();
  const started = await open(dataDir, { reserveBytes: RESERVE_BYTES, spaceCheckMs: 10 });
  assert.equal(started.orders.size, acknowledged, 'it starts on a full disk, on its reserve');
  assert.equal(started.status().low, true);
  await started.transact((tx) => tx.orders.put(anOrder(acknowledged + 1)));
  await started.close();
});

test('a read-only disk is refused at the start, by folder and fix', async (t) => {
  const disk = mountSmallDisk(8);
  if (!disk) return t.diagnostic('mounting is not permitted here');
  t.after(disk.remove);
  const dataDir = join(disk.path, 'data');
  const stores = await open(dataDir, { reserveBytes: RESERVE_BYTES });
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  await stores.close();
  disk.setReadOnly(true);
  await assert.rejects(open(dataDir), (error: Error) => {
    assert.match(error.message, new RegExp(`${dataDir} cannot be written \\(EROFS.*writable disk`));
    return true;
  });
  disk.setReadOnly(false);
  const again = await open(dataDir);
  assert.equal(again.orders.size, 1);
  await again.close();
});
