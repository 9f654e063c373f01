import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { AdminAction } from '../../shared/admin.ts';
import { conversationKey } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { ADMIN, AdminShop, PLATFORM_ADMIN, SHOP } from './admin-shop.ts';

const CUSTOMER = '254700000001';
const LID = '12345678901234@lid';

describe('rights in a chat, whatever a worker says of it', () => {
  let shop: AdminShop;
  let messages = 0;
  beforeEach(async () => {
    shop = await AdminShop.open();
  });
  afterEach(() => shop.close());

  const begin = async (chatId: string, customerPhone?: string) => {
    const begun = await shop.service.begin(SHOP, {
      chatId,
      messageId: 'look',
      sentAt: shop.harness.clock.now(),
      content: { kind: 'text', text: 'hi' },
      ...(customerPhone !== undefined && { customerPhone }),
    });
    assert.ok(begun.status === 'open');
    return begun.context.admin?.phone;
  };
  /** A turn that claims to have been confirmed. */
  const act = (chatId: string, action: AdminAction) => {
    messages += 1;
    return shop.service.commit(SHOP, {
      chatId,
      messageId: `x${messages}`,
      sentAt: shop.harness.clock.now(),
      expectedVersion: shop.harness.stores.conversations.get(conversationKey(SHOP, chatId))?.version ?? 0,
      state: {},
      replies: ['Done'],
      effects: [{ type: 'admin', action }],
    });
  };

  it('are known by the chat’s number, or by the phone that the network tells of a chat', async () => {
    assert.equal(await begin(`${ADMIN}@c.us`), ADMIN);
    assert.equal(await begin(LID, ADMIN), ADMIN);
    assert.equal(await begin(`${PLATFORM_ADMIN}@c.us`), PLATFORM_ADMIN);
    assert.equal(await begin(LID), undefined);
    assert.equal(await begin(`${CUSTOMER}@c.us`, CUSTOMER), undefined);
  });

  it('keep everybody else from facts and actions, and nothing of their turn is written', async () => {
    const { stores } = shop.harness;
    await assert.rejects(shop.service.ask(SHOP, { chatId: `${CUSTOMER}@c.us`, query: { ask: 'sales' } }), {
      code: 'forbidden',
    });
    const reply = await act(`${CUSTOMER}@c.us`, { do: 'pause' });
    assert.deepEqual(
      [reply.status, reply.status === 'refused' && reply.refusal.reason],
      ['refused', 'admin'],
    );
    assert.equal(stores.clients.get(SHOP)?.paused, false);
    assert.equal(stores.outbox.size, 0);
    assert.equal(stores.conversations.size, 0);
  });

  it('do not let a shop’s own admins be generous with the platform’s airtime; the platform’s may', async () => {
    const { stores } = shop.harness;
    await stores.transact((tx) => {
      const client = tx.clients.get(SHOP) ?? assert.fail();
      tx.clients.put({ ...client, mode: 'live' });
      tx.settings.put({ id: 'platform', values: { discountPercent: 5 } });
    });
    const discount = (value: number) => ({ do: 'set', key: 'discountPercent', value }) as const;
    const refused = await act(`${ADMIN}@c.us`, discount(6));
    assert.ok(refused.status === 'refused' && refused.refusal.reason === 'admin');
    assert.match(refused.refusal.message ?? '', /platform’s airtime.*Discount/);
    assert.equal((await act(`${ADMIN}@c.us`, discount(4))).status, 'committed');
    assert.equal((await act(`${PLATFORM_ADMIN}@c.us`, discount(20))).status, 'committed');
    assert.equal((await act(`${ADMIN}@c.us`, discount(20))).status, 'committed');
    assert.equal((await act(`${ADMIN}@c.us`, discount(21))).status, 'refused');
    assert.deepEqual(stores.clients.get(SHOP)?.overrides, { discountPercent: 20 });
  });

  it('end at the own client: another’s orders cannot be seen, found or touched', async () => {
    const { stores } = shop.harness;
    await stores.transact((tx) => tx.clients.put(aClient('cl_2')));
    await shop.place('A2222222', ['prompted', 'paid', 'claimed', 'rejected']);
    const other = { ...(stores.orders.get('A2222222') ?? assert.fail()) };
    // The same chat's own view of a shop that is not its admin's.
    const seen = async (query: Parameters<typeof shop.service.ask>[1]['query']) =>
      await shop.service.ask('cl_2', { chatId: `${PLATFORM_ADMIN}@c.us`, query });
    assert.deepEqual(await seen({ ask: 'order', orderNo: other.orderNo }), {
      ask: 'order',
      actions: [],
      timeline: [],
      banned: false,
    });
    assert.deepEqual(await seen({ ask: 'find', q: other.orderNo }), { ask: 'find', items: [] });
    await assert.rejects(shop.service.ask('cl_2', { chatId: `${ADMIN}@c.us`, query: { ask: 'overview' } }), {
      code: 'forbidden',
    });
    const reply = await shop.service.commit('cl_2', {
      chatId: `${PLATFORM_ADMIN}@c.us`,
      messageId: 'y1',
      sentAt: shop.harness.clock.now(),
      expectedVersion: 0,
      state: {},
      replies: ['Done'],
      effects: [
        {
          type: 'admin',
          action: { do: 'order', orderNo: other.orderNo, request: { action: 'resend', reason: 'mine' } },
        },
      ],
    });
    assert.equal(reply.status, 'refused');
    assert.deepEqual(stores.orders.get(other.orderNo), other);
  });

  it('of a client’s admin do not reach the platform’s money: neither offered nor done; those of the platform’s do', async () => {
    const { stores } = shop.harness;
    await shop.place('A3333333', ['prompted', 'expired'], 100, 'platform:shadow-pay');
    const before = stores.orders.get('A3333333');
    const offered = async (phone: string) => {
      const chatId = `${phone}@c.us`;
      const answer = await shop.service.ask(SHOP, { chatId, query: { ask: 'order', orderNo: 'A3333333' } });
      return answer.ask === 'order' ? answer.actions : [];
    };
    assert.deepEqual(await offered(ADMIN), ['check-payment']);
    assert.deepEqual(await offered(PLATFORM_ADMIN), ['check-payment', 'confirm-payment', 'cancel']);
    const confirm: AdminAction = {
      do: 'order',
      orderNo: 'A3333333',
      request: { action: 'confirm-payment', receipt: 'SG722NMVXQ', reason: 'I say so' },
    };
    const reply = await act(`${ADMIN}@c.us`, confirm);
    assert.match(
      reply.status === 'refused' && reply.refusal.reason === 'admin' ? reply.refusal.message : '',
      /platform/,
    );
    assert.deepEqual(stores.orders.get('A3333333'), before);
    assert.equal((await act(`${PLATFORM_ADMIN}@c.us`, confirm)).status, 'committed');
    assert.equal(stores.orders.get('A3333333')?.payment.state, 'paid');
  });
});
