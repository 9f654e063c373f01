import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE_MS, SECOND_MS } from '../../../shared/clock.ts';
import type { InboundContent, MachineState, TurnContext } from '../../../shared/conversation.ts';
import { conversationDefaults } from '../../../shared/settings/conversation.ts';
import { type MachineOutput, next } from '../../../worker/conversation/machine.ts';
import { contextOf, OWN, T0 } from './sample.ts';

/** As shops have them that have set nothing. */
const limits: TurnContext['limits'] = {
  burst: conversationDefaults.messagesInARow,
  perMinute: conversationDefaults.messagesPerMinute,
  slowed: conversationDefaults.messagesSlowed,
  repeats: conversationDefaults.messageRepeats,
};

/** One chat of a shop; its state goes through JSON after each message, as if the worker had died in between. */
class Chat {
  now = T0;
  readonly #name: string;
  #state: MachineState | null = null;

  constructor(name = 'Duka') {
    this.#name = name;
  }

  send(text: string, waitMs = 0): MachineOutput {
    return this.sendContent({ kind: 'text', text }, waitMs);
  }

  /** A message that waited for the bot to come back. */
  sendStale(text: string): MachineOutput {
    return this.sendContent({ kind: 'text', text }, 0, 20 * MINUTE_MS);
  }

  sendContent(content: InboundContent, waitMs = 0, agoMs = 0): MachineOutput {
    this.now += waitMs;
    const base = contextOf();
    const context = { ...base, now: this.now, limits, shop: { ...base.shop, name: this.#name } };
    const output = next(this.#state, { ...content, sentAt: this.now - agoMs }, context);
    this.#state = JSON.parse(JSON.stringify(output.state));
    return output;
  }
}

const AUTOMATIC = 'Thank you for contacting us. We are closed now and will answer you tomorrow.';

describe('a chat that writes too much', () => {
  it('is answered at once, then more and more slowly, then hears one notice and nothing more', () => {
    const chat = new Chat();
    const outputs = Array.from({ length: 200 }, (_, index) => chat.send(`nonsense ${'x'.repeat(index)}`));
    const atOnce = outputs.filter(({ replies, delayMs }) => replies.length > 0 && delayMs === undefined);
    const slowly = outputs.filter(({ delayMs }) => delayMs !== undefined);
    assert.equal(slowly.length, limits.slowed);
    assert.deepEqual(
      slowly.map(({ delayMs }) => delayMs),
      slowly.map(({ delayMs }) => delayMs).toSorted((one, other) => (one ?? 0) - (other ?? 0)),
    );
    const notices = outputs.filter(({ replies }) => /lot of messages/.test(replies.join()));
    assert.equal(notices.length, 1);
    assert.equal(atOnce.length, limits.burst + 1);
    const last = outputs.findLastIndex(({ replies }) => replies.length > 0);
    assert.equal(outputs[last], notices[0]);
    assert.equal(last, limits.burst + limits.slowed);
  });

  it('is answered again as soon as the notice has said', () => {
    const chat = new Chat();
    const outputs = Array.from({ length: 100 }, () => chat.send('1'));
    const notice = outputs.flatMap(({ replies }) => replies).find((reply) => /lot of messages/.test(reply));
    const minutes = Number(/wait (\d+) min/.exec(notice ?? '')?.[1]);
    assert.ok(minutes >= 1 && minutes <= 5, notice);
    assert.deepEqual(chat.send('menu', 2 * SECOND_MS).replies, []);
    const { replies, delayMs } = chat.send('menu', minutes * MINUTE_MS);
    assert.match(replies.join(), /Welcome/);
    assert.equal(delayMs, undefined);
  });

  it('keeps its place: what was begun before goes on after', () => {
    const chat = new Chat();
    for (const text of ['hi', '1', '1', '100']) chat.send(text, SECOND_MS);
    for (let index = 0; index < 100; index += 1) chat.send(`what ${'?'.repeat(index)} is this`);
    const { effects } = chat.send('1', 5 * MINUTE_MS);
    assert.equal(effects.length, 1);
  });

  it('one message a second is no flood, however long', () => {
    const chat = new Chat();
    for (let index = 0; index < 600; index += 1) {
      const { replies, delayMs } = chat.send(['hi', '1', '1', '100', '2'][index % 5] ?? '', SECOND_MS);
      assert.ok(replies.length > 0 && delayMs === undefined, String(index));
    }
  });

  it('a backlog after a downtime counts for nothing', () => {
    const chat = new Chat();
    const answers = Array.from({ length: 100 }, () => chat.sendStale('hello?').replies).flat();
    assert.equal(answers.length, 1);
    assert.match(chat.send('hi').replies.join(), /Welcome/);
  });
});

describe('customers in a hurry, by the defaults', () => {
  const inHurry: Readonly<Record<string, readonly string[]>> = {
    'says "hi" until something happens': Array.from({ length: 15 }, () => 'hi'),
    'greets in every way there is': [
      'hi',
      'Hi',
      'hello',
      'hello?',
      'habari',
      'mambo',
      'sasa',
      'hi!!',
      'HELLO',
      'menu',
    ],
    'types one amount after the other': [
      '1',
      '1',
      '100',
      '0',
      '50',
      '0',
      '20',
      '0',
      '1000',
      '0',
      '100',
      '0',
      '50',
      '1',
    ],
    'taps yes again and again': ['1', '1', '100', ...Array.from({ length: 20 }, () => '1')],
    'asks where the airtime is': Array.from({ length: 10 }, () => ['3', 'where is my airtime?']).flat(),
    'buys four times in a row': Array.from({ length: 4 }, () => ['hi', '1', '1', '100', '1', '00']).flat(),
  };
  for (const [what, texts] of Object.entries(inHurry)) {
    it(`who ${what} is answered each time, at once`, () => {
      const chat = new Chat();
      for (const [index, text] of texts.entries()) {
        const { replies, delayMs } = chat.send(text, SECOND_MS / 2);
        assert.ok(replies.length > 0, `${index}: ${text} was not answered`);
        assert.equal(delayMs, undefined, `${index}: ${text} was answered late`);
        assert.doesNotMatch(replies.join(), /lot of messages|same message keeps coming/);
      }
    });
  }
});

describe('another machine', () => {
  it('that says the same again and again is told once, then not answered', () => {
    const chat = new Chat();
    const outputs = Array.from({ length: 30 }, () => chat.send(AUTOMATIC, 4 * SECOND_MS));
    const said = outputs.flatMap(({ replies }) => replies);
    assert.equal(said.length, limits.repeats);
    assert.match(said.at(-1) ?? '', /same message keeps coming/);
  });

  it('is known by its words, whatever it counts or adds', () => {
    const chat = new Chat();
    const said = Array.from({ length: 40 }, (_, index) =>
      chat.send(
        index % 2 === 0 ? `Your ticket #${1_000 + index} is waiting in line` : AUTOMATIC,
        4 * SECOND_MS,
      ),
    ).flatMap(({ replies }) => replies);
    assert.ok(said.length <= limits.repeats + 2, String(said.length));
  });

  for (const text of ['1', 'menu', 'Sorry, it is really me now']) {
    it(`a person who says ${JSON.stringify(text)} is answered again`, () => {
      const chat = new Chat();
      for (let index = 0; index < 10; index += 1) chat.send(AUTOMATIC, 4 * SECOND_MS);
      assert.ok(chat.send(text, 4 * SECOND_MS).replies.length > 0);
      assert.ok(chat.send('menu', 4 * SECOND_MS).replies.length > 0);
    });
  }

  it('stickers without end are answered a while only', () => {
    const chat = new Chat();
    const said = Array.from({ length: 60 }, () =>
      chat.sendContent({ kind: 'media', media: 'sticker' }, 2 * SECOND_MS),
    ).flatMap(({ replies }) => replies);
    assert.ok(said.length < 25, String(said.length));
  });

  it('a person who greets, buys and buys again is never taken for one', () => {
    const chat = new Chat();
    for (let round = 0; round < 50; round += 1) {
      for (const text of ['hi', '1', '2', '0700000002', '100', '1', '2']) {
        assert.ok(chat.send(text, 2 * SECOND_MS).replies.length > 0, `${round} ${text}`);
      }
    }
  });

  it('of our own kind: two bots soon leave each other alone, and each hears people again', () => {
    const bots = [new Chat('Duka A'), new Chat('Duka B')] as const;
    let pending = ['hi'];
    let sent = 0;
    for (let turn = 0; pending.length > 0; turn += 1) {
      const bot = bots[turn % 2 === 0 ? 0 : 1];
      const answers = pending.flatMap((text) => bot.send(text, 3 * SECOND_MS).replies);
      sent += answers.length;
      assert.ok(sent < 40, 'they never stop');
      pending = answers;
    }
    for (const bot of bots) assert.match(bot.send('menu', MINUTE_MS).replies.join(), /Welcome to Duka/);
  });
});

it('a chat that is remembered from before counts as calm', () => {
  const state = { v: 1, at: { screen: 'menu', toldBackAt: null } };
  const { replies } = next(
    state,
    { kind: 'text', text: 'hi', sentAt: T0 },
    contextOf({ customerPhone: OWN }),
  );
  assert.match(replies.join(), /Welcome/);
});
