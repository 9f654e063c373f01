import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { waitFor } from '../helpers/wait.ts';
import { Bot, CUSTOMER, SHOP } from './bot.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';
import type { IdShape } from './simulated/types.ts';

describe('a bot on WhatsApp', () => {
  let whatsapp: SimulatedWhatsApp;
  let bot: Bot;

  beforeEach(async () => {
    whatsapp = await SimulatedWhatsApp.start();
    bot = new Bot(whatsapp);
  });

  afterEach(async () => {
    await bot.dispose();
    await whatsapp.close();
  });

  const message = (text: string, chatId = CUSTOMER) => ({
    outboxId: 'ob1',
    chatId,
    text,
    notBefore: Date.now(),
  });

  for (const shape of ['old', 'keys', 'keys-and-wids'] satisfies IdShape[]) {
    it(`logs in, hears and answers where the page writes ids in shape "${shape}"`, async () => {
      whatsapp.idShape = shape;
      await bot.logIn();
      assert.equal(bot.state?.phone, SHOP);
      const { id } = whatsapp.receive(SHOP, { from: CUSTOMER, body: 'hi' });
      const heard = await bot.until(() => bot.heard[0]);
      assert.deepEqual(
        [heard.messageId, heard.chatId, heard.customerPhone, heard.content],
        [id, CUSTOMER, '254700000001', { kind: 'text', text: 'hi' }],
      );
      const { messageId } = await bot.transport.send(message('Karibu'));
      const [sent] = whatsapp.account(SHOP).sent;
      assert.deepEqual([sent?.id, sent?.chat, sent?.body], [messageId, CUSTOMER, 'Karibu']);
      assert.deepEqual(await bot.transport.findSent(message('Karibu')), { messageId });
      assert.equal(await bot.transport.findSent({ ...message('Karibu'), outboxId: 'ob2' }), undefined);
      assert.deepEqual(whatsapp.unknownModules, []);
    });
  }

  it('keeps its login over a restart, and hears what came meanwhile', async () => {
    await bot.logIn();
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'before' });
    const texts = (): unknown[] => bot.heard.map(({ content }) => content.kind === 'text' && content.text);
    await bot.until(() => bot.heard.length > 0);
    await whatsapp.until('the message to be seen', () => !whatsapp.account(SHOP).unread.has(CUSTOMER));
    await bot.stop();
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'first' });
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'second' });
    await bot.start();
    await bot.ready();
    await bot.until(() => texts().includes('second'));
    // What has not been seen yet may be offered again.
    assert.deepEqual([...new Set(texts())], ['before', 'first', 'second']);
    assert.ok(bot.states.every(({ qr }) => qr === undefined));
  });

  it('tells who is behind a LID where WhatsApp does, and answers those whom it does not tell', async () => {
    whatsapp.phonesOfLids.set('4712000000001@lid', '254700000002');
    await bot.logIn();
    whatsapp.receive(SHOP, { from: '4712000000001@lid', body: 'known' });
    whatsapp.receive(SHOP, { from: '4712000000002@lid', body: 'unknown' });
    await bot.until(() => bot.heard.length === 2);
    assert.deepEqual(
      bot.heard.map(({ chatId, customerPhone }) => [chatId, customerPhone]),
      [
        ['4712000000001@lid', '254700000002'],
        ['4712000000002@lid', undefined],
      ],
    );
    await bot.transport.send(message('Karibu', '4712000000002@lid'));
    assert.equal(whatsapp.account(SHOP).sent[0]?.chat, '4712000000002@lid');
  });

  it('leaves groups, status updates, channels and notices alone', async () => {
    await bot.logIn();
    const quiet = ['120363000000000001@g.us', 'status@broadcast', '120363000000000002@newsletter'];
    for (const from of quiet) whatsapp.receive(SHOP, { from, author: CUSTOMER, body: 'hi' });
    for (const type of ['e2e_notification', 'call_log', 'protocol', 'revoked', 'notification_template']) {
      whatsapp.receive(SHOP, { from: CUSTOMER, type });
    }
    whatsapp.receive(SHOP, { from: CUSTOMER, type: 'ptt' });
    const heard = await bot.until(() => bot.heard[0]);
    assert.deepEqual([heard.chatId, heard.content], [CUSTOMER, { kind: 'media', media: 'voice' }]);
  });

  it('reads what stands under a picture', async () => {
    await bot.logIn();
    whatsapp.receive(SHOP, { from: CUSTOMER, type: 'image', body: 'aGk=', fields: { caption: 'menu' } });
    const heard = await bot.until(() => bot.heard[0]);
    assert.deepEqual(heard.content, { kind: 'media', media: 'image', caption: 'menu' });
  });

  it('hears once of each edit and deletion by a customer, and of none of its own or the page’s', async () => {
    await bot.logIn();
    const text = whatsapp.receive(SHOP, { from: CUSTOMER, body: '1' });
    const picture = whatsapp.receive(SHOP, {
      from: CUSTOMER,
      type: 'image',
      body: 'aGk=',
      fields: { caption: 'mine' },
    });
    const group = whatsapp.receive(SHOP, { from: '120363000000000001@g.us', author: CUSTOMER, body: 'hi' });
    await bot.until(() => bot.heard.length === 2);
    const own = await bot.transport.send(message('Karibu'));
    whatsapp.edit(SHOP, own.messageId, 'Karibu sana');
    whatsapp.revoke(SHOP, own.messageId);
    whatsapp.edit(SHOP, group.id, 'hello');
    whatsapp.revoke(SHOP, group.id);
    // The page has loaded a better preview of the picture.
    whatsapp.pagesOf(SHOP)[0]?.push({ type: 'change', id: picture.id, fields: { body: 'aGkh' } });
    whatsapp.edit(SHOP, text.id, '2');
    whatsapp.edit(SHOP, text.id, '100');
    whatsapp.edit(SHOP, picture.id, 'yours');
    whatsapp.revoke(SHOP, text.id);
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'after all of it' });
    await bot.until(() =>
      bot.heard.some(({ content }) => 'text' in content && content.text === 'after all of it'),
    );
    assert.deepEqual(
      bot.heard.slice(2).map(({ chatId, content }) => [chatId, content]),
      [
        [CUSTOMER, { kind: 'edited', text: '2' }],
        [CUSTOMER, { kind: 'edited', text: '100' }],
        [CUSTOMER, { kind: 'edited', text: 'yours' }],
        [CUSTOMER, { kind: 'deleted' }],
        [CUSTOMER, { kind: 'text', text: 'after all of it' }],
      ],
    );
    assert.equal(new Set(bot.heard.map(({ messageId }) => messageId)).size, bot.heard.length);
    assert.ok(bot.heard.every(({ sentAt }) => Math.abs(sentAt - Date.now()) < 60_000));
  });

  it('shows that it is typing for as long as it is told to', async () => {
    await bot.logIn();
    const [page] = whatsapp.pagesOf(SHOP);
    const typed = whatsapp.until('typing', () => page?.typing.includes(CUSTOMER));
    const sending = bot.transport.send({ ...message('Karibu'), typingMs: 1_000 });
    await typed;
    assert.deepEqual(whatsapp.account(SHOP).sent, []);
    await sending;
    assert.equal(whatsapp.account(SHOP).sent.length, 1);
  });

  it('tells two messages with the same text apart, and attempts of one from each other', async () => {
    await bot.logIn();
    const first = { ...message('Karibu'), outboxId: 'ob1' };
    const second = { ...message('Karibu'), outboxId: 'ob2' };
    const sent = await bot.transport.send(first);
    assert.deepEqual(await bot.transport.findSent(first), sent);
    assert.equal(await bot.transport.findSent(second), undefined);
    const again = await bot.transport.send(first);
    assert.notEqual(again.messageId, sent.messageId);
    const other = await bot.transport.send(second);
    assert.deepEqual(await bot.transport.findSent(second), other);
    assert.equal(whatsapp.account(SHOP).sent.length, 3);
  });

  it('logs in by a code typed on the phone', async () => {
    await bot.start();
    await bot.qr();
    const code = await bot.transport.pairingCode(SHOP);
    whatsapp.enterPairingCode(code, SHOP);
    await bot.ready();
  });

  it('asks for a new scan after the device was removed on the phone', async () => {
    await bot.logIn();
    whatsapp.unlink(SHOP);
    const ended = await bot.until(() => bot.states.find(({ state }) => state === 'logged-out'));
    assert.match(ended.reason ?? '', /removed on the phone/);
    whatsapp.scan(await bot.qr(), SHOP);
    await bot.ready();
    assert.deepEqual(bot.fatal, []);
  });

  it('forgets the login when it is told to log out', async () => {
    await bot.logIn();
    await bot.transport.logOut();
    assert.equal(whatsapp.account(SHOP).devices.size, 0);
    await bot.start();
    await bot.qr();
  });

  it('closes the browser when nobody scans', async () => {
    bot.qrCodes = 2;
    await bot.start();
    await bot.qr();
    const page = await whatsapp.until('the page', () => [...whatsapp.pages][0]);
    for (let shown = 0; shown < 2; shown += 1) page.push({ type: 'ref', ref: page.newRef() });
    const ended = await bot.until(() => bot.state?.state === 'logged-out' && bot.state);
    assert.match(ended.reason ?? '', /Nobody scanned/);
    await whatsapp.until('the page to leave', () => whatsapp.pages.size === 0);
  });

  it('does not call a message sent that WhatsApp never acknowledged, nor repeat it', async () => {
    bot = new Bot(whatsapp, { ackMs: 300 });
    await bot.logIn();
    whatsapp.acknowledging = false;
    const karibu = message('Karibu');
    await assert.rejects(bot.transport.send(karibu), /acknowledgement/);
    await assert.rejects(bot.transport.findSent(karibu), /still on its way/);
    const [page] = whatsapp.pagesOf(SHOP);
    page?.push({ type: 'ack', id: whatsapp.account(SHOP).sent[0]?.id, ack: 1 });
    const found = await waitFor('the acknowledgement', () =>
      bot.transport.findSent(karibu).catch(() => undefined),
    );
    assert.equal(found.messageId, whatsapp.account(SHOP).sent[0]?.id);
  });

  it('says for certain that nothing was sent to a number that WhatsApp will not talk to', async () => {
    whatsapp.withoutLid.add('254700000003');
    await bot.logIn();
    await assert.rejects(bot.transport.send(message('Karibu', '254700000003@c.us')), {
      name: 'NotSentError',
    });
    assert.deepEqual(whatsapp.account(SHOP).sent, []);
  });
});
