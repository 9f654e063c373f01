import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { SandboxTransport } from '../../worker/chat/sandbox.ts';
import { type ChatStateChange, type IncomingMessage, NotSentError } from '../../worker/chat/transport.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { FakeChatNetwork, TOKEN } from './fake-chat-network.ts';

const CHAT = '254700000001@c.us';

/** A started transport and what it has told, in order. */
class Bot {
  readonly transport: SandboxTransport;
  readonly states: ChatStateChange['state'][] = [];
  readonly messages: IncomingMessage[] = [];
  fatal: Error | undefined;
  /** What becomes of a message; the default takes it. */
  take: (message: IncomingMessage) => Promise<void> = async () => undefined;
  #waiters: Array<() => void> = [];

  constructor(port: number, token = TOKEN, clock: Clock = systemClock) {
    this.transport = new SandboxTransport({ host: '127.0.0.1', port, token, clientId: 'cl_1' }, clock);
  }

  async start(): Promise<void> {
    await this.transport.start({
      onState: ({ state }) => {
        this.states.push(state);
        this.#stir();
      },
      onMessage: (message) => {
        this.messages.push(message);
        this.#stir();
        return this.take(message);
      },
      onFatal: (error) => {
        this.fatal = error;
        this.#stir();
      },
    });
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async ready(): Promise<this> {
    await this.start();
    await this.until(() => this.states.at(-1) === 'ready');
    return this;
  }

  #stir(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

const message = (outboxId: string, text = 'hello') => ({ outboxId, chatId: CHAT, text });

describe('the chat of sandbox clients', () => {
  let network: FakeChatNetwork;
  let bot: Bot;
  beforeEach(async () => {
    network = await FakeChatNetwork.start();
    bot = new Bot(network.port);
  });
  afterEach(async () => {
    await bot.transport.close();
    await network.close();
  });

  it('a message sent before the bot came is offered, and acknowledged only when it has been handled', async () => {
    network.write('in-1', 'hi');
    let finish = (): void => undefined;
    bot.take = () => new Promise((resolve) => (finish = resolve));
    await bot.ready();
    await bot.until(() => bot.messages.length === 1);
    assert.deepEqual(network.acknowledged(), []);
    finish();
    await network.until(() => network.acknowledged().length === 1);
    assert.equal(bot.messages[0]?.customerPhone, '254700000001');
  });

  it('a message that is not taken comes again, before any later one of its chat', async () => {
    await bot.ready();
    let failures = 2;
    bot.take = async () => {
      if (failures-- > 0) throw new Error('The supervisor is busy');
    };
    network.write('in-1', 'one');
    network.write('in-2', 'two');
    await network.until(() => network.acknowledged().length === 2);
    assert.deepEqual(
      bot.messages.map(({ messageId }) => messageId),
      ['in-1', 'in-1', 'in-1', 'in-2'],
    );
  });

  it('another chat does not wait for a slow one', async () => {
    await bot.ready();
    bot.take = ({ messageId }) => (messageId === 'slow' ? new Promise(() => undefined) : Promise.resolve());
    network.write('slow', 'one');
    network.write('quick', 'two', '254700000002');
    await network.until(() => network.acknowledged().includes('quick'));
  });

  it('a lost connection comes back by itself; a message in hand is not offered twice', async () => {
    await bot.ready();
    let finish = (): void => undefined;
    bot.take = () => new Promise((resolve) => (finish = resolve));
    network.write('in-1', 'hi');
    await bot.until(() => bot.messages.length === 1);
    network.cut();
    await bot.until(() => bot.states.filter((state) => state === 'ready').length === 2);
    assert.deepEqual(bot.states, ['starting', 'ready', 'reconnecting', 'ready']);
    finish();
    await network.until(() => network.acknowledged().includes('in-1'));
    assert.equal(bot.messages.length, 1);
  });

  it('a send cut off on its way is unknown, one without a connection is certainly not sent', async () => {
    await assert.rejects(bot.transport.send(message('ob-0')), NotSentError);
    await bot.ready();
    network.answering = false;
    const cut = bot.transport.send(message('ob-1'));
    await network.until(() => network.sent().length === 1);
    network.cut();
    await assert.rejects(cut, (error: Error) => !(error instanceof NotSentError));
    await assert.rejects(bot.transport.send(message('ob-2')), NotSentError);
    network.answering = true;
    await bot.until(() => bot.states.filter((state) => state === 'ready').length === 2);
    assert.deepEqual(await bot.transport.findSent(message('ob-1')), { messageId: 'out-ob-1' });
    assert.equal(await bot.transport.findSent(message('ob-2')), undefined);
    await assert.rejects(bot.transport.send(message('ob-3', 'refuse me')), NotSentError);
  });

  it('a network that stands still is noticed by its silence within 15 s, and the bot is not called ready meanwhile', async () => {
    const clock = new FakeClock();
    bot = new Bot(network.port, TOKEN, clock);
    await bot.ready();
    const pinged = async (times: number): Promise<void> => {
      clock.advance(5_000);
      await network.until(() => network.pings() === times);
    };
    for (let times = 1; times <= 4; times += 1) {
      await pinged(times);
      // The answer is read before this one, which is behind it.
      network.write(`in-${times}`, 'hi');
      await network.until(() => network.acknowledged().length === times);
    }
    network.answering = false;
    await pinged(5);
    await pinged(6);
    assert.equal(bot.states.at(-1), 'ready');
    clock.advance(5_000);
    await bot.until(() => bot.states.at(-1) === 'reconnecting');
    network.answering = true;
    clock.advance(100);
    await bot.until(() => bot.states.at(-1) === 'ready');
  });

  it('a wrong token ends it for good', async () => {
    bot = new Bot(network.port, 'the token of an earlier world');
    await bot.start();
    await bot.until(() => bot.fatal !== undefined);
    assert.match(bot.fatal?.message ?? '', /token is wrong/);
    assert.equal(bot.states.includes('reconnecting'), false);
  });

  it('nonsense or an endless line ends the connection, not the bot', async () => {
    await bot.ready();
    for (const nonsense of ['{"type":"what"}\n', 'x'.repeat(300_000)]) {
      const before = bot.states.length;
      network.raw(nonsense);
      await bot.until(() => bot.states.slice(before).includes('ready'));
      assert.equal(bot.states[before], 'reconnecting');
    }
  });

  it('a flood is taken in bounded portions, and all of it', async () => {
    await bot.ready();
    for (let index = 0; index < 1_200; index += 1)
      network.write(`in-${index}`, 'hi', `2547000${String(index).padStart(5, '0')}`);
    await network.until(() => network.acknowledged().length === 1_200);
    assert.equal(new Set(bot.messages.map(({ messageId }) => messageId)).size, 1_200);
  });

  it('closing twice, or before the network is there, is fine', async () => {
    await bot.transport.close();
    await bot.transport.close();
    assert.equal(network.connections, 0);
  });
});
