import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { HOUR_MS } from '../../shared/clock.ts';
import { Bot, CUSTOMER, SHOP } from './bot.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';
import type { PageCommand } from './simulated/types.ts';

/** Each message is heard, whatever becomes of its event. No test here is saved by the look for unread messages from time to time. */
describe('a bot on WhatsApp hears', () => {
  let whatsapp: SimulatedWhatsApp;
  let bot: Bot;

  before(async () => {
    whatsapp = await SimulatedWhatsApp.start();
    bot = new Bot(whatsapp, { unreadEveryMs: HOUR_MS, loadAgainMs: 1_500 });
    await bot.logIn();
  });

  beforeEach(async () => {
    // A message may be heard a moment before the bot says that it is ready again.
    await bot.ready();
    bot.states.splice(0, bot.states.length - 1);
    bot.heard.length = 0;
  });

  after(async () => {
    await bot.dispose();
    await whatsapp.close();
  });

  const heard = (text: string): Promise<unknown> =>
    bot.until(() => bot.heard.find(({ content }) => 'text' in content && content.text === text));

  function command(what: PageCommand): void {
    const [page] = whatsapp.pagesOf(SHOP);
    assert.ok(page, 'the shop has a page');
    page.command(what);
  }

  it('what comes after the page was loaded anew and before anybody listens there', async () => {
    whatsapp.beforeListening.push({ from: CUSTOMER, body: 'just before' });
    command({ do: 'reload' });
    await heard('just before');
    assert.equal(bot.heard.length, 1);
    assert.deepEqual(bot.fatal, []);
  });

  it('what the page told nobody, as soon as the same customer has an answer to something else', async () => {
    whatsapp.receiveUnheard(SHOP, { from: CUSTOMER, body: 'untold' });
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'told' });
    await heard('told');
    await heard('untold');
    await whatsapp.until('the chat to be seen', () => !whatsapp.account(SHOP).unread.has(CUSTOMER));
    assert.equal(bot.heard.length, 2);
  });

  it('what comes to a page in which loading was broken off, after it was begun anew', async () => {
    whatsapp.halfLoaded = true;
    command({ do: 'reload' });
    await bot.until(() => bot.states.some(({ state }) => state === 'reconnecting'));
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'to half a page' });
    await heard('to half a page');
    await bot.ready();
    assert.deepEqual(bot.fatal, []);
  });

  for (const [what, change] of [
    ['the address has changed', { do: 'change-address', url: '/?another=chat' }],
    ['a frame was loaded', { do: 'load-frame' }],
  ] satisfies [string, PageCommand][]) {
    it(`what comes after ${what}, without a moment in which it is not ready`, async () => {
      command(change);
      whatsapp.receive(SHOP, { from: CUSTOMER, body: what });
      await heard(what);
      await bot.transport.send({ outboxId: what, chatId: CUSTOMER, text: 'Karibu', notBefore: Date.now() });
      assert.deepEqual(
        bot.states.map(({ state }) => state),
        ['ready'],
      );
    });
  }

  it('what comes to a page that was replaced while its listeners were put in', async () => {
    for (const n of [1, 4, 9]) {
      command({ do: 'reload' });
      await bot.until(() => bot.states.some(({ state }) => state === 'reconnecting'));
      const page = await whatsapp.until('a new page', () => whatsapp.pagesOf(SHOP)[0]);
      page.command({ do: 'reload-at-function', n });
      await whatsapp.until('yet another page', () => whatsapp.pagesOf(SHOP).some(({ id }) => id !== page.id));
      whatsapp.receive(SHOP, { from: CUSTOMER, body: `after ${n}` });
      await heard(`after ${n}`);
      await bot.ready();
      bot.states.length = 0;
    }
    assert.deepEqual(bot.fatal, []);
  });
});
