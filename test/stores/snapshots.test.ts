import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { aClient, anOrder, open, temporaryFolder } from './helpers.ts';

const documentSchema = z.object({
  header: z.tuple([z.string(), z.object({ seq: z.number(), count: z.number() })]),
  records: z.array(z.tuple([z.string(), z.record(z.string(), z.json())], z.number())),
});

const readDocument = (path: string): z.infer<typeof documentSchema> =>
  documentSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

test('snapshots taken while others write are exact images of one transaction', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder, { snapshotMinBytes: 256 << 10 });
  // What every transaction must leave behind: transaction n writes order n mod 300 and the client's counter.
  const orderAt = (slot: number, seq: number): number => {
    const latest = seq - ((((seq - slot) % 300) + 300) % 300);
    return latest;
  };
  let written = 0;
  let seen = 0;
  const seqs = new Set<number>();
  const check = (): void => {
    const orders = readDocument(join(folder, 'orders.json'));
    const { seq } = orders.header[1];
    if (seqs.has(seq)) return;
    seqs.add(seq);
    seen += seq > 0 ? 1 : 0;
    assert.equal(orders.records.length, Math.min(seq, 300));
    for (const [, record] of orders.records) {
      const slot = Number(String(record.orderNo).slice(1));
      assert.equal(record.updatedAt, orderAt(slot, seq), `order ${slot} at transaction ${seq}`);
    }
  };
  const watcher = watch(folder, (_, name) => name === 'orders.json' && check());
  t.after(() => watcher.close());
  async function writeOn(): Promise<void> {
    while (written < 3000) {
      written += 1;
      const n = written;
      await stores.transact((tx) => {
        tx.orders.put(anOrder(n % 300, { updatedAt: n }));
        tx.clients.put(aClient('cl_one', { retryCount: n }));
      });
    }
  }
  await Promise.all(Array.from({ length: 16 }, writeOn));
  await stores.close();
  check();
  assert.ok(seen >= 2, 'several snapshots were looked at');
  assert.equal(readDocument(join(folder, 'clients.json')).records[0]?.[1].retryCount, 3000);
});

test('restoring the previous snapshot, as the error advises, loses nothing', async (t) => {
  const folder = temporaryFolder(t);
  for (let round = 0; round < 4; round += 1) {
    const stores = await open(folder);
    for (let n = round * 10; n < round * 10 + 10; n += 1)
      await stores.transact((tx) => {
        tx.orders.put(anOrder(n));
        tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
        tx.clients.put(aClient('cl_one', { retryCount: n }));
      });
    await stores.close();
  }
  for (const names of [
    ['orders'],
    ['clients'],
    ['clients', 'orders', 'settings', 'conversations', 'outbox'],
  ]) {
    for (const name of names) cpSync(join(folder, `${name}.previous.json`), join(folder, `${name}.json`));
    const stores = await open(folder);
    assert.equal(stores.orders.size, 40);
    assert.equal(stores.clients.get('cl_one')?.retryCount, 39);
    for (const n of [0, 29, 30, 39])
      assert.equal((await stores.timelines.read(anOrder(n).orderNo)).length, 1, `timeline ${n}`);
    await stores.transact((tx) => tx.clients.put(aClient('cl_one', { retryCount: 39, updatedAt: 2 })));
    await stores.close();
  }
});

test('the journal does not grow for ever: segments that nothing needs are deleted', async (t) => {
  const folder = temporaryFolder(t);
  for (let round = 0; round < 6; round += 1) {
    const stores = await open(folder);
    await stores.transact((tx) => tx.orders.put(anOrder(round)));
    await stores.close();
  }
  const segments = readdirSync(folder).filter((name) => name.startsWith('journal-'));
  assert.deepEqual(segments, ['journal-000000000006.jsonl', 'journal-000000000007.jsonl']);
});

test('a snapshot is a JSON document with one record per line', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  await stores.transact((tx) => {
    for (let n = 0; n < 3; n += 1) tx.orders.put(anOrder(n));
  });
  await stores.close();
  const lines = readFileSync(join(folder, 'orders.json'), 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 5);
  const { records } = readDocument(join(folder, 'orders.json'));
  assert.deepEqual(
    records.map(([, record]) => record.orderNo),
    [0, 1, 2].map((n) => anOrder(n).orderNo),
  );
});
