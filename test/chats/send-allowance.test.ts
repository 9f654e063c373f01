import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { dayAllowance } from '../../supervisor/chats/send-allowance.ts';
import type { StoredSettings } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { OutboxHarness } from './outbox-harness.ts';

describe('the outbox of a bot with a limit of ten messages a day', () => {
  let h: OutboxHarness;
  const hour = 3_600_000;
  /** The number of a bot's conversations in which the customer has written just now. */
  const wrote = (chatId: string): Promise<void> =>
    h.stores.transact((tx) =>
      tx.conversations.put({
        clientId: 'cl_1',
        chatId,
        version: 1,
        state: {},
        handledMessageIds: [],
        updatedAt: h.clock.now(),
      }),
    );
  const limits = (values: StoredSettings['values']): Promise<void> =>
    h.stores.transact((tx) => tx.settings.put({ id: 'platform', values }));

  beforeEach(async () => {
    h = await OutboxHarness.open();
    await h.stores.transact((tx) => tx.clients.put(aClient('cl_1', { mode: 'live', phone: '254700000099' })));
    await limits({ messagesPerDay: 10, warmUpDays: 0 });
    h.outbox.start();
  });

  afterEach(() => h.end());

  it('notices wait after eight, says why, and loses none over midnight', async () => {
    for (let index = 0; index < 9; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    await h.settled();
    assert.equal(h.sender.said.length, 8);
    assert.match(h.sender.noted ?? '', /limit of 10 WhatsApp messages/);
    h.clock.advance(24 * hour);
    await h.sender.attempts(9);
    await h.empty();
    assert.equal(h.sender.said.length, 9);
    assert.equal(h.sender.noted, undefined);
  });

  it('who has just written is answered from what was kept for him', async () => {
    for (let index = 0; index < 9; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    await wrote('asks@c.us');
    await h.say('answer', 'asks@c.us');
    await h.sender.attempts(9);
    assert.equal(h.sender.said.at(-1)?.text, 'answer');
  });

  it('who has paid hears of it all the same, after what was said to him before', async () => {
    for (let index = 0; index < 9; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    await h.say('Order taken', 'pays@c.us');
    await h.settled();
    assert.equal(h.sender.said.length, 8);
    await h.say('Paid', 'pays@c.us', undefined, { aboutPaid: true });
    await h.sender.attempts(10);
    await h.say('Delivered', 'pays@c.us', undefined, { aboutPaid: true });
    await h.sender.attempts(11);
    const told = h.sender.said.filter(({ chatId }) => chatId === 'pays@c.us').map(({ text }) => text);
    assert.deepEqual(told, ['Order taken', 'Paid', 'Delivered']);
    assert.match(h.sender.noted ?? '', /limit of 10/, 'the others still wait');
  });

  it('what passes by the limit is counted', async () => {
    for (let index = 0; index < 8; index += 1)
      await h.say(`n${index}`, `${index}@c.us`, undefined, { aboutPaid: true });
    await h.sender.attempts(8);
    await h.say('news', 'news@c.us');
    await h.settled();
    assert.equal(h.sender.said.length, 8);
  });

  it('a chat that could not be reached goes on by itself although others wait for midnight', async () => {
    for (let index = 0; index < 9; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    h.sender.answer = () => ({ outcome: 'unknown', reason: 'time-out' });
    await h.say('Paid', 'pays@c.us', undefined, { aboutPaid: true });
    await h.sender.attempts(9);
    await h.settled();
    h.sender.answer = () => ({ outcome: 'sent', messageId: 'm' });
    h.clock.advance(1_000);
    await h.sender.attempts(10);
    assert.equal(h.sender.said.at(-1)?.text, 'Paid');
  });

  it('a raised limit lets the rest go', async () => {
    for (let index = 0; index < 9; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    await limits({ messagesPerDay: 0 });
    h.clock.advance(60_000);
    await h.sender.attempts(9);
  });

  it('what was sent before a restart counts after it', async () => {
    for (let index = 0; index < 8; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    await h.restart();
    await h.say('after', 'z@c.us');
    await h.settled();
    assert.equal(h.sender.said.length, 8);
  });

  it('one message counts once, however often nobody knows what became of it', async () => {
    h.sender.answer = (text) =>
      text === 'stuck' ? { outcome: 'unknown', reason: 'time-out' } : { outcome: 'sent', messageId: 'm' };
    await h.say('stuck', 'stuck@c.us');
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      await h.sender.attempts(attempt);
      await h.settled();
      h.clock.advance(60_000);
    }
    const before = h.sender.said.length;
    await h.say('other', 'other@c.us');
    await h.settled();
    assert.ok(h.sender.said.slice(before).some(({ text }) => text === 'other'));
  });

  it('what certainly did not go out does not count', async () => {
    h.sender.answer = () => ({ outcome: 'not-sent', reason: 'not connected' });
    for (let index = 0; index < 8; index += 1) await h.say(`n${index}`, `${index}@c.us`);
    await h.sender.attempts(8);
    await h.settled();
    h.sender.answer = () => ({ outcome: 'sent', messageId: 'm' });
    h.sender.becomeReady();
    await h.sender.attempts(16);
    await h.settled();
    assert.equal(h.sender.said.length, 16);
  });
});

it('a new number may send more each day until the warm-up is over', () => {
  const limits = { messagesPerDay: 2_000, warmUpFirstDayMessages: 300, warmUpDays: 7 };
  const allowed = [0, 1, 6, 7, 100].map((day) => dayAllowance(limits, day));
  assert.deepEqual(allowed, [300, 543, 1_757, 2_000, 2_000]);
  assert.equal(dayAllowance({ ...limits, warmUpFirstDayMessages: 5_000 }, 0), 2_000);
  assert.equal(dayAllowance({ ...limits, messagesPerDay: 0 }, 0), Number.POSITIVE_INFINITY);
});
