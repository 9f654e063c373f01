import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DAY_MS } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { isSettled, orderSchema } from '../../shared/order.ts';
import { isPseudonym } from '../../shared/pseudonym.ts';
import { applyEvent } from '../../supervisor/orders/machine.ts';
import { writeOutcome } from '../../supervisor/orders/order-book.ts';
import { settlement } from '../../supervisor/orders/settlement.ts';
import { applyStaffAction } from '../../supervisor/orders/staff-actions.ts';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import { createPseudonyms } from '../../supervisor/privacy/anonymise.ts';
import { Retention } from '../../supervisor/privacy/retention.ts';
import { createPrivacyService } from '../../supervisor/privacy/service.ts';
import { realDisk } from '../../supervisor/stores/disk.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { open, temporaryFolder } from '../stores/helpers.ts';

const FIRST = fileURLToPath(new URL('../stores/fixtures/first-version', import.meta.url));
/** Bought once, in the first version; her order is finished. */
const JANE = '254700000001';
const pseudonyms = createPseudonyms('a secret of this platform');

async function platform(t: TestContext) {
  const folder = temporaryFolder(t);
  cpSync(FIRST, folder, { recursive: true });
  const clock = new FakeClock();
  const stores = await open(folder, { checkOrderChange });
  const privacy = createPrivacyService({ stores, pseudonyms, clock });
  const retention = new Retention({
    stores,
    pseudonyms,
    clock,
    logger: silentLogger,
    stopping: () => false,
  });
  return { folder, stores, privacy, retention, clock };
}

/** Everything that is in the collections now, as text: what somebody would find who searched them. */
function everything(stores: Stores): string {
  const { clients, orders, conversations, outbox, bans } = stores;
  return JSON.stringify([clients, orders, conversations, outbox, bans].map((all) => [...all.values()]));
}

const orderOf = (stores: Stores, phone: string) => {
  const [order] = stores.orders.page({ q: phone }, { limit: 1 }).items;
  assert.ok(order);
  return order;
};

test('a person’s data is exported whole: chats, orders with their events, bans; also by a chat’s id', async (t) => {
  const { stores, privacy } = await platform(t);
  await stores.transact((tx) =>
    tx.bans.put({ person: JANE, reason: 'Swears', by: 'amina', createdAt: 1, updatedAt: 1 }),
  );
  for (const name of ['0700 000 001', `${JANE}@c.us`]) {
    const data = await privacy.export(name, 'amina');
    assert.equal(data.person, JANE);
    assert.equal(data.conversations.length, 1);
    assert.deepEqual(
      data.bans.map(({ reason }) => reason),
      ['Swears'],
    );
    assert.deepEqual(
      data.orders.map(({ order }) => order.orderNo),
      ['JB244F97'],
    );
    assert.ok(data.orders[0]?.timeline.some(({ event }) => event === 'paid'));
  }
  const [entry] = (await stores.audit.page({ limit: 1 })).items;
  assert.equal(entry?.action, 'person.export');
  await assert.rejects(privacy.export('not a phone', 'amina'), { code: 'invalid' });
});

test('an erased person is found nowhere any more, while every shilling and state stays', async (t) => {
  const { folder, stores, privacy } = await platform(t);
  const before = await settlement(stores, {});
  const order = orderOf(stores, JANE);
  await stores.transact((tx) =>
    tx.bans.put({ person: JANE, reason: 'Swears', message: 'Go', by: 'amina', createdAt: 1, updatedAt: 1 }),
  );
  const erasure = await privacy.erase('0700000001', 'Asked for it in writing', 'amina');
  assert.equal(erasure.orders, 1);
  assert.equal(erasure.conversations, 1);
  const after = stores.orders.get(order.orderNo);
  assert.equal(after?.payerPhone, erasure.pseudonym);
  assert.deepEqual(
    { ...after, payerPhone: 0, recipientPhone: 0, customerPhone: 0, chatId: 0 },
    { ...order, payerPhone: 0, recipientPhone: 0, customerPhone: 0, chatId: 0 },
  );
  assert.deepEqual(await settlement(stores, {}), before);
  assert.ok(orderSchema.safeParse(after).success);
  // Who was banned stays banned: by the number alone, without what was said of him.
  const bans = [...stores.bans.values()];
  assert.deepEqual(
    bans.map(({ person, reason, message }) => [person, reason, message]),
    [[JANE, undefined, undefined]],
  );
  await stores.transact((tx) => tx.bans.delete(`*/${JANE}`));
  assert.ok(!everything(stores).includes(JANE));
  const [entry] = (await stores.audit.page({ limit: 1 })).items;
  assert.deepEqual([entry?.action, entry?.subject, entry?.by], ['person.erase', erasure.pseudonym, 'amina']);
  // Searched for like a phone, and the same after a restart.
  await stores.close();
  const again = await open(folder, { checkOrderChange });
  const [found] = again.orders.page({ q: erasure.pseudonym.slice(-4) }, { limit: 5 }).items;
  assert.equal(found?.orderNo, order.orderNo);
});

test('what staff and gateways wrote of an erased person is gone from the logs’ files; sums, codes and other people’s entries stay', async (t) => {
  const { folder, stores, privacy } = await platform(t);
  const { orderNo, payableKes } = orderOf(stores, JANE);
  const other = stores.orders.get('AQXAPFN3');
  assert.ok(other);
  const words = 'Jane Wanjiku called from 0700-000 001';
  await stores.transact((tx) => {
    const order = tx.orders.get(orderNo);
    assert.ok(order);
    const request = {
      action: 'mark-refunded',
      receipt: 'SG722NMVXQ',
      amountKes: payableKes,
      reason: words,
    } as const;
    writeOutcome(tx, applyStaffAction(order, request, { by: 'amina', at: 2 }));
    const gateway = {
      at: 3,
      event: 'payment-unknown',
      by: 'shadow-pay',
      note: 'No answer for +254700000001',
    };
    tx.timelines.append(orderNo, gateway);
    tx.timelines.append(other.orderNo, { at: 3, event: 'cancelled', by: 'amina', note: 'He asked for it' });
    const deeds = [
      { action: 'order.mark-refunded', subject: orderNo, note: words },
      { action: 'ban.add', subject: JANE, note: 'Jane swears' },
      { action: 'client.change', subject: 'cl_1', note: 'contact: 0700000001' },
      { action: 'order.cancel', subject: other.orderNo, note: 'He asked for it' },
    ];
    for (const deed of deeds) tx.audit.append({ at: 2, by: 'amina', ...deed });
  });
  const { pseudonym } = await privacy.erase('0700000001', 'Letter of Jane (254700000001)', 'amina');
  const notes = (await stores.timelines.read(orderNo)).map(({ event, note }) => [event, note]);
  assert.deepEqual(notes.slice(-3), [
    ['refunded', `KES ${payableKes} · SG722NMVXQ`],
    ['payment-unknown', 'No answer for [erased]'],
    ['person-erased', undefined],
  ]);
  const audit = (await stores.audit.page({ limit: 5 })).items;
  assert.deepEqual(
    audit.map(({ action, subject, note }) => [action, subject, note]),
    [
      ['person.erase', pseudonym, 'Letter of Jane ([erased])'],
      ['order.cancel', other.orderNo, 'He asked for it'],
      ['client.change', 'cl_1', 'contact: [erased]'],
      ['ban.add', '[erased]', undefined],
      ['order.mark-refunded', orderNo, undefined],
    ],
  );
  const otherEvents = await stores.timelines.read(other.orderNo);
  assert.equal(otherEvents.at(-1)?.note, 'He asked for it');
  await stores.close();
  for (const file of ['timelines.jsonl', 'audit.jsonl']) {
    const text = readFileSync(join(folder, file), 'utf8');
    assert.doesNotMatch(text, /Wanjiku|swears|700[ -]?000[ -]?001\D/, file);
  }
});

const LEFT_OF_JANE = /700[ -]?000[ -]?001\D/;

/** Of the stores' own files; the simulated world's chats are not theirs. */
function filesWith(folder: string, what: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'reserve')
    .map(({ name }) => name)
    .filter((name) => what.test(readFileSync(join(folder, name), 'latin1')));
}

test('an erased person is in no file any more at once, the journal and the previous snapshots among them, and nothing else is lost', async (t) => {
  const { folder, stores, privacy } = await platform(t);
  await stores.forgetPast();
  await stores.transact((tx) => {
    const [chat] = [...tx.conversations.values()].filter(({ customerPhone }) => customerPhone === JANE);
    assert.ok(chat);
    tx.conversations.put({ ...chat, version: chat.version + 1 });
    tx.timelines.append(orderOf(stores, JANE).orderNo, { at: 3, event: 'note', by: 'statum', note: JANE });
  });
  const before = filesWith(folder, LEFT_OF_JANE);
  for (const kind of [/^journal-/, /^orders\.json$/, /^orders\.previous\.json$/, /^conversations\.json$/])
    assert.ok(
      before.some((name) => kind.test(name)),
      `${kind} among ${before}`,
    );
  let writing = true;
  const others = (async () => {
    for (let n = 0; writing; n += 1)
      await stores.transact((tx) => tx.audit.append({ at: n, by: 'amina', action: 'sign-in' }));
  })();
  const { olderFilesToo } = await privacy.erase(JANE, 'Asked for it', 'amina');
  const left = filesWith(folder, LEFT_OF_JANE);
  writing = false;
  await others;
  assert.equal(olderFilesToo, true);
  assert.deepEqual(left, []);
  const orders = stores.orders.size;
  const audit = (await stores.audit.page({ limit: 1_000_000 })).items;
  await stores.close();
  const again = await open(folder, { checkOrderChange });
  assert.equal(again.orders.size, orders);
  assert.deepEqual((await again.audit.page({ limit: 1_000_000 })).items, audit);
});

test('what retention takes is gone from the older files as well', async (t) => {
  const { folder, stores, retention, clock } = await platform(t);
  await stores.transact((tx) =>
    tx.settings.put({ id: 'platform', values: { conversationKeepDays: 1, orderPersonKeepDays: 1 } }),
  );
  assert.notDeepEqual(filesWith(folder, LEFT_OF_JANE), []);
  clock.advance(orderOf(stores, JANE).updatedAt + 400 * DAY_MS - clock.now());
  await retention.look();
  const left = filesWith(folder, LEFT_OF_JANE);
  await stores.close();
  assert.deepEqual(left, []);
});

test('with too little room for that an erasure says so, and what it could do is done', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(FIRST, folder, { recursive: true });
  const disk = { ...realDisk, freeBytes: async () => 0 };
  const stores = await open(folder, { checkOrderChange, disk, reserveBytes: 0 });
  const privacy = createPrivacyService({ stores, pseudonyms, clock: new FakeClock() });
  const { olderFilesToo } = await privacy.erase(JANE, 'Asked for it', 'amina');
  assert.equal(olderFilesToo, false);
  assert.doesNotMatch(everything(stores), LEFT_OF_JANE);
});

test('only the person who was erased goes from an order that a friend paid for', async (t) => {
  const { stores, privacy } = await platform(t);
  const friend = '254711000001';
  const order = orderOf(stores, JANE);
  // Jane buys for her friend, and the gateway names the number in its refusal.
  await stores.transact((tx) =>
    tx.orders.put({
      ...order,
      orderNo: 'A2345678',
      confirmId: 'cf_friend',
      recipientPhone: friend,
      payment: { state: 'requesting', credentials: order.payment.credentials, requestedAt: 1 },
      delivery: { state: 'none', attempts: 0 },
    }),
  );
  await stores.transact((tx) => {
    const placed = tx.orders.get('A2345678');
    const refused =
      placed &&
      applyEvent(placed, { type: 'stk-refused', cause: 'gateway', reason: '0711 000 001 is barred' }, 2);
    assert.ok(refused);
    writeOutcome(tx, refused);
  });
  const { pseudonym } = await privacy.erase(friend, 'Asked', 'amina');
  const after = stores.orders.get('A2345678');
  assert.deepEqual(
    [after?.payerPhone, after?.recipientPhone, after?.chatId],
    [JANE, pseudonym, order.chatId],
  );
  assert.equal(after?.payment.reason, `${pseudonym} is barred`, 'nor does a gateway’s text name her');
});

test('nobody is erased while an order of theirs is open or needs attention, and the answer says which', async (t) => {
  const { stores, privacy } = await platform(t);
  const unfinished = [...stores.orders.values()].filter((order) => !isSettled(order));
  assert.ok(unfinished.length >= 5);
  const before = everything(stores);
  for (const { orderNo, payerPhone } of unfinished) {
    await assert.rejects(privacy.erase(payerPhone, 'Asked', 'amina'), {
      code: 'conflict',
      message: new RegExp(`order ${orderNo} `, 'i'),
    });
  }
  assert.equal(everything(stores), before);
});

test('money that comes in after its payer was erased is put before a person, and no airtime is sent', async (t) => {
  const { stores, privacy } = await platform(t);
  const declined = stores.orders.get('AQXAPFN3');
  assert.ok(declined);
  await stores.transact((tx) =>
    tx.orders.put({ ...declined, payment: { ...declined.payment, watchEndedAt: declined.updatedAt } }),
  );
  const { pseudonym } = await privacy.erase(declined.payerPhone, 'Asked', 'amina');
  await stores.transact((tx) => {
    const order = tx.orders.get('AQXAPFN3');
    assert.ok(order);
    const request = { action: 'confirm-payment', receipt: 'SG722NMVXQ', reason: 'On the statement' } as const;
    writeOutcome(tx, applyStaffAction(order, request, { by: 'amina', at: Date.now() }));
  });
  const late = stores.orders.get('AQXAPFN3');
  assert.deepEqual(
    [late?.payment.state, late?.delivery.state, late?.payerPhone],
    ['paid', 'none', pseudonym],
  );
  assert.ok((late?.attention.length ?? 0) > 0);
  assert.equal([...stores.outbox.values()].filter(({ chatId }) => isPseudonym(chatId)).length, 0);
});

test('old finished orders lose their people and silent chats are forgotten, once, and no sum changes', async (t) => {
  const { stores, retention, clock } = await platform(t);
  const latest = Math.max(...[...stores.conversations.values()].map(({ updatedAt }) => updatedAt));
  clock.advance(latest + 364 * DAY_MS - clock.now());
  assert.deepEqual(await retention.look(), { conversations: 0, orders: 0, auditEntries: 0 });
  const before = await settlement(stores, {});
  const finished = [...stores.orders.values()].filter(isSettled);
  const waiting = [...stores.orders.values()].filter((order) => !isSettled(order));
  clock.advance(latest + 2_191 * DAY_MS - clock.now());
  const gone = await retention.look();
  assert.equal(gone.orders, finished.length);
  assert.ok(gone.auditEntries > 0);
  // Whoever still waits for something is remembered.
  assert.equal(stores.conversations.size, 13 - gone.conversations);
  assert.ok(waiting.every(({ clientId, chatId }) => stores.conversations.get(`${clientId}/${chatId}`)));
  for (const { orderNo } of finished) {
    const order = stores.orders.get(orderNo);
    assert.ok(order && isPseudonym(order.payerPhone) && isPseudonym(order.chatId), orderNo);
    assert.equal(order.customerPhone, order.chatId);
  }
  assert.deepEqual(await settlement(stores, {}), before);
  assert.deepEqual(await retention.look(), { conversations: 0, orders: 0, auditEntries: 0 });
  await stores.transact((tx) => tx.settings.put({ id: 'platform', values: { orderPersonKeepDays: 0 } }));
  assert.deepEqual(await retention.look(), { conversations: 0, orders: 0, auditEntries: 0 });
});

test('the audit is kept as long as the setting says, and reasons for old orders no longer than their people', async (t) => {
  const { stores, retention, clock } = await platform(t);
  const { orderNo, updatedAt } = orderOf(stores, JANE);
  clock.advance(updatedAt + 1 - clock.now());
  const start = clock.now();
  await stores.transact((tx) => {
    tx.audit.append({
      at: start,
      by: 'amina',
      action: 'order.cancel',
      subject: orderNo,
      note: 'Jane called',
    });
    tx.timelines.append(orderNo, { at: start, event: 'cancelled', by: 'amina', note: 'Jane called' });
    tx.audit.append({ at: start, by: 'amina', action: 'settings.change', subject: 'platform', note: 'x' });
    tx.settings.put({ id: 'platform', values: { auditKeepDays: 0 } });
  });
  const ours = async () =>
    (await stores.audit.page({ limit: 1_000 })).items
      .filter(({ at }) => at === start)
      .map(({ note }) => note);
  clock.advance(2_189 * DAY_MS);
  await retention.look();
  assert.deepEqual(await ours(), ['x', 'Jane called']);
  clock.advance(2 * DAY_MS);
  assert.equal((await retention.look()).auditEntries, 0);
  assert.deepEqual(await ours(), ['x', undefined]);
  const events = await stores.timelines.read(orderNo);
  assert.ok(events.every(({ note }) => note !== 'Jane called'));
  await stores.transact((tx) => tx.settings.put({ id: 'platform', values: { auditKeepDays: 2_190 } }));
  assert.ok((await retention.look()).auditEntries >= 2);
  assert.deepEqual(await ours(), []);
});
