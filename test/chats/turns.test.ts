import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { CONFIRM_TTL_MS, type InboundContent, type Quote } from '../../shared/conversation.ts';
import type { TurnCommit, TurnCommitReply } from '../../shared/ipc.ts';
import { silentLogger } from '../../shared/logger.ts';
import { createBanService } from '../../supervisor/chats/bans.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import type { TurnService } from '../../supervisor/chats/types.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { createOrderBook, type OrderBook } from '../../supervisor/orders/order-book.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import { conversationKey, type Stores } from '../../supervisor/stores/types.ts';
import { writeState } from '../../worker/conversation/state.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { CHAT, PAYER, quote } from '../orders/fixtures.ts';
import { ScriptedGateways } from '../orders/scripted-gateways.ts';

const CLIENT = aClient('cl_1');

describe('a turn', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let clock: FakeClock;
  let stores: Stores;
  let turns: TurnService;
  let createService: () => TurnService;
  let book: OrderBook;
  let float: FloatKeeper;
  let stopping = false;
  let ephemeralDisk = false;
  let messages = 0;

  beforeEach(async () => {
    folder = temporaryFolder('turns');
    clock = new FakeClock();
    stopping = false;
    ephemeralDisk = false;
    stores = await openStores({
      dataDir: folder.path,
      clock,
      logger: silentLogger,
      onFatal: (error) => {
        throw error;
      },
    });
    const { gateways } = new ScriptedGateways();
    float = new FloatKeeper({ stores, gateways, clock });
    const sales = new DaySales(stores);
    sales.start(clock.now());
    const parts = { stores, gateways, float, sales, clock, stopping: () => stopping };
    createService = () => createTurns({ ...parts, ephemeralDisk });
    turns = createService();
    book = createOrderBook({ stores, clock });
    await stores.transact((tx) => tx.clients.put(CLIENT));
  });

  afterEach(async () => {
    await stores.close();
    folder.remove();
  });

  const version = (chatId = CHAT): number =>
    stores.conversations.get(conversationKey('cl_1', chatId))?.version ?? 0;

  function commit(overrides: Partial<TurnCommit> = {}): Promise<TurnCommitReply> {
    messages += 1;
    return turns.commit('cl_1', {
      chatId: CHAT,
      messageId: `m${messages}`,
      sentAt: clock.now(),
      expectedVersion: version(overrides.chatId),
      state: { v: 1 },
      replies: ['ok'],
      effects: [],
      ...overrides,
    });
  }

  const buy = (overrides: Partial<Quote> = {}, turn: Partial<TurnCommit> = {}): Promise<TurnCommitReply> =>
    commit({
      effects: [
        {
          type: 'create-order',
          quote: quote({ confirmId: `cf_${messages}`, shownAt: clock.now(), ...overrides }),
        },
      ],
      ...turn,
    });

  const settle = async (): Promise<void> => {
    for (const order of stores.orders.values()) {
      if (order.payment.state !== 'requesting') continue;
      await book.record(order.orderNo, { type: 'stk-accepted', checkoutRequestId: `ws_${order.orderNo}` });
      await book.record(order.orderNo, { type: 'payment-failed', cause: 'cancelled', reason: 'cancelled' });
    }
  };

  const settlePaid = async (): Promise<void> => {
    for (const { orderNo } of [...stores.orders.values()]) {
      await book.record(orderNo, { type: 'stk-accepted', checkoutRequestId: 'ws_1' });
      await book.record(orderNo, { type: 'payment-seen', receipt: 'SG722NMVXQ' });
    }
  };

  it('writes message, state, order and replies together', async () => {
    assert.deepEqual(await buy(), { status: 'committed' });
    assert.equal(stores.orders.size, 1);
    assert.equal(stores.outbox.size, 1);
    assert.equal(version(), 1);
  });

  it('sells for real money on a disk that is wiped only after an admin has accepted that', async () => {
    const live = { ...CLIENT, mode: 'live' as const };
    await stores.transact((tx) => tx.clients.put(live));
    ephemeralDisk = true;
    turns = createService();
    assert.deepEqual(await buy(), { status: 'refused', refusal: { reason: 'not-open' } });
    assert.equal(stores.orders.size, 0);
    const hello = { chatId: CHAT, messageId: 'hello', sentAt: clock.now() };
    const begun = await turns.begin('cl_1', { ...hello, content: { kind: 'text', text: 'hi' } });
    assert.equal(begun.status === 'open' && begun.context.shop.ready, false, 'the menu says so at once');
    await stores.transact((tx) =>
      tx.settings.put({ id: 'platform', values: { acceptEphemeralStorage: true } }),
    );
    assert.deepEqual(await buy(), { status: 'committed' });
    await stores.transact((tx) => {
      tx.settings.delete('platform');
      tx.clients.put({ ...CLIENT, mode: 'test' });
    });
    await settle();
    clock.advance(3_600_000);
    assert.deepEqual(await buy(), { status: 'committed' }, 'no real money in mode test');
  });

  it('handles a message once, however often it is offered', async () => {
    await buy({}, { messageId: 'same' });
    assert.deepEqual(await buy({ confirmId: 'cf_other' }, { messageId: 'same' }), { status: 'duplicate' });
    assert.equal(stores.orders.size, 1);
    const begun = await turns.begin('cl_1', {
      chatId: CHAT,
      messageId: 'same',
      sentAt: clock.now(),
      content: { kind: 'text', text: '1' },
    });
    assert.deepEqual(begun, { status: 'duplicate' });
  });

  it('calls a message handled only when its turn is on disk', async () => {
    let isDurable = false;
    const committed = buy({}, { messageId: 'same' }).then(() => {
      isDurable = true;
    });
    const offered = {
      chatId: CHAT,
      messageId: 'same',
      sentAt: clock.now(),
      content: { kind: 'text', text: '1' },
    } as const;
    assert.deepEqual(await turns.begin('cl_1', offered), { status: 'duplicate' });
    assert.equal(isDurable, true);
    await committed;
  });

  it('makes one order of one confirm, even from two messages at once', async () => {
    const both = { expectedVersion: 0 };
    const [first, second] = await Promise.all([
      buy({ confirmId: 'cf_x' }, both),
      buy({ confirmId: 'cf_x' }, both),
    ]);
    assert.deepEqual([first?.status, second?.status].sort(), ['committed', 'conflict']);
    await buy({ confirmId: 'cf_x' });
    assert.equal(stores.orders.size, 1);
  });

  it('begins with the chat’s own orders only', async () => {
    await buy();
    const [order] = [...stores.orders.values()];
    assert.ok(order);
    const text = `where is ${order.orderNo}`;
    const begin = (chatId: string, content: InboundContent = { kind: 'text', text }) =>
      turns.begin('cl_1', { chatId, messageId: 'look', sentAt: clock.now(), content });
    const own = await begin(CHAT);
    assert.equal(own.status === 'open' && own.context.mentionedOrder?.orderNo, order.orderNo);
    const beneath = await begin(CHAT, { kind: 'media', media: 'image', caption: text });
    assert.equal(beneath.status === 'open' && beneath.context.mentionedOrder?.orderNo, order.orderNo);
    const other = await begin('254700000009@c.us');
    assert.ok(other.status === 'open');
    assert.equal(other.context.mentionedOrder, undefined);
    assert.deepEqual(other.context.orders, []);
  });

  it('tells a customer which other shop has his order, and nobody else that there is one', async () => {
    await buy({}, { customerPhone: PAYER });
    const [order] = [...stores.orders.values()];
    assert.ok(order);
    await stores.transact((tx) => tx.clients.put(aClient('cl_2', { name: 'Duka la Pili' })));
    const ask = async (customerPhone?: string) => {
      const begun = await turns.begin('cl_2', {
        chatId: 'somebody@c.us',
        messageId: 'look',
        sentAt: clock.now(),
        content: { kind: 'text', text: order.orderNo },
        ...(customerPhone !== undefined && { customerPhone }),
      });
      assert.ok(begun.status === 'open');
      assert.equal(begun.context.mentionedOrder, undefined);
      return begun.context.orderElsewhere;
    };
    assert.deepEqual(await ask(PAYER), { orderNo: order.orderNo, shopName: CLIENT.name });
    assert.equal(await ask('254700000077'), undefined);
    assert.equal(await ask(), undefined);
  });

  it('knows the shop’s language, hours and limits', async () => {
    const begin = async () => {
      const begun = await turns.begin('cl_1', {
        chatId: CHAT,
        messageId: 'look',
        sentAt: clock.now(),
        content: { kind: 'text', text: 'hi' },
      });
      assert.ok(begun.status === 'open');
      return begun.context;
    };
    const before = await begin();
    assert.equal(before.language, 'en');
    assert.equal(before.closed, undefined);
    assert.equal(before.shop.ready, true);
    const today = new Date(clock.now() + 3 * HOUR_MS).toISOString().slice(0, 10);
    const overrides = { language: 'sw', closedDays: today, messagesInARow: 7 } as const;
    await stores.transact((tx) => tx.clients.put({ ...CLIENT, overrides }));
    const after = await begin();
    assert.equal(after.language, 'sw');
    assert.ok((after.closed?.opensAt ?? 0) > clock.now());
    assert.equal(after.limits.burst, 7);
  });

  it('lets a reply wait that a turn wants to wait', async () => {
    await commit({ delayMs: 2_000 });
    const [entry] = [...stores.outbox.values()];
    assert.equal(entry?.sendAfter, clock.now() + 2_000);
  });

  it('tells of an order in the language that its customer has chosen', async () => {
    const chosen = writeState({ screen: 'menu', toldBackAt: null }, { language: 'sw', ownPhone: null });
    await buy({}, { state: chosen, replies: [] });
    await settlePaid();
    const texts = [...stores.outbox.values()].map(({ text }) => text).join('\n');
    assert.match(texts, /tumepokea KES/);
    assert.doesNotMatch(texts, /received/);
  });

  const refused = async (reply: Promise<TurnCommitReply>): Promise<string> => {
    const before = { orders: stores.orders.size, outbox: stores.outbox.size, version: version() };
    const answer = await reply;
    assert.equal(answer.status, 'refused');
    assert.deepEqual({ orders: stores.orders.size, outbox: stores.outbox.size, version: version() }, before);
    return answer.status === 'refused' ? answer.refusal.reason : '';
  };

  describe('refuses an order and writes nothing', () => {
    it('below or above the limits, whatever the screen showed', async () => {
      assert.equal(await refused(buy({ amountKes: 4, payableKes: 4, discountPercent: 0 })), 'amount');
      assert.equal(
        await refused(buy({ amountKes: 10_001, payableKes: 10_001, discountPercent: 0 })),
        'amount',
      );
    });

    it('at a price that no rule makes', async () => {
      assert.equal(await refused(buy({ payableKes: 1 })), 'price-changed');
      assert.equal(await refused(buy({ payableKes: 1, discountPercent: 99 })), 'price-changed');
    });

    it('on an old confirm, or by an old message', async () => {
      assert.equal(await refused(buy({ shownAt: clock.now() - CONFIRM_TTL_MS - 1 })), 'confirm-expired');
      assert.equal(await refused(buy({}, { sentAt: clock.now() - 11 * MINUTE_MS })), 'confirm-expired');
    });

    it('while this payer’s phone shows a prompt, whichever chat asked for it', async () => {
      await buy();
      assert.equal(await refused(buy()), 'open-prompt');
      assert.equal(
        await refused(buy({}, { chatId: '254700000005@c.us', expectedVersion: 0 })),
        'open-prompt',
      );
    });

    it('after three prompts to one payer within the hour', async () => {
      for (const amountKes of [10, 20, 30]) {
        assert.deepEqual(await buy({ amountKes, payableKes: amountKes, discountPercent: 0 }), {
          status: 'committed',
        });
        await settle();
      }
      assert.equal(await refused(buy()), 'payer-limit');
      clock.advance(HOUR_MS);
      assert.deepEqual(await buy(), { status: 'committed' });
    });

    it('for a fourth payer of one chat within the day', async () => {
      for (const payerPhone of ['254700000011', '254700000012', '254700000013']) {
        await buy({ payerPhone });
        await settle();
      }
      assert.equal(await refused(buy({ payerPhone: '254700000014' })), 'payers-per-chat');
      assert.deepEqual(await buy({ payerPhone: '254700000011' }), { status: 'committed' });
    });

    it('of the same amount from the same payer within M-Pesa’s two minutes', async () => {
      await buy();
      await settlePaid();
      assert.equal(await refused(buy()), 'same-amount');
      assert.deepEqual(await buy({ amountKes: 50, payableKes: 48 }), { status: 'committed' });
    });

    it('beyond what one number may be bought in a day, over all bots', async () => {
      await stores.transact((tx) =>
        tx.settings.put({
          id: 'platform',
          values: { kesPerRecipientPerDay: 150, promptsPerPayerPerHour: 20 },
        }),
      );
      await buy();
      await settlePaid();
      assert.equal(await refused(buy({ payerPhone: '254700000003' })), 'recipient-limit');
      const half = { amountKes: 50, payableKes: 48 };
      assert.deepEqual(await buy({ payerPhone: '254700000003', ...half }), { status: 'committed' });
      clock.advance(24 * HOUR_MS);
      assert.deepEqual(await buy({ payerPhone: '254700000004' }), { status: 'committed' });
    });

    it('beyond what the shop may sell in a day, counting only what was paid or may be', async () => {
      await stores.transact((tx) => tx.clients.put({ ...CLIENT, overrides: { kesPerShopPerDay: 150 } }));
      await buy();
      await settle();
      assert.deepEqual(await buy({ amountKes: 120, payableKes: 114 }), { status: 'committed' });
      const another = { payerPhone: '254700000003', recipientPhone: '254700000004' };
      assert.equal(await refused(buy(another)), 'shop-limit');
      clock.advance(24 * HOUR_MS);
      assert.deepEqual(await buy({ ...another, amountKes: 150, payableKes: 143 }), { status: 'committed' });
    });

    it('beyond it either when two customers confirm at the same moment', async () => {
      await stores.transact((tx) => tx.clients.put({ ...CLIENT, overrides: { kesPerShopPerDay: 150 } }));
      const buyAs = (payerPhone: string): Promise<TurnCommitReply> =>
        buy(
          { payerPhone, recipientPhone: payerPhone, confirmId: `cf_${payerPhone}` },
          { chatId: `${payerPhone}@c.us` },
        );
      const both = await Promise.all([buyAs('254700000051'), buyAs('254700000052')]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ['committed', 'refused']);
      assert.equal(stores.orders.size, 1);
    });

    it('that the float could not deliver, counting what is promised already', async () => {
      float.learn('simulated', 150);
      assert.deepEqual(await buy(), { status: 'committed' });
      await settlePaid();
      assert.equal(await refused(buy({ payerPhone: '254700000003' })), 'float');
      assert.deepEqual(await buy({ payerPhone: '254700000003', amountKes: 50, payableKes: 48 }), {
        status: 'committed',
      });
    });

    it('while selling is paused, and while the platform stops', async () => {
      stopping = true;
      assert.equal(await refused(buy()), 'unavailable');
      stopping = false;
      await stores.transact((tx) => tx.clients.put({ ...CLIENT, paused: true }));
      assert.equal(await refused(buy()), 'paused');
    });
  });

  describe('of a banned person', () => {
    const LID = '12345678901234@lid';
    const bans = () => createBanService({ stores, clock });
    const banIn = async (chatId: string, customerPhone?: string) => {
      const begun = await turns.begin('cl_1', {
        chatId,
        messageId: 'look',
        sentAt: clock.now(),
        content: { kind: 'text', text: 'hi' },
        ...(customerPhone !== undefined && { customerPhone }),
      });
      assert.ok(begun.status === 'open');
      return begun.context.ban;
    };

    it('makes no order, though the confirm was shown before the ban', async () => {
      await bans().put('0700000001', { reason: 'Reversed payments' }, 'Achieng', 'cl_1');
      assert.deepEqual(await banIn(CHAT), { reason: 'Reversed payments' });
      assert.equal(await refused(buy()), 'banned');
      await bans().lift('0700000001', 'Achieng', 'cl_1');
      assert.equal(await banIn(CHAT), undefined);
      assert.deepEqual(await buy(), { status: 'committed' });
    });

    it('makes none on any bot when the platform has banned him', async () => {
      await bans().put('0700000001', {}, 'Achieng');
      assert.equal(await refused(buy()), 'banned');
    });

    it('is known by his phone in a chat that has another id, and by the chat where no phone is known', async () => {
      await bans().put('0700000001', {}, 'Achieng', 'cl_1');
      assert.deepEqual(await banIn(LID, '254700000001'), {});
      assert.equal(await banIn(LID), undefined);
      await bans().put(LID, { message: 'No.' }, 'Achieng', 'cl_1');
      assert.deepEqual(await banIn(LID), { message: 'No.' });
      assert.equal(await refused(buy({ payerPhone: '254700000003' }, { chatId: LID })), 'banned');
    });

    it('is banned by his phone when the chat that is named has told it, and stays so in other chats', async () => {
      await commit({ chatId: LID, customerPhone: '254700000001' });
      await bans().put(LID, {}, 'Achieng', 'cl_1');
      assert.deepEqual(await banIn(CHAT), {});
      assert.deepEqual(await banIn(LID), {});
    });

    it('stays banned in every chat after WhatsApp has told the phone behind a banned one; one lift ends it', async () => {
      await bans().put(LID, { reason: 'Reversed payments' }, 'Achieng', 'cl_1');
      assert.equal(await banIn(CHAT), undefined);
      await commit({ chatId: LID, customerPhone: '254700000001' });
      assert.deepEqual(await banIn(CHAT), { reason: 'Reversed payments' });
      assert.deepEqual(await banIn(LID), { reason: 'Reversed payments' });
      assert.equal(await refused(buy()), 'banned');
      await bans().lift('0700000001', 'Achieng', 'cl_1');
      assert.equal(await banIn(CHAT), undefined);
      assert.equal(await banIn(LID), undefined);
    });

    it('cannot be made to pay by somebody else’s order', async () => {
      await bans().put('0700000009', {}, 'Achieng', 'cl_1');
      assert.equal(await refused(buy({ payerPhone: '254700000009' })), 'banned');
      assert.deepEqual(await buy({ recipientPhone: '254700000009' }), { status: 'committed' });
    });
  });

  it('takes a complaint about an order of this chat, and none about another’s', async () => {
    await buy();
    const [order] = [...stores.orders.values()];
    assert.ok(order);
    const complain = { type: 'complain', orderNo: order.orderNo, receipt: 'SG722NMVXQ' } as const;
    await commit({ chatId: '254700000009@c.us', effects: [complain] });
    assert.deepEqual(stores.orders.get(order.orderNo)?.attention, []);
    await commit({ effects: [complain] });
    assert.equal(stores.orders.get(order.orderNo)?.attention.length, 1);
    const timeline = await stores.timelines.read(order.orderNo);
    assert.deepEqual(timeline.at(-1)?.event, 'complaint');
  });

  it('lets simulated and real money keep separate limits', async () => {
    await buy();
    const [order] = [...stores.orders.values()];
    assert.equal(order?.payerPhone, PAYER);
    await stores.transact((tx) => tx.clients.put({ ...CLIENT, id: 'cl_live', mode: 'live' }));
    const reply = await turns.commit('cl_live', {
      chatId: CHAT,
      messageId: 'live-1',
      sentAt: clock.now(),
      expectedVersion: 0,
      state: {},
      replies: [],
      effects: [{ type: 'create-order', quote: quote({ confirmId: 'cf_live', shownAt: clock.now() }) }],
    });
    assert.deepEqual(reply, { status: 'committed' });
  });
});
