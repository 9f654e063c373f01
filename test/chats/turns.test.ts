import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS } from '../../shared/clock.ts';
import { writeState } from '../../worker/conversation/state.ts';
import { aClient } from '../helpers/a-client.ts';
import { PAYER } from '../orders/fixtures.ts';
import { CLIENT, TurnShop } from './turn-shop.ts';

describe('a turn', () => {
  let shop: TurnShop;
  beforeEach(async () => {
    shop = await TurnShop.open();
  });
  afterEach(() => shop.close());

  it('writes message, state, order and replies together', async () => {
    assert.deepEqual(await shop.buy(), { status: 'committed' });
    assert.equal(shop.stores.orders.size, 1);
    assert.equal(shop.stores.outbox.size, 1);
    assert.equal(shop.version(), 1);
  });

  it('sells for real money on a disk that is wiped only after an admin has accepted that', async () => {
    await shop.changeClient({ mode: 'live' });
    shop.moveToEphemeralDisk();
    assert.deepEqual(await shop.buy(), { status: 'refused', refusal: { reason: 'not-open' } });
    assert.equal(shop.stores.orders.size, 0);
    assert.equal((await shop.context('hi')).shop.ready, false, 'the menu says so at once');
    await shop.stores.transact((tx) =>
      tx.settings.put({ id: 'platform', values: { acceptEphemeralStorage: true } }),
    );
    assert.deepEqual(await shop.buy(), { status: 'committed' });
    await shop.stores.transact((tx) => {
      tx.settings.delete('platform');
      tx.clients.put({ ...CLIENT, mode: 'test' });
    });
    await shop.cancelPrompts();
    shop.clock.advance(3_600_000);
    assert.deepEqual(await shop.buy(), { status: 'committed' }, 'no real money in mode test');
  });

  it('handles a message once, however often it is offered', async () => {
    await shop.buy({}, { messageId: 'same' });
    assert.deepEqual(await shop.buy({ confirmId: 'cf_other' }, { messageId: 'same' }), {
      status: 'duplicate',
    });
    assert.equal(shop.stores.orders.size, 1);
    assert.deepEqual(await shop.begin('1', { messageId: 'same' }), { status: 'duplicate' });
  });

  it('calls a message handled only when its turn is on disk', async () => {
    let isDurable = false;
    const committed = shop.buy({}, { messageId: 'same' }).then(() => {
      isDurable = true;
    });
    assert.deepEqual(await shop.begin('1', { messageId: 'same' }), { status: 'duplicate' });
    assert.equal(isDurable, true);
    await committed;
  });

  it('makes one order of one confirm, even from two messages at once', async () => {
    const both = { expectedVersion: 0 };
    const [first, second] = await Promise.all([
      shop.buy({ confirmId: 'cf_x' }, both),
      shop.buy({ confirmId: 'cf_x' }, both),
    ]);
    assert.deepEqual([first?.status, second?.status].sort(), ['committed', 'conflict']);
    await shop.buy({ confirmId: 'cf_x' });
    assert.equal(shop.stores.orders.size, 1);
  });

  it('begins with the chat’s own orders only', async () => {
    await shop.buy();
    const { order } = shop;
    const text = `where is ${order.orderNo}`;
    const own = await shop.context(text);
    assert.equal(own.mentionedOrder?.orderNo, order.orderNo);
    const beneath = await shop.context({ kind: 'media', media: 'image', caption: text });
    assert.equal(beneath.mentionedOrder?.orderNo, order.orderNo);
    const other = await shop.context(text, { chatId: '254700000009@c.us' });
    assert.equal(other.mentionedOrder, undefined);
    assert.deepEqual(other.orders, []);
  });

  it('tells a customer which other shop has his order, and nobody else that there is one', async () => {
    await shop.buy({}, { customerPhone: PAYER });
    const { order } = shop;
    await shop.stores.transact((tx) => tx.clients.put(aClient('cl_2', { name: 'Duka la Pili' })));
    const ask = async (customerPhone?: string) => {
      const phone = customerPhone === undefined ? {} : { customerPhone };
      const context = await shop.context(order.orderNo, { chatId: 'somebody@c.us', ...phone }, 'cl_2');
      assert.equal(context.mentionedOrder, undefined);
      return context.orderElsewhere;
    };
    assert.deepEqual(await ask(PAYER), { orderNo: order.orderNo, shopName: CLIENT.name });
    assert.equal(await ask('254700000077'), undefined);
    assert.equal(await ask(), undefined);
  });

  it('knows the shop’s language, hours and limits', async () => {
    const before = await shop.context('hi');
    assert.equal(before.language, 'en');
    assert.equal(before.closed, undefined);
    assert.equal(before.shop.ready, true);
    const today = new Date(shop.clock.now() + 3 * HOUR_MS).toISOString().slice(0, 10);
    const overrides = { language: 'sw', closedDays: today, messagesInARow: 7 } as const;
    await shop.stores.transact((tx) => tx.clients.put({ ...CLIENT, overrides }));
    const after = await shop.context('hi');
    assert.equal(after.language, 'sw');
    assert.ok((after.closed?.opensAt ?? 0) > shop.clock.now());
    assert.equal(after.limits.burst, 7);
  });

  it('lets a reply wait that a turn wants to wait', async () => {
    await shop.commit({ delayMs: 2_000 });
    const [entry] = [...shop.stores.outbox.values()];
    assert.equal(entry?.sendAfter, shop.clock.now() + 2_000);
  });

  it('tells of an order in the language that its customer has chosen', async () => {
    const chosen = writeState(
      { screen: 'menu', toldBackAt: null },
      { language: 'sw', ownPhone: null, seenPicture: null },
    );
    await shop.buy({}, { state: chosen, replies: [] });
    await shop.pay();
    const texts = [...shop.stores.outbox.values()].map(({ text }) => text).join('\n');
    assert.match(texts, /tumepokea KES/);
    assert.doesNotMatch(texts, /received/);
  });

  it('takes a complaint about an order of this chat, and none about another’s', async () => {
    await shop.buy();
    const { order } = shop;
    const complain = { type: 'complain', orderNo: order.orderNo, receipt: 'SG722NMVXQ' } as const;
    await shop.commit({ chatId: '254700000009@c.us', effects: [complain] });
    assert.deepEqual(shop.stores.orders.get(order.orderNo)?.attention, []);
    await shop.commit({ effects: [complain] });
    assert.equal(shop.stores.orders.get(order.orderNo)?.attention.length, 1);
    const timeline = await shop.stores.timelines.read(order.orderNo);
    assert.deepEqual(timeline.at(-1)?.event, 'complaint');
  });

  it('lets simulated and real money keep separate limits', async () => {
    await shop.buy();
    assert.equal(shop.order.payerPhone, PAYER);
    await shop.changeClient({ id: 'cl_live', mode: 'live' });
    assert.deepEqual(await shop.buy({ confirmId: 'cf_live' }, {}, 'cl_live'), { status: 'committed' });
  });
});
