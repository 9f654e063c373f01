import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditEntry } from '../../shared/audit.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { anOrder, open, temporaryFolder } from './helpers.ts';

const { orderNo } = anOrder(1);
const event = (n: number) => ({ at: n, event: `event-${n}`, by: 'system' });
const deed = (n: number): AuditEntry => ({ at: n, by: 'amina', action: `deed-${n}` });

async function auditPages(stores: Stores, limit: number): Promise<string[]> {
  const actions: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await stores.audit.page(cursor === undefined ? { limit } : { limit, cursor });
    actions.push(...page.items.map(({ action }) => action));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return actions;
}

test('a timeline reads in order across restarts, from disk and from memory', async (t) => {
  const folder = temporaryFolder(t);
  for (let round = 0; round < 4; round += 1) {
    const stores = await open(folder);
    for (let n = round * 3; n < round * 3 + 3; n += 1)
      await stores.transact((tx) => {
        tx.orders.put(anOrder(1, { updatedAt: n }));
        tx.orders.put(anOrder(2, { updatedAt: n }));
        tx.timelines.append(orderNo, event(n));
        tx.timelines.append(anOrder(2).orderNo, event(n + 100));
      });
    assert.deepEqual(
      await stores.timelines.read(orderNo),
      Array.from({ length: round * 3 + 3 }, (_, n) => event(n)),
    );
    await stores.close();
  }
});

test('a long timeline with long notes reads back whole', async (t) => {
  const folder = temporaryFolder(t);
  let stores = await open(folder);
  const long = { ...event(1), note: 'Ujumbe mrefu 📱 '.repeat(3000) };
  await stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    for (let n = 0; n < 20; n += 1) tx.timelines.append(orderNo, long);
  });
  await stores.close();
  stores = await open(folder);
  assert.deepEqual(
    await stores.timelines.read(orderNo),
    Array.from({ length: 20 }, () => long),
  );
});

test('an order without events, or without existence, has an empty timeline', async (t) => {
  const stores = await open(temporaryFolder(t));
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  assert.deepEqual(await stores.timelines.read(orderNo), []);
  assert.deepEqual(await stores.timelines.read('NOSUCH22'), []);
});

test('a timeline survives a transaction that deleted its order and was taken back', async (t) => {
  const folder = temporaryFolder(t);
  let stores = await open(folder);
  await stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    tx.timelines.append(orderNo, event(1));
  });
  await stores.close();
  stores = await open(folder);
  const takenBack = stores.transact((tx) => {
    tx.orders.delete(orderNo);
    throw new Error('no');
  });
  await assert.rejects(takenBack, /no/);
  assert.deepEqual(await stores.timelines.read(orderNo), [event(1)]);
});

test('the audit is paged newest first, over what is in the file and what is not yet', async (t) => {
  const folder = temporaryFolder(t);
  let stores = await open(folder);
  const add = (from: number, to: number): Promise<void> =>
    stores.transact((tx) => {
      for (let n = from; n < to; n += 1) tx.audit.append(deed(n));
    });
  await add(0, 700);
  await stores.close();
  stores = await open(folder);
  await add(700, 710);
  await add(710, 720);
  const expected = Array.from({ length: 720 }, (_, index) => `deed-${719 - index}`);
  for (const limit of [1000, 720, 719, 50, 7]) assert.deepEqual(await auditPages(stores, limit), expected);
});

test('an audit cursor still fits after what it stood at has moved from memory to the file', async (t) => {
  const folder = temporaryFolder(t);
  let stores = await open(folder);
  await stores.transact((tx) => {
    for (let n = 0; n < 20; n += 1) tx.audit.append(deed(n));
  });
  const first = await stores.audit.page({ limit: 5 });
  await stores.transact((tx) => tx.audit.append(deed(20)));
  await stores.close();
  stores = await open(folder);
  assert.ok(first.nextCursor);
  const second = await stores.audit.page({ limit: 3, cursor: first.nextCursor });
  assert.deepEqual(
    second.items.map(({ action }) => action),
    ['deed-14', 'deed-13', 'deed-12'],
  );
  await assert.rejects(stores.audit.page({ limit: 3, cursor: 'nonsense' }), {
    code: 'invalid',
    field: 'cursor',
  });
});

test('closed orders leave no timeline in memory: after a flush it is read from the file', async (t) => {
  const folder = temporaryFolder(t);
  let stores = await open(folder);
  await stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    tx.timelines.append(orderNo, event(1));
  });
  await stores.close();
  assert.match(readFileSync(join(folder, 'timelines.jsonl'), 'utf8'), /event-1/);
  stores = await open(folder);
  assert.deepEqual(await stores.timelines.read(orderNo), [event(1)]);
});
