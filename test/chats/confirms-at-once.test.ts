import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DAY_MS } from '../../shared/clock.ts';
import type { TurnCommitReply } from '../../shared/ipc.ts';
import type { SettingsPatch } from '../../shared/settings.ts';
import type { TurnService } from '../../supervisor/chats/types.ts';
import type { FloatKeeper } from '../../supervisor/orders/float.ts';
import { aClient } from '../helpers/a-client.ts';
import { DeskHarness } from '../orders/desk-harness.ts';
import { quote } from '../orders/fixtures.ts';

/** Two customers say yes in the same moment: both turns are decided before either of them is on disk. */
describe('two yeses at once', () => {
  let h: DeskHarness;
  let turns: TurnService;
  let float: FloatKeeper;

  beforeEach(async () => {
    h = await DeskHarness.start();
    ({ turns, float } = h.turns());
  });

  afterEach(() => h.end());

  function yes(chat: number, wish: Parameters<typeof quote>[0] = {}, clientId = 'cl_1') {
    const phone = `25470000000${chat}`;
    return turns.commit(clientId, {
      chatId: `${phone}@c.us`,
      messageId: `m${chat}`,
      sentAt: h.clock.now(),
      expectedVersion: 0,
      state: {},
      replies: ['ok'],
      effects: [
        {
          type: 'create-order',
          quote: quote({
            confirmId: `cf_${clientId}_${chat}`,
            shownAt: h.clock.now(),
            payerPhone: phone,
            recipientPhone: phone,
            ...wish,
          }),
        },
      ],
    });
  }

  const reasons = (replies: readonly TurnCommitReply[]): string[] =>
    replies.map((reply) => (reply.status === 'refused' ? reply.refusal.reason : reply.status));
  const limit = (overrides: SettingsPatch): Promise<void> =>
    h.stores.transact((tx) => tx.clients.put({ ...aClient('cl_1'), overrides }));

  it('for one payer are one prompt, also through two shops', async () => {
    await h.stores.transact((tx) => tx.clients.put(aClient('cl_2')));
    const payerPhone = '254700000009';
    const replies = await Promise.all([yes(1, { payerPhone }), yes(2, { payerPhone }, 'cl_2')]);
    assert.deepEqual(reasons(replies), ['committed', 'open-prompt']);
    await h.stores.durable();
    assert.equal(h.stores.orders.size, 1);
  });

  it('do not share the rest of what the shop may sell today', async () => {
    await limit({ kesPerShopPerDay: 150 });
    assert.deepEqual(reasons(await Promise.all([yes(1), yes(2)])), ['committed', 'shop-limit']);
  });

  it('do not share the rest of the float, nor of a recipient’s day', async () => {
    float.learn('simulated', 150);
    assert.deepEqual(reasons(await Promise.all([yes(1), yes(2)])), ['committed', 'float']);
    float.learn('simulated', 1_000);
    await limit({ kesPerRecipientPerDay: 150 });
    const recipientPhone = '254700000008';
    const replies = await Promise.all([yes(3, { recipientPhone }), yes(4, { recipientPhone })]);
    assert.deepEqual(reasons(replies), ['committed', 'recipient-limit']);
  });

  it('are counted on the day in Nairobi in which they are said', async () => {
    await limit({ kesPerShopPerDay: 150 });
    // Five seconds before midnight in Nairobi, which is 21:00 UTC.
    h.clock.advance(DAY_MS - ((h.clock.now() + 3 * 3_600_000) % DAY_MS) - 5_000);
    assert.deepEqual(reasons([await yes(1), await yes(2)]), ['committed', 'shop-limit']);
    h.clock.advance(5_000);
    assert.deepEqual(reasons([await yes(2), await yes(3)]), ['committed', 'shop-limit']);
  });
});
