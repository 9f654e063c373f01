import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { OutboxEntry } from '../../shared/conversation.ts';
import { AppError } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import { Outbox } from '../../supervisor/chats/outbox.ts';
import { dayAllowance } from '../../supervisor/chats/send-allowance.ts';
import type { ChatSender, SendOutcome } from '../../supervisor/chats/types.ts';
import type { StoredSettings, Stores } from '../../supervisor/stores/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';

class ScriptedSender implements ChatSender {
  ready = true;
  noted: string | undefined;
  readonly said: Array<{ chatId: string; text: string; lookFirst: boolean }> = [];
  answer: (text: string) => SendOutcome | Promise<SendOutcome> = () => ({ outcome: 'sent', messageId: 'm' });
  readonly #listeners = new Set<(clientId: string) => void>();
  readonly #attempts = new Set<() => void>();

  canSend(): boolean {
    return this.ready;
  }

  note(_clientId: string, reason: string | undefined): void {
    this.noted = reason;
  }

  async send({ chatId, text, lookFirst }: Parameters<ChatSender['send']>[0]): Promise<SendOutcome> {
    this.said.push({ chatId, text, lookFirst });
    for (const wake of this.#attempts) wake();
    return await this.answer(text);
  }

  onReady(listener: (clientId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  becomeReady(): void {
    this.ready = true;
    for (const listener of this.#listeners) listener('cl_1');
  }

  async attempts(count: number): Promise<void> {
    while (this.said.length < count) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#attempts.delete(wake);
          resolve();
        };
        this.#attempts.add(wake);
      });
    }
  }
}

describe('the outbox', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let clock: FakeClock;
  let stores: Stores;
  let sender: ScriptedSender;
  let outbox: Outbox;
  let count = 0;

  beforeEach(async () => {
    folder = temporaryFolder('outbox');
    clock = new FakeClock();
    sender = new ScriptedSender();
    stores = await openTestStores(folder.path, { clock });
    outbox = new Outbox({ stores, sender, clock, logger: silentLogger });
  });

  afterEach(async () => {
    await outbox.close();
    await stores.close();
    folder.remove();
  });

  const say = (
    text: string,
    chatId = 'a@c.us',
    delayMs?: number,
    about: Pick<OutboxEntry, 'aboutPaid' | 'check'> = {},
  ): Promise<void> =>
    stores.transact((tx) => {
      count += 1;
      tx.outbox.put({
        id: `ob_${count}`,
        clientId: 'cl_1',
        chatId,
        seq: tx.outbox.nextSeq(),
        text,
        ...(delayMs !== undefined && { sendAfter: clock.now() + delayMs }),
        ...about,
        createdAt: clock.now(),
      });
    });

  const settled = async (): Promise<void> => {
    await stores.durable();
    await new Promise((resolve) => setImmediate(resolve));
  };

  /** Until all is said and crossed off. */
  const empty = async (): Promise<void> => {
    while (stores.outbox.size > 0) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      await stores.durable();
    }
  };

  it('holds a slowed reply back, and what follows it in the same chat, but no other chat', async () => {
    outbox.start();
    await say('slow', 'a@c.us', 5_000);
    await say('next', 'a@c.us');
    await say('other', 'b@c.us');
    await sender.attempts(1);
    await settled();
    assert.deepEqual(
      sender.said.map(({ text }) => text),
      ['other'],
    );
    clock.advance(4_999);
    sender.becomeReady();
    await settled();
    assert.equal(sender.said.length, 1);
    clock.advance(1);
    await sender.attempts(3);
    assert.deepEqual(
      sender.said.map(({ text }) => text),
      ['other', 'slow', 'next'],
    );
    await empty();
  });

  it('says once, and only when it is durable, what was written while the outbox was starting', async () => {
    let isDurable = false;
    const written = say('just written').then(() => {
      isDurable = true;
    });
    sender.answer = () => {
      assert.equal(isDurable, true);
      return { outcome: 'sent', messageId: 'm' };
    };
    outbox.start();
    await written;
    await say('afterwards');
    await sender.attempts(2);
    await stores.durable();
    assert.deepEqual(
      sender.said.map(({ text }) => text),
      ['just written', 'afterwards'],
    );
  });

  it('says everything in order within a chat and forgets it when it is confirmed', async () => {
    outbox.start();
    await Promise.all([say('1'), say('2'), say('other', 'b@c.us'), say('3')]);
    await empty();
    const inChat = sender.said.filter(({ chatId }) => chatId === 'a@c.us').map(({ text }) => text);
    assert.deepEqual(inChat, ['1', '2', '3']);
    assert.equal(sender.said.length, 4);
  });

  it('does not let a chat that is stuck hold up another', async () => {
    sender.answer = (text) =>
      text === 'stuck' ? new Promise(() => undefined) : { outcome: 'sent', messageId: 'm' };
    outbox.start();
    await say('stuck', 'a@c.us');
    await say('fine', 'b@c.us');
    await sender.attempts(2);
    while (stores.outbox.size > 1) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      await stores.durable();
    }
    assert.deepEqual(
      [...stores.outbox.values()].map(({ text }) => text),
      ['stuck'],
    );
  });

  it('waits for a worker that is not ready', async () => {
    sender.ready = false;
    outbox.start();
    await say('later');
    assert.equal(sender.said.length, 0);
    sender.becomeReady();
    await empty();
    assert.equal(sender.said.length, 1);
  });

  it('tries again what did not go out, and looks into the chat first when nobody knows', async () => {
    const answers: SendOutcome[] = [
      { outcome: 'not-sent', reason: 'no network' },
      { outcome: 'unknown', reason: 'worker died' },
      { outcome: 'sent', messageId: 'm' },
    ];
    sender.answer = () => answers.shift() ?? { outcome: 'sent', messageId: 'm' };
    outbox.start();
    await say('hello');
    for (const attempt of [1, 2]) {
      await sender.attempts(attempt);
      while (clock.delays().length === 0) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(60_000);
    }
    await empty();
    assert.deepEqual(
      sender.said.map(({ lookFirst }) => lookFirst),
      [false, false, true],
    );
  });

  it('keeps what it could not cross off on a full disk, and goes on when there is room', async () => {
    sender.ready = false;
    outbox.start();
    await say('first');
    await say('second');
    const { transact } = stores;
    stores.transact = () => Promise.reject(new AppError('storage-full', 'The disk is full'));
    sender.becomeReady();
    await sender.attempts(2);
    while (clock.delays().length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stores.outbox.size, 2);
    stores.transact = transact;
    clock.advance(60_000);
    await empty();
    assert.deepEqual(
      sender.said.map(({ text, lookFirst }) => ({ text, lookFirst })),
      [
        { text: 'first', lookFirst: false },
        { text: 'second', lookFirst: false },
      ],
      'known to be sent, so not said again',
    );
  });

  it('says nothing of what is still being asked, and lets others pass it', async () => {
    outbox.start();
    await say('M-Pesa is being asked', 'a@c.us', undefined, { check: { orderNo: 'A2222222', by: 'x' } });
    await say('meanwhile');
    await sender.attempts(1);
    await settled();
    assert.deepEqual(
      sender.said.map(({ text }) => text),
      ['meanwhile'],
    );
  });

  it('crosses off what was sent before it ends', async () => {
    outbox.start();
    await say('last word');
    await sender.attempts(1);
    await new Promise((resolve) => setImmediate(resolve));
    await outbox.close();
    assert.equal(stores.outbox.size, 0);
  });

  it('takes up what an earlier process left, looking before repeating', async () => {
    await say('left behind');
    outbox.start();
    await empty();
    assert.deepEqual(sender.said, [{ chatId: 'a@c.us', text: 'left behind', lookFirst: true }]);
  });

  it('holds a slowed reply no longer back because the clock is set back meanwhile', async () => {
    outbox.start();
    await say('slow', 'a@c.us', 5_000);
    await settled();
    clock.setBack(3_600_000);
    clock.advance(5_000);
    await sender.attempts(1);
    assert.equal(sender.said[0]?.text, 'slow');
  });

  describe('of a bot with a limit of ten messages a day', () => {
    const hour = 3_600_000;
    /** The number of a bot's conversations in which the customer has written just now. */
    const wrote = (chatId: string): Promise<void> =>
      stores.transact((tx) =>
        tx.conversations.put({
          clientId: 'cl_1',
          chatId,
          version: 1,
          state: {},
          handledMessageIds: [],
          updatedAt: clock.now(),
        }),
      );
    const limits = (values: StoredSettings['values']): Promise<void> =>
      stores.transact((tx) => tx.settings.put({ id: 'platform', values }));

    beforeEach(async () => {
      await stores.transact((tx) => tx.clients.put(aClient('cl_1', { mode: 'live', phone: '254700000099' })));
      await limits({ messagesPerDay: 10, warmUpDays: 0 });
      outbox.start();
    });

    it('notices wait after eight, says why, and loses none over midnight', async () => {
      for (let index = 0; index < 9; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      await settled();
      assert.equal(sender.said.length, 8);
      assert.match(sender.noted ?? '', /limit of 10 WhatsApp messages/);
      clock.advance(24 * hour);
      await sender.attempts(9);
      await empty();
      assert.equal(sender.said.length, 9);
      assert.equal(sender.noted, undefined);
    });

    it('who has just written is answered from what was kept for him', async () => {
      for (let index = 0; index < 9; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      await wrote('asks@c.us');
      await say('answer', 'asks@c.us');
      await sender.attempts(9);
      assert.equal(sender.said.at(-1)?.text, 'answer');
    });

    it('who has paid hears of it all the same, after what was said to him before', async () => {
      for (let index = 0; index < 9; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      await say('Order taken', 'pays@c.us');
      await settled();
      assert.equal(sender.said.length, 8);
      await say('Paid', 'pays@c.us', undefined, { aboutPaid: true });
      await sender.attempts(10);
      await say('Delivered', 'pays@c.us', undefined, { aboutPaid: true });
      await sender.attempts(11);
      const told = sender.said.filter(({ chatId }) => chatId === 'pays@c.us').map(({ text }) => text);
      assert.deepEqual(told, ['Order taken', 'Paid', 'Delivered']);
      assert.match(sender.noted ?? '', /limit of 10/, 'the others still wait');
    });

    it('what passes by the limit is counted', async () => {
      for (let index = 0; index < 8; index += 1)
        await say(`n${index}`, `${index}@c.us`, undefined, { aboutPaid: true });
      await sender.attempts(8);
      await say('news', 'news@c.us');
      await settled();
      assert.equal(sender.said.length, 8);
    });

    it('a chat that could not be reached goes on by itself although others wait for midnight', async () => {
      for (let index = 0; index < 9; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      sender.answer = () => ({ outcome: 'unknown', reason: 'time-out' });
      await say('Paid', 'pays@c.us', undefined, { aboutPaid: true });
      await sender.attempts(9);
      await settled();
      sender.answer = () => ({ outcome: 'sent', messageId: 'm' });
      clock.advance(1_000);
      await sender.attempts(10);
      assert.equal(sender.said.at(-1)?.text, 'Paid');
    });

    it('a raised limit lets the rest go', async () => {
      for (let index = 0; index < 9; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      await limits({ messagesPerDay: 0 });
      clock.advance(60_000);
      await sender.attempts(9);
    });

    it('what was sent before a restart counts after it', async () => {
      for (let index = 0; index < 8; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      await outbox.close();
      outbox = new Outbox({ stores, sender, clock, logger: silentLogger });
      outbox.start();
      await say('after', 'z@c.us');
      await settled();
      assert.equal(sender.said.length, 8);
    });

    it('one message counts once, however often nobody knows what became of it', async () => {
      sender.answer = (text) =>
        text === 'stuck' ? { outcome: 'unknown', reason: 'time-out' } : { outcome: 'sent', messageId: 'm' };
      await say('stuck', 'stuck@c.us');
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        await sender.attempts(attempt);
        await settled();
        clock.advance(60_000);
      }
      const before = sender.said.length;
      await say('other', 'other@c.us');
      await settled();
      assert.ok(sender.said.slice(before).some(({ text }) => text === 'other'));
    });

    it('what certainly did not go out does not count', async () => {
      sender.answer = () => ({ outcome: 'not-sent', reason: 'not connected' });
      for (let index = 0; index < 8; index += 1) await say(`n${index}`, `${index}@c.us`);
      await sender.attempts(8);
      await settled();
      sender.answer = () => ({ outcome: 'sent', messageId: 'm' });
      sender.becomeReady();
      await sender.attempts(16);
      await settled();
      assert.equal(sender.said.length, 16);
    });
  });

  it('a new number may send more each day until the warm-up is over', () => {
    const limits = { messagesPerDay: 2_000, warmUpFirstDayMessages: 300, warmUpDays: 7 };
    const allowed = [0, 1, 6, 7, 100].map((day) => dayAllowance(limits, day));
    assert.deepEqual(allowed, [300, 543, 1_757, 2_000, 2_000]);
    assert.equal(dayAllowance({ ...limits, warmUpFirstDayMessages: 5_000 }, 0), 2_000);
    assert.equal(dayAllowance({ ...limits, messagesPerDay: 0 }, 0), Number.POSITIVE_INFINITY);
  });
});
