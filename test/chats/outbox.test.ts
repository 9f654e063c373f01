import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AppError } from '../../shared/errors.ts';
import type { SendOutcome } from '../../supervisor/chats/types.ts';
import { OutboxHarness } from './outbox-harness.ts';

describe('the outbox', () => {
  let h: OutboxHarness;
  beforeEach(async () => {
    h = await OutboxHarness.open();
  });
  afterEach(() => h.end());

  it('holds a slowed reply back, and what follows it in the same chat, but no other chat', async () => {
    h.outbox.start();
    await h.say('slow', 'a@c.us', 5_000);
    await h.say('next', 'a@c.us');
    await h.say('other', 'b@c.us');
    await h.sender.attempts(1);
    await h.settled();
    assert.deepEqual(
      h.sender.said.map(({ text }) => text),
      ['other'],
    );
    h.clock.advance(4_999);
    h.sender.becomeReady();
    await h.settled();
    assert.equal(h.sender.said.length, 1);
    h.clock.advance(1);
    await h.sender.attempts(3);
    assert.deepEqual(
      h.sender.said.map(({ text }) => text),
      ['other', 'slow', 'next'],
    );
    await h.empty();
  });

  it('says once, and only when it is durable, what was written while the outbox was starting', async () => {
    let isDurable = false;
    const written = h.say('just written').then(() => {
      isDurable = true;
    });
    h.sender.answer = () => {
      assert.equal(isDurable, true);
      return { outcome: 'sent', messageId: 'm' };
    };
    h.outbox.start();
    await written;
    await h.say('afterwards');
    await h.sender.attempts(2);
    await h.stores.durable();
    assert.deepEqual(
      h.sender.said.map(({ text }) => text),
      ['just written', 'afterwards'],
    );
  });

  it('says everything in order within a chat and forgets it when it is confirmed', async () => {
    h.outbox.start();
    await Promise.all([h.say('1'), h.say('2'), h.say('other', 'b@c.us'), h.say('3')]);
    await h.empty();
    const inChat = h.sender.said.filter(({ chatId }) => chatId === 'a@c.us').map(({ text }) => text);
    assert.deepEqual(inChat, ['1', '2', '3']);
    assert.equal(h.sender.said.length, 4);
  });

  it('does not let a chat that is stuck hold up another', async () => {
    h.sender.answer = (text) =>
      text === 'stuck' ? new Promise(() => undefined) : { outcome: 'sent', messageId: 'm' };
    h.outbox.start();
    await h.say('stuck', 'a@c.us');
    await h.say('fine', 'b@c.us');
    await h.sender.attempts(2);
    while (h.stores.outbox.size > 1) {
      h.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      await h.stores.durable();
    }
    assert.deepEqual(
      [...h.stores.outbox.values()].map(({ text }) => text),
      ['stuck'],
    );
  });

  it('waits for a worker that is not ready', async () => {
    h.sender.ready = false;
    h.outbox.start();
    await h.say('later');
    assert.equal(h.sender.said.length, 0);
    h.sender.becomeReady();
    await h.empty();
    assert.equal(h.sender.said.length, 1);
  });

  it('tries again what did not go out, and looks into the chat first when nobody knows', async () => {
    const answers: SendOutcome[] = [
      { outcome: 'not-sent', reason: 'no network' },
      { outcome: 'unknown', reason: 'worker died' },
      { outcome: 'sent', messageId: 'm' },
    ];
    h.sender.answer = () => answers.shift() ?? { outcome: 'sent', messageId: 'm' };
    h.outbox.start();
    await h.say('hello');
    for (const attempt of [1, 2]) {
      await h.sender.attempts(attempt);
      while (h.clock.delays().length === 0) await new Promise((resolve) => setImmediate(resolve));
      h.clock.advance(60_000);
    }
    await h.empty();
    assert.deepEqual(
      h.sender.said.map(({ lookFirst }) => lookFirst),
      [false, false, true],
    );
  });

  it('sends a text under its picture until nobody knows what became of it, and then alone', async () => {
    const pictureId = 'a'.repeat(32);
    const answers: SendOutcome[] = [
      { outcome: 'not-sent', reason: 'no network' },
      { outcome: 'unknown', reason: 'worker died' },
      { outcome: 'sent', messageId: 'm' },
    ];
    h.sender.answer = () => answers.shift() ?? { outcome: 'sent', messageId: 'm' };
    h.outbox.start();
    await h.say('Karibu', 'a@c.us', undefined, { pictureId });
    for (const attempt of [1, 2]) {
      await h.sender.attempts(attempt);
      while (h.clock.delays().length === 0) await new Promise((resolve) => setImmediate(resolve));
      h.clock.advance(60_000);
    }
    await h.empty();
    assert.deepEqual(
      h.sender.said.map((said) => said.pictureId),
      [pictureId, pictureId, undefined],
    );
  });

  it('keeps what it could not cross off on a full disk, and goes on when there is room', async () => {
    h.sender.ready = false;
    h.outbox.start();
    await h.say('first');
    await h.say('second');
    const { transact } = h.stores;
    h.stores.transact = () => Promise.reject(new AppError('storage-full', 'The disk is full'));
    h.sender.becomeReady();
    await h.sender.attempts(2);
    while (h.clock.delays().length === 0) await new Promise((resolve) => setImmediate(resolve));
    h.clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(h.stores.outbox.size, 2);
    h.stores.transact = transact;
    h.clock.advance(60_000);
    await h.empty();
    assert.deepEqual(
      h.sender.said.map(({ text, lookFirst }) => ({ text, lookFirst })),
      [
        { text: 'first', lookFirst: false },
        { text: 'second', lookFirst: false },
      ],
      'known to be sent, so not said again',
    );
  });

  it('says nothing of what is still being asked, and lets others pass it', async () => {
    h.outbox.start();
    await h.say('M-Pesa is being asked', 'a@c.us', undefined, { check: { orderNo: 'A2222222', by: 'x' } });
    await h.say('meanwhile');
    await h.sender.attempts(1);
    await h.settled();
    assert.deepEqual(
      h.sender.said.map(({ text }) => text),
      ['meanwhile'],
    );
  });

  it('crosses off what was sent before it ends', async () => {
    h.outbox.start();
    await h.say('last word');
    await h.sender.attempts(1);
    await new Promise((resolve) => setImmediate(resolve));
    await h.outbox.close();
    assert.equal(h.stores.outbox.size, 0);
  });

  it('takes up what an earlier process left, looking before repeating', async () => {
    await h.say('left behind');
    h.outbox.start();
    await h.empty();
    assert.deepEqual(h.sender.said, [{ chatId: 'a@c.us', text: 'left behind', lookFirst: true }]);
  });

  it('holds a slowed reply no longer back because the clock is set back meanwhile', async () => {
    h.outbox.start();
    await h.say('slow', 'a@c.us', 5_000);
    await h.settled();
    h.clock.setBack(3_600_000);
    h.clock.advance(5_000);
    await h.sender.attempts(1);
    assert.equal(h.sender.said[0]?.text, 'slow');
  });
});
