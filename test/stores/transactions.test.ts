import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../shared/errors.ts';
import type { Change, Transaction } from '../../supervisor/stores/types.ts';
import { conversationKey } from '../../supervisor/stores/types.ts';
import { aClient, anOrder, aReply, listeningLogger, open, temporaryFolder, watchedDisk } from './helpers.ts';

test('what was saved in every collection is there after a restart', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  const conversation = {
    clientId: 'cl_one',
    chatId: 'a@c.us',
    version: 3,
    state: { step: 'amount', basket: { kes: 50 } },
    handledMessageIds: ['m1', 'm2'],
    updatedAt: 5,
  };
  await stores.transact((tx) => {
    tx.clients.put(aClient('cl_one'));
    tx.orders.put(anOrder(1));
    tx.settings.put({ id: 'platform', values: { minAmountKes: 10 } });
    tx.conversations.put(conversation);
    tx.outbox.put(aReply(7));
    tx.timelines.append(anOrder(1).orderNo, { at: 1, event: 'created', by: 'customer' });
    tx.audit.append({ at: 1, by: 'amina', action: 'client.create', subject: 'cl_one' });
  });
  await stores.close();

  const again = await open(folder);
  assert.deepEqual(again.clients.get('cl_one'), aClient('cl_one'));
  assert.deepEqual(again.orders.get(anOrder(1).orderNo), anOrder(1));
  assert.deepEqual(again.settings.get('platform')?.values, { minAmountKes: 10 });
  assert.deepEqual(again.conversations.get(conversationKey('cl_one', 'a@c.us')), conversation);
  assert.deepEqual(again.outbox.byClient('cl_one'), [aReply(7)]);
  assert.deepEqual(await again.timelines.read(anOrder(1).orderNo), [
    { at: 1, event: 'created', by: 'customer' },
  ]);
  assert.equal((await again.audit.page({ limit: 5 })).items[0]?.action, 'client.create');
});

test('work that throws leaves everything as it was, in memory and on disk', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  await stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    tx.clients.put(aClient('cl_one'));
    tx.outbox.put(aReply(1));
  });
  const refused = stores.transact((tx) => {
    tx.orders.put(anOrder(1, { payment: { ...anOrder(1).payment, state: 'paid', receipt: 'SG722NMVXQ' } }));
    tx.orders.put(anOrder(2));
    tx.clients.delete('cl_one');
    tx.outbox.delete('ob_1');
    tx.timelines.append(anOrder(1).orderNo, { at: 2, event: 'paid', by: 'shadow-pay' });
    tx.audit.append({ at: 2, by: 'amina', action: 'nothing' });
    assert.equal(tx.orders.byReceipt('SG722NMVXQ')[0]?.orderNo, anOrder(1).orderNo, 'sees its own changes');
    assert.equal(tx.orders.countByStatus().open, 2);
    throw new AppError('conflict', 'Not today');
  });
  await assert.rejects(refused, { message: 'Not today' });
  const check = async (): Promise<void> => {
    assert.deepEqual([...stores.orders.values()], [anOrder(1)]);
    assert.deepEqual(stores.orders.byReceipt('SG722NMVXQ'), []);
    assert.deepEqual(stores.orders.page({}, { limit: 10 }).items, [anOrder(1)]);
    assert.deepEqual(stores.clients.get('cl_one'), aClient('cl_one'));
    assert.deepEqual(stores.outbox.byClient('cl_one'), [aReply(1)]);
    assert.deepEqual(await stores.timelines.read(anOrder(1).orderNo), []);
    assert.deepEqual((await stores.audit.page({ limit: 5 })).items, []);
  };
  await check();
  await stores.close();
  const again = await open(folder);
  assert.deepEqual([...again.orders.values()], [anOrder(1)]);
  assert.deepEqual((await again.audit.page({ limit: 5 })).items, []);
});

test('an illegal change of an order is refused with everything else of its transaction', async (t) => {
  const stores = await open(temporaryFolder(t), {
    checkOrderChange: (before, after) => {
      if (before?.payment.state === 'paid' && after.payment.state === 'prompted')
        throw new AppError('conflict', 'A paid order cannot be prompted');
    },
  });
  const paid = anOrder(1, { payment: { ...anOrder(1).payment, state: 'paid' } });
  await stores.transact((tx) => tx.orders.put(paid));
  const illegal = stores.transact((tx) => {
    tx.clients.put(aClient('cl_two'));
    tx.orders.put({ ...paid, payment: { ...paid.payment, state: 'prompted' } });
  });
  await assert.rejects(illegal, /cannot be prompted/);
  assert.equal(stores.clients.size, 0);
  assert.equal(stores.orders.get(paid.orderNo)?.payment.state, 'paid');
});

test('many transactions at once share one durable write', async (t) => {
  const writes: string[] = [];
  const disk = watchedDisk({ onWrite: (path) => path.includes('journal-') && writes.push(path) });
  const stores = await open(temporaryFolder(t), { disk });
  await Promise.all(Array.from({ length: 64 }, (_, n) => stores.transact((tx) => tx.orders.put(anOrder(n)))));
  assert.equal(writes.length, 1);
  assert.equal(stores.orders.size, 64);
});

test('listeners hear of durable changes only, in order, with what was before and after', async (t) => {
  const logger = listeningLogger();
  const stores = await open(temporaryFolder(t), { logger });
  const heard: Change[] = [];
  stores.onCommit(() => {
    throw new Error('a bad listener');
  });
  const stop = stores.onCommit((changes) => heard.push(...changes));
  const first = stores.transact((tx) => tx.orders.put(anOrder(1)));
  const second = stores.transact((tx) => {
    tx.orders.put(anOrder(1, { updatedAt: 2 }));
    tx.orders.put(anOrder(1, { updatedAt: 3 }));
  });
  assert.deepEqual(heard, [], 'applied, but not durable yet');
  await Promise.all([first, second]);
  assert.deepEqual(heard, [
    { collection: 'orders', key: anOrder(1).orderNo, before: undefined, after: anOrder(1) },
    {
      collection: 'orders',
      key: anOrder(1).orderNo,
      before: anOrder(1),
      after: anOrder(1, { updatedAt: 3 }),
    },
  ]);
  stop();
  await stores.transact((tx) => tx.orders.delete(anOrder(1).orderNo));
  assert.equal(heard.length, 2);
  assert.ok(logger.sentences.some((sentence) => sentence.includes('a bad listener')));
});

test('a transaction is synchronous, is not nested and ends with its work', async (t) => {
  const stores = await open(temporaryFolder(t));
  const asynchronous = stores.transact(async (tx) => tx.orders.put(anOrder(1)));
  await assert.rejects(asynchronous, /must be synchronous/);
  assert.equal(stores.orders.size, 0);
  let nested: Promise<void> | undefined;
  await stores.transact(() => {
    nested = stores.transact((tx) => tx.orders.put(anOrder(2)));
  });
  await assert.rejects(async () => nested, /inside another/);
  let escaped: Transaction | undefined;
  await stores.transact((tx) => {
    escaped = tx;
  });
  assert.throws(() => escaped?.orders.put(anOrder(3)), /is over/);
  assert.equal(stores.orders.size, 0);
});

test('a transaction too large for the journal is refused whole, and everything else goes on', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  const tooMuch = stores.transact((tx) => {
    tx.orders.put(anOrder(1));
    tx.outbox.put(aReply(1, { text: 'x'.repeat(65 << 20) }));
    tx.audit.append({ at: 1, by: 'amina', action: 'deed' });
  });
  await assert.rejects(tooMuch, { code: 'invalid', message: /too much to be saved at once/ });
  assert.deepEqual([stores.orders.size, stores.outbox.size], [0, 0]);
  await stores.transact((tx) => tx.orders.put(anOrder(2)));
  await stores.close();
  const again = await open(folder);
  assert.deepEqual([...again.orders.values()], [anOrder(2)]);
  assert.deepEqual((await again.audit.page({ limit: 5 })).items, []);
});

test('a timeline entry needs its order', async (t) => {
  const stores = await open(temporaryFolder(t));
  const entry = { at: 1, event: 'created', by: 'customer' };
  await assert.rejects(
    stores.transact((tx) => tx.timelines.append('NOSUCH22', entry)),
    /no order NOSUCH22/,
  );
});

test('stored values cannot be changed from outside', async (t) => {
  const stores = await open(temporaryFolder(t));
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  const order = stores.orders.get(anOrder(1).orderNo);
  assert.throws(() => Object.assign(order?.payment ?? {}, { state: 'paid' }), TypeError);
});

test('outbox numbers are never used twice, not even after everything was sent and a restart', async (t) => {
  const folder = temporaryFolder(t);
  let stores = await open(folder);
  await stores.transact((tx) => tx.outbox.put(aReply(tx.outbox.nextSeq())));
  await stores.transact((tx) => tx.outbox.put(aReply(tx.outbox.nextSeq())));
  await stores.transact((tx) => {
    tx.outbox.delete('ob_1');
    tx.outbox.delete('ob_2');
  });
  await stores.close();
  stores = await open(folder);
  assert.equal(stores.outbox.nextSeq(), 3);
  await stores.close();
  stores = await open(folder);
  assert.equal(stores.outbox.nextSeq(), 3);
});

test('reading what is not yet durable can be followed by waiting until it is', async (t) => {
  const stores = await open(temporaryFolder(t));
  let isDurable = false;
  const saving = stores
    .transact((tx) => tx.orders.put(anOrder(1)))
    .then(() => {
      isDurable = true;
    });
  assert.equal(stores.orders.size, 1);
  assert.equal(isDurable, false);
  await stores.durable();
  await saving;
  assert.equal(isDurable, true);
});

test('nothing is saved after closing, and the caller hears it', async (t) => {
  const stores = await open(temporaryFolder(t));
  await stores.close();
  await assert.rejects(
    stores.transact((tx) => tx.orders.put(anOrder(1))),
    { code: 'unavailable' },
  );
  assert.equal(stores.status().writable, false);
});
