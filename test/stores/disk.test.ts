import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '../helpers/fake-clock.ts';
import type { DiskWatch } from './helpers.ts';
import {
  aClient,
  anOrder,
  aReply,
  listeningLogger,
  open,
  systemError,
  temporaryFolder,
  watchedDisk,
} from './helpers.ts';

const isJournal = (path: string): boolean => path.includes('journal-');

/** A disk with a full journal from now on, until the reserve is gone (or for good). */
function fullDisk(folder: string, options: { evenWithoutReserve: boolean }): DiskWatch & { full: boolean } {
  const watch: DiskWatch & { full: boolean } = {
    full: false,
    onWrite(path) {
      const roomLeft = !options.evenWithoutReserve && !existsSync(join(folder, 'reserve'));
      if (watch.full && isJournal(path) && !roomLeft) throw systemError('ENOSPC');
    },
    freeBytes: () => (watch.full ? 0 : 1 << 30),
  };
  return watch;
}

test('on a full disk the reserve takes what is written, says so, and comes back with room', async (t) => {
  const folder = temporaryFolder(t);
  const watch = fullDisk(folder, { evenWithoutReserve: false });
  const clock = new FakeClock();
  const logger = listeningLogger();
  const stores = await open(folder, { disk: watchedDisk(watch), clock, logger });
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  assert.equal(stores.status().low, false);
  watch.full = true;
  await stores.transact((tx) => tx.orders.put(anOrder(2)));
  assert.deepEqual([stores.status().low, stores.status().writable], [true, true]);
  assert.ok(logger.sentences.some((sentence) => sentence.includes('The disk is full')));
  clock.advance(10_000);
  assert.equal(stores.status().low, true, 'still no room');
  watch.full = false;
  await untilNotLow(() => stores.status().low, clock);
  assert.ok(existsSync(join(folder, 'reserve')));
  await stores.close();
  assert.equal((await open(folder)).orders.size, 2);
});

async function untilNotLow(isLow: () => boolean, clock: FakeClock): Promise<void> {
  while (isLow()) {
    clock.advance(5_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('when not even the reserve is enough, callers hear it and memory is what the disk has', async (t) => {
  const folder = temporaryFolder(t);
  const watch = fullDisk(folder, { evenWithoutReserve: true });
  const clock = new FakeClock();
  const stores = await open(folder, { disk: watchedDisk(watch), clock });
  await stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    tx.clients.put(aClient('cl_one'));
  });
  watch.full = true;
  const heard: string[] = [];
  stores.onCommit((changes) => heard.push(...changes.map(({ key }) => key)));
  const attempts = [
    stores.transact((tx) => {
      tx.orders.put(anOrder(1, { updatedAt: 5 }));
      tx.timelines.append(anOrder(1).orderNo, { at: 5, event: 'paid', by: 'shadow-pay' });
      tx.audit.append({ at: 5, by: 'amina', action: 'x' });
    }),
    stores.transact((tx) => tx.orders.put(anOrder(1, { updatedAt: 6 }))),
    stores.transact((tx) => tx.clients.delete('cl_one')),
    stores.durable(),
  ];
  for (const attempt of await Promise.allSettled(attempts)) {
    assert.equal(attempt.status, 'rejected');
    assert.equal(attempt.status === 'rejected' && attempt.reason.code, 'storage-full');
  }
  assert.deepEqual(heard, []);
  assert.deepEqual(stores.orders.get(anOrder(1).orderNo), anOrder(1));
  assert.ok(stores.clients.get('cl_one'));
  assert.deepEqual(await stores.timelines.read(anOrder(1).orderNo), []);
  assert.deepEqual((await stores.audit.page({ limit: 5 })).items, []);
  assert.deepEqual([stores.status().low, stores.status().writable], [true, false]);

  watch.full = false;
  await stores.transact((tx) => tx.orders.put(anOrder(2)));
  assert.equal(stores.status().writable, true);
  await untilNotLow(() => stores.status().low, clock);
  await stores.close();
  const again = await open(folder);
  assert.equal(again.orders.size, 2);
  assert.equal(again.orders.get(anOrder(1).orderNo)?.updatedAt, anOrder(1).updatedAt);
});

test('a write that the full disk took half of leaves no half line', async (t) => {
  const folder = temporaryFolder(t);
  const watch = fullDisk(folder, { evenWithoutReserve: false });
  const whole = watchedDisk(watch);
  let halves = 0;
  const disk: typeof whole = {
    ...whole,
    write(fd, bytes, offset, length, position) {
      if (!watch.full || length < 100 || halves > 0) return whole.write(fd, bytes, offset, length, position);
      halves += 1;
      watch.full = false;
      return whole.write(fd, bytes, offset, Math.floor(length / 2), position).finally(() => {
        watch.full = true;
      });
    },
  };
  const stores = await open(folder, { disk });
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  watch.full = true;
  await stores.transact((tx) => tx.orders.put(anOrder(2)));
  assert.equal(halves, 1);
  const crashed = temporaryFolder(t);
  cpSync(folder, crashed, { recursive: true, filter: (path) => !/\/(lock|owner\.json)$/.test(path) });
  const logger = listeningLogger();
  assert.equal((await open(crashed, { logger })).orders.size, 2);
  assert.deepEqual(logger.sentences, []);
});

test('without room for a snapshot or for the logs the journal goes on, and nothing is lost', async (t) => {
  const folder = temporaryFolder(t);
  const watch = { full: true };
  const failing = new Set<string>();
  const disk = watchedDisk({
    onWrite(path) {
      if (watch.full && (path.endsWith('.tmp') || path.endsWith('timelines.jsonl'))) {
        failing.add(path.endsWith('.tmp') ? 'snapshot' : 'log');
        throw systemError('ENOSPC');
      }
    },
  });
  watch.full = false;
  const stores = await open(folder, { disk, snapshotMinBytes: 8 << 10 });
  watch.full = true;
  const write = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 1)
      await stores.transact((tx) => {
        tx.orders.put(anOrder(n));
        tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
        tx.outbox.put(aReply(n, { text: 'x'.repeat(100_000) }));
        tx.outbox.delete(`ob_${n - 5}`);
      });
  };
  await write(0, 60);
  assert.ok(failing.has('log'));
  assert.equal(stores.status().writable, true);
  watch.full = false;
  await write(60, 120);
  await stores.close();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
  const again = await open(folder);
  assert.equal(again.orders.size, 120);
  for (const n of [0, 30, 59, 60, 119])
    assert.equal((await again.timelines.read(anOrder(n).orderNo)).length, 1);
});

test('a disk that fills up at any write of a snapshot costs the snapshot and nothing else', async (t) => {
  const folder = temporaryFolder(t);
  let left = Number.POSITIVE_INFINITY;
  const disk = watchedDisk({
    onWrite(path) {
      if (isJournal(path)) return;
      left -= 1;
      if (left === 0) throw systemError('ENOSPC');
    },
  });
  const stores = await open(folder, { disk });
  let orders = 0;
  let failed = 0;
  for (let done = false; !done; ) {
    await stores.transact((tx) => {
      tx.orders.put(anOrder(orders));
      tx.timelines.append(anOrder(orders).orderNo, { at: orders, event: 'created', by: 'customer' });
      tx.audit.append({ at: orders, by: 'amina', action: 'deed' });
    });
    orders += 1;
    left = failed + 1;
    done = await stores.forgetPast();
    if (!done) failed += 1;
    left = Number.POSITIVE_INFINITY;
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
    const crashed = temporaryFolder(t);
    cpSync(folder, crashed, { recursive: true, filter: (path) => !/\/(?:lock|owner\.json)$/.test(path) });
    const again = await open(crashed);
    assert.equal(again.orders.size, orders, `after ${failed} writes`);
    for (let n = 0; n < orders; n += 1)
      assert.equal((await again.timelines.read(anOrder(n).orderNo)).length, 1);
    assert.equal((await again.audit.page({ limit: 1_000 })).items.length, orders);
    await again.close();
  }
  // Each collection's file, twice, and both logs.
  assert.ok(failed > 2 * 12, `${failed} writes failed`);
});

for (const code of ['EIO', 'EROFS'])
  test(`after a failed durable write (${code}) nothing is tried again: everybody waiting hears it and the process is told to end`, async (t) => {
    const folder = temporaryFolder(t);
    let failing = false;
    let attempts = 0;
    const disk = watchedDisk({
      onWrite(path) {
        if (!failing || !isJournal(path)) return;
        attempts += 1;
        throw systemError(code);
      },
    });
    const fatal: Error[] = [];
    const stores = await open(folder, { disk, onFatal: (error) => fatal.push(error) });
    await stores.transact((tx) => tx.orders.put(anOrder(1)));
    failing = true;
    const saving = [
      stores.transact((tx) => tx.orders.put(anOrder(2))),
      stores.transact((tx) => tx.orders.put(anOrder(3))),
      stores.durable(),
    ];
    for (const result of await Promise.allSettled(saving)) assert.equal(result.status, 'rejected');
    failing = false;
    await assert.rejects(
      stores.transact((tx) => tx.orders.put(anOrder(4))),
      { code },
    );
    assert.equal(attempts, 1);
    assert.equal(fatal.length, 1);
    assert.equal(stores.status().writable, false);
    assert.equal(stores.stillOwner(), false, 'no money may move any more');
    await stores.close();
    assert.equal((await open(folder)).orders.size, 1);
  });

test('a failed sync of a log ends the process too, and the journal still has what was to be there', async (t) => {
  const folder = temporaryFolder(t);
  const disk = watchedDisk({
    onSync(path) {
      if (path.endsWith('timelines.jsonl')) throw systemError('EIO');
    },
  });
  const fatal: Error[] = [];
  const stores = await open(folder, { disk, onFatal: (error) => fatal.push(error) });
  await stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    tx.timelines.append(anOrder(1).orderNo, { at: 1, event: 'created', by: 'customer' });
  });
  await stores.close();
  assert.match(String(fatal[0]), /timelines\.jsonl.*EIO/);
  const again = await open(folder);
  assert.equal((await again.timelines.read(anOrder(1).orderNo)).length, 1);
});

test('a data folder that cannot be used is named, with the fix', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a-file'), '');
  await assert.rejects(open(join(folder, 'a-file', 'data')), {
    name: 'StoreUnusableError',
    message: /a-file\/data cannot be written.*Set DATA_DIR/,
  });
  await assert.rejects(open(join(folder, 'a-file')), { name: 'StoreUnusableError' });
  await assert.rejects(open('/sys/airtime-data'), {
    name: 'StoreUnusableError',
    message: /\/sys\/airtime-data/,
  });
  const full = watchedDisk({
    onWrite() {
      throw systemError('ENOSPC');
    },
  });
  await assert.rejects(open(join(folder, 'full'), { disk: full }), {
    name: 'StoreUnusableError',
    message: /ENOSPC/,
  });
  const stores = await open(join(folder, 'full'));
  assert.equal(stores.orders.size, 0, 'and a later start, with room, lays the folder out');
  await stores.close();
});

test('a journal that is deleted or replaced while the product runs is noticed, and loses nothing', async (t) => {
  for (const replaced of [false, true]) {
    const folder = temporaryFolder(t);
    const fatal: Error[] = [];
    const stores = await open(folder, { onFatal: (error) => fatal.push(error) });
    await stores.transact((tx) => tx.orders.put(anOrder(1)));
    const segment = readdirSync(folder).find((name) => isJournal(`/${name}`)) ?? '';
    rmSync(join(folder, segment));
    if (replaced) writeFileSync(join(folder, segment), 'somebody else’s\n');
    // The look is taken at most every 200 ms: a few more orders may go to the lost file, and are saved with it.
    let placed = 1;
    await assert.rejects(async () => {
      for (;;) {
        await stores.transact((tx) => tx.orders.put(anOrder(placed + 1)));
        placed += 1;
      }
    }, /was deleted, moved or replaced while the product ran/);
    assert.match(fatal[0]?.message ?? '', replaced ? /saved as .*\.rescued/ : /nothing is lost/);
    await stores.close();
    if (replaced) {
      await assert.rejects(open(folder), new RegExp(segment));
      renameSync(join(folder, `${segment}.rescued`), join(folder, segment));
    }
    const again = await open(folder);
    assert.equal(again.orders.size, placed);
  }
});
