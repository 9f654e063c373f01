import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../shared/logger.ts';
import { orderStatus } from '../../shared/order.ts';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import { restoreBackup, takeBackup } from '../../supervisor/stores/backup/archive.ts';
import { migrateFolder, swapActs } from '../../supervisor/stores/migration/migrate.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { verifyFolder } from '../../supervisor/stores/verify.ts';
import { aClient, open, temporaryFolder } from './helpers.ts';
import { asVersionZero, toVersionOne } from './made-up-format.ts';

const FIRST = fileURLToPath(new URL('fixtures/first-version', import.meta.url));

function firstVersion(t: TestContext): string {
  const folder = temporaryFolder(t);
  cpSync(FIRST, folder, { recursive: true });
  return folder;
}

/** As the release that wrote the folder listed them. */
const ORDERS = [
  'A customer’s three purchases: JB244F97 XK73AZA6 KW8YJXX9 delivered paid/delivered',
  'Prompts that were declined: AQXAPFN3 JFZ8WCF8 SW9Q4JG3 failed declined/none',
  'Nobody knows of the airtime: WZDJ8MS3 attention paid/unknown',
  'Given back: Q57Q7722 refunded refunded/cancelled',
  'Cancelled by staff: Y8YMVWQ6 failed prompted/cancelled',
  'Nobody knows of the payment: AXAKK596 attention unknown/none',
  'Waits for float: GP74F385 attention paid/held',
  'Its prompt is on the phone: CA6W7TB3 open prompted/none',
].flatMap((line) => {
  const [, orderNos = '', status = '', states = ''] = /: ([A-Z0-9 ]+) (\w+) (\S+)$/.exec(line) ?? [];
  return orderNos.split(' ').map((orderNo) => `${orderNo} ${status} ${states}`);
});

function standing(stores: Stores): string[] {
  return [...stores.orders.values()].map(
    (order) => `${order.orderNo} ${orderStatus(order)} ${order.payment.state}/${order.delivery.state}`,
  );
}

/** Everything that a folder holds, to be compared. */
async function contents(stores: Stores): Promise<unknown> {
  const orders = [...stores.orders.values()].sort((a, b) => (a.orderNo < b.orderNo ? -1 : 1));
  return {
    clients: [...stores.clients.values()],
    orders,
    timelines: await Promise.all(orders.map(({ orderNo }) => stores.timelines.read(orderNo))),
    settings: [...stores.settings.values()],
    conversations: [...stores.conversations.values()],
    outbox: [...stores.outbox.values()],
    credentials: [...stores.credentials.values()],
    audit: (await stores.audit.page({ limit: 1_000 })).items,
  };
}

test('every record of a folder of the first version is what today’s release expects', (t) => {
  const findings = verifyFolder(firstVersion(t));
  assert.deepEqual(
    findings.filter(({ ok }) => !ok),
    [],
  );
  assert.match(findings.at(-1)?.text ?? '', /everything up to transaction \d{3}/);
});

test('today’s release finds all orders, clients, keys, talks and events of the first version, and goes on', async (t) => {
  const folder = firstVersion(t);
  const stores = await open(folder, { checkOrderChange });
  assert.deepEqual(standing(stores).sort(), ORDERS.toSorted());
  assert.deepEqual([...stores.clients.values()].map(({ name, mode }) => `${name} (${mode})`).sort(), [
    'Duka Airtime (sandbox)',
    'Kisumu Top-up (sandbox)',
    'Mama Njeri Airtime (sandbox)',
    'Nakuru Live (live)',
  ]);
  assert.equal(stores.settings.get('platform')?.values.discountPercent, 5);
  assert.deepEqual([...stores.credentials.values()].map(({ gateway }) => gateway).sort(), [
    'shadow-pay',
    'statum',
  ]);
  assert.equal(stores.conversations.size, 13);
  const events = await stores.timelines.read('Q57Q7722');
  assert.equal(events[0]?.event, 'created');
  assert.equal(events.at(-1)?.event, 'refunded');
  const { items } = await stores.audit.page({ limit: 100 });
  assert.ok(items.some(({ action, subject }) => action === 'order.mark-refunded' && subject === 'Q57Q7722'));

  const before = await contents(stores);
  await stores.transact((tx) =>
    tx.bans.put({ person: '254700000050', by: 'amina', createdAt: 1, updatedAt: 1 }),
  );
  await stores.close();
  const again = await open(folder, { checkOrderChange });
  assert.deepEqual(await contents(again), before);
  assert.equal(again.bans.size, 1, 'what came with later releases is kept beside it');
});

test('a backup of a folder of the first version is restored by today’s release, also where no start has completed it', async (t) => {
  const folder = firstVersion(t);
  const backups = temporaryFolder(t);
  const restored = temporaryFolder(t);
  const { path } = await takeBackup(folder, backups, { version: '0.1.0', now: 1_800_000_000_000 });
  await restoreBackup(path, restored);
  assert.deepEqual(standing(await open(restored)).sort(), ORDERS.toSorted());
});

test('a folder of an older format is brought up to date, the older one is kept, and nothing is lost', async (t) => {
  const folder = firstVersion(t);
  const plain = firstVersion(t);
  asVersionZero(folder);
  const expected = await contents(await open(plain));
  const stores = await open(folder, { migrations: [toVersionOne] });
  assert.deepEqual(await contents(stores), expected);
  await stores.transact((tx) => tx.clients.put(aClient('cl_new')));
  await stores.close();
  assert.match(readFileSync(join(folder, 'before-format-1', 'format.json'), 'utf8'), /"format":0/);
  assert.equal((await open(folder, { migrations: [toVersionOne] })).clients.size, 5, 'and it is done once');
});

test('a migration that stops between any two steps is finished by the next start', async (t) => {
  const plain = await contents(await open(firstVersion(t)));
  // Every third step: they are many, and alike.
  for (let steps = 0; ; steps += 3) {
    const folder = firstVersion(t);
    asVersionZero(folder);
    // Built, but not installed: the swap is then broken off after so many steps.
    const stopped = { ...toVersionOne, run: buildThenStop };
    await assert.rejects(migrate(folder, stopped), /the power is gone/);
    const acts = swapActs(folder, 1);
    let done = 0;
    for (const act of acts) {
      if (done === steps) break;
      act();
      done += 1;
    }
    const stores = await open(folder, { migrations: [toVersionOne] });
    assert.deepEqual(await contents(stores), plain, `after ${steps} steps`);
    await stores.close();
    if (done < steps) return assert.ok(steps > 20, 'there were steps to stop between');
  }
});

test('a migration that fails leaves the folder as it was, for the older release', async (t) => {
  const folder = firstVersion(t);
  asVersionZero(folder);
  const before = readFileSync(join(folder, 'orders.json'));
  const failing = { from: 0, run: async () => Promise.reject(new Error('a record makes no sense')) };
  await assert.rejects(open(folder, { migrations: [failing] }), /a record makes no sense/);
  assert.deepEqual(readFileSync(join(folder, 'orders.json')), before);
  assert.match(readFileSync(join(folder, 'format.json'), 'utf8'), /"format":0/);
  assert.ok(!existsSync(join(folder, 'format-1.building')));
});

test('a release refuses a folder of a later one, by name, and leaves it alone', async (t) => {
  const folder = firstVersion(t);
  const later = '{"format":1,"collections":["clients","orders","vouchers"]}\n';
  writeFileSync(join(folder, 'format.json'), later);
  await assert.rejects(open(folder), {
    name: 'StoreYoungerError',
    message: /written by a later release: it holds vouchers.*rollback/,
  });
  writeFileSync(join(folder, 'format.json'), '{"format":7}\n');
  await assert.rejects(open(folder), {
    name: 'StoreVersionError',
    message: /version 7.*version 1.*rollback/,
  });
  assert.equal(readFileSync(join(folder, 'format.json'), 'utf8'), '{"format":7}\n');
});

/** Builds as the real step does, then ends before the result counts. */
async function buildThenStop(from: string, to: string): Promise<void> {
  await toVersionOne.run(from, to);
  cpSync(to, join(from, 'format-1.built'), { recursive: true });
  throw new Error('the power is gone');
}

function migrate(folder: string, step: typeof toVersionOne): Promise<void> {
  return migrateFolder(folder, { steps: [step], current: 1, logger: silentLogger });
}
