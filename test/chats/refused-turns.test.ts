import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { CONFIRM_TTL_MS } from '../../shared/conversation.ts';
import { createBanService } from '../../supervisor/chats/bans.ts';
import { CHAT } from '../orders/fixtures.ts';
import { TurnShop } from './turn-shop.ts';

describe('a turn refuses an order and writes nothing', () => {
  let shop: TurnShop;
  beforeEach(async () => {
    shop = await TurnShop.open();
  });
  afterEach(() => shop.close());

  it('below or above the limits, whatever the screen showed', async () => {
    assert.equal(
      await shop.refusalOf(shop.buy({ amountKes: 4, payableKes: 4, discountPercent: 0 })),
      'amount',
    );
    assert.equal(
      await shop.refusalOf(shop.buy({ amountKes: 10_001, payableKes: 10_001, discountPercent: 0 })),
      'amount',
    );
  });

  it('at a price that no rule makes', async () => {
    assert.equal(await shop.refusalOf(shop.buy({ payableKes: 1 })), 'price-changed');
    assert.equal(await shop.refusalOf(shop.buy({ payableKes: 1, discountPercent: 99 })), 'price-changed');
  });

  it('on an old confirm, or by an old message', async () => {
    assert.equal(
      await shop.refusalOf(shop.buy({ shownAt: shop.clock.now() - CONFIRM_TTL_MS - 1 })),
      'confirm-expired',
    );
    assert.equal(
      await shop.refusalOf(shop.buy({}, { sentAt: shop.clock.now() - 11 * MINUTE_MS })),
      'confirm-expired',
    );
  });

  it('while this payer’s phone shows a prompt, whichever chat asked for it', async () => {
    await shop.buy();
    assert.equal(await shop.refusalOf(shop.buy()), 'open-prompt');
    assert.equal(
      await shop.refusalOf(shop.buy({}, { chatId: '254700000005@c.us', expectedVersion: 0 })),
      'open-prompt',
    );
  });

  it('after three prompts to one payer within the hour', async () => {
    for (const amountKes of [10, 20, 30]) {
      assert.deepEqual(await shop.buy({ amountKes, payableKes: amountKes, discountPercent: 0 }), {
        status: 'committed',
      });
      await shop.cancelPrompts();
    }
    assert.equal(await shop.refusalOf(shop.buy()), 'payer-limit');
    shop.clock.advance(HOUR_MS);
    assert.deepEqual(await shop.buy(), { status: 'committed' });
  });

  it('for a fourth payer of one chat within the day', async () => {
    for (const payerPhone of ['254700000011', '254700000012', '254700000013']) {
      await shop.buy({ payerPhone });
      await shop.cancelPrompts();
    }
    assert.equal(await shop.refusalOf(shop.buy({ payerPhone: '254700000014' })), 'payers-per-chat');
    assert.deepEqual(await shop.buy({ payerPhone: '254700000011' }), { status: 'committed' });
  });

  it('of the same amount from the same payer within M-Pesa’s two minutes', async () => {
    await shop.buy();
    await shop.pay();
    assert.equal(await shop.refusalOf(shop.buy()), 'same-amount');
    assert.deepEqual(await shop.buy({ amountKes: 50, payableKes: 48 }), { status: 'committed' });
  });

  it('beyond what one number may be bought in a day, over all bots', async () => {
    await shop.stores.transact((tx) =>
      tx.settings.put({
        id: 'platform',
        values: { kesPerRecipientPerDay: 150, promptsPerPayerPerHour: 20 },
      }),
    );
    await shop.buy();
    await shop.pay();
    assert.equal(await shop.refusalOf(shop.buy({ payerPhone: '254700000003' })), 'recipient-limit');
    const half = { amountKes: 50, payableKes: 48 };
    assert.deepEqual(await shop.buy({ payerPhone: '254700000003', ...half }), { status: 'committed' });
    shop.clock.advance(24 * HOUR_MS);
    assert.deepEqual(await shop.buy({ payerPhone: '254700000004' }), { status: 'committed' });
  });

  it('beyond what the shop may sell in a day, counting only what was paid or may be', async () => {
    await shop.changeClient({ overrides: { kesPerShopPerDay: 150 } });
    await shop.buy();
    await shop.cancelPrompts();
    assert.deepEqual(await shop.buy({ amountKes: 120, payableKes: 114 }), { status: 'committed' });
    const another = { payerPhone: '254700000003', recipientPhone: '254700000004' };
    assert.equal(await shop.refusalOf(shop.buy(another)), 'shop-limit');
    shop.clock.advance(24 * HOUR_MS);
    assert.deepEqual(await shop.buy({ ...another, amountKes: 150, payableKes: 143 }), {
      status: 'committed',
    });
  });

  it('that the float could not deliver, counting what is promised already', async () => {
    shop.float.learn('simulated', 150);
    assert.deepEqual(await shop.buy(), { status: 'committed' });
    await shop.pay();
    assert.equal(await shop.refusalOf(shop.buy({ payerPhone: '254700000003' })), 'float');
    assert.deepEqual(await shop.buy({ payerPhone: '254700000003', amountKes: 50, payableKes: 48 }), {
      status: 'committed',
    });
  });

  it('while selling is paused, and while the platform stops', async () => {
    shop.stopping = true;
    assert.equal(await shop.refusalOf(shop.buy()), 'unavailable');
    shop.stopping = false;
    await shop.changeClient({ paused: true });
    assert.equal(await shop.refusalOf(shop.buy()), 'paused');
  });
});

describe('a turn of a banned person', () => {
  let shop: TurnShop;
  beforeEach(async () => {
    shop = await TurnShop.open();
  });
  afterEach(() => shop.close());

  const LID = '12345678901234@lid';
  const bans = () => createBanService({ stores: shop.stores, clock: shop.clock });
  const banIn = async (chatId: string, customerPhone?: string) => {
    const phone = customerPhone === undefined ? {} : { customerPhone };
    return (await shop.context('hi', { chatId, ...phone })).ban;
  };

  it('makes no order, though the confirm was shown before the ban', async () => {
    await bans().put('0700000001', { reason: 'Reversed payments' }, 'Achieng', 'cl_1');
    assert.deepEqual(await banIn(CHAT), { reason: 'Reversed payments' });
    assert.equal(await shop.refusalOf(shop.buy()), 'banned');
    await bans().lift('0700000001', 'Achieng', 'cl_1');
    assert.equal(await banIn(CHAT), undefined);
    assert.deepEqual(await shop.buy(), { status: 'committed' });
  });

  it('makes none on any bot when the platform has banned him', async () => {
    await bans().put('0700000001', {}, 'Achieng');
    assert.equal(await shop.refusalOf(shop.buy()), 'banned');
  });

  it('is known by his phone in a chat that has another id, and by the chat where no phone is known', async () => {
    await bans().put('0700000001', {}, 'Achieng', 'cl_1');
    assert.deepEqual(await banIn(LID, '254700000001'), {});
    assert.equal(await banIn(LID), undefined);
    await bans().put(LID, { message: 'No.' }, 'Achieng', 'cl_1');
    assert.deepEqual(await banIn(LID), { message: 'No.' });
    assert.equal(await shop.refusalOf(shop.buy({ payerPhone: '254700000003' }, { chatId: LID })), 'banned');
  });

  it('is banned by his phone when the chat that is named has told it, and stays so in other chats', async () => {
    await shop.commit({ chatId: LID, customerPhone: '254700000001' });
    await bans().put(LID, {}, 'Achieng', 'cl_1');
    assert.deepEqual(await banIn(CHAT), {});
    assert.deepEqual(await banIn(LID), {});
  });

  it('stays banned in every chat after WhatsApp has told the phone behind a banned one; one lift ends it', async () => {
    await bans().put(LID, { reason: 'Reversed payments' }, 'Achieng', 'cl_1');
    assert.equal(await banIn(CHAT), undefined);
    await shop.commit({ chatId: LID, customerPhone: '254700000001' });
    assert.deepEqual(await banIn(CHAT), { reason: 'Reversed payments' });
    assert.deepEqual(await banIn(LID), { reason: 'Reversed payments' });
    assert.equal(await shop.refusalOf(shop.buy()), 'banned');
    await bans().lift('0700000001', 'Achieng', 'cl_1');
    assert.equal(await banIn(CHAT), undefined);
    assert.equal(await banIn(LID), undefined);
  });

  it('cannot be made to pay by somebody else’s order', async () => {
    await bans().put('0700000009', {}, 'Achieng', 'cl_1');
    assert.equal(await shop.refusalOf(shop.buy({ payerPhone: '254700000009' })), 'banned');
    assert.deepEqual(await shop.buy({ recipientPhone: '254700000009' }), { status: 'committed' });
  });
});
