import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readPictureHead } from '../../shared/picture.ts';
import { type OutgoingMessage, PictureError } from '../../worker/chat/transport.ts';
import { aPicture } from '../helpers/a-picture.ts';
import { Bot, CUSTOMER, SHOP } from './bot.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

describe('a picture with words beneath it, on WhatsApp,', () => {
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

  const message = (bytes = aPicture(), outboxId = 'ob1'): OutgoingMessage => ({
    outboxId,
    chatId: CUSTOMER,
    text: 'Karibu *Duka*',
    notBefore: Date.now(),
    picture: { id: 'a', type: 'image/png', load: async () => bytes.toString('base64') },
  });

  const sent = () => whatsapp.account(SHOP).sent;

  it('arrives as one message, is found again, and is what was sent', async () => {
    await bot.logIn();
    const { messageId } = await bot.transport.send(message(aPicture({ widthPx: 64, heightPx: 48 })));
    assert.deepEqual(
      sent().map(({ id, type, chat, fields }) => [id, type, chat, fields?.caption]),
      [[messageId, 'image', CUSTOMER, 'Karibu *Duka*']],
    );
    const arrived = whatsapp.uploaded.get(String(sent()[0]?.fields?.directPath));
    assert.deepEqual(arrived && readPictureHead(arrived.bytes), {
      type: 'image/jpeg',
      widthPx: 64,
      heightPx: 48,
    });
    assert.deepEqual(await bot.transport.findSent(message()), { messageId });
    assert.equal(await bot.transport.findSent(message(aPicture(), 'ob2')), undefined);
    assert.deepEqual(whatsapp.unknownModules, []);
  });

  it('is found when its sending failed after it was sent', async () => {
    whatsapp.failsAfterSending = 1;
    await bot.logIn();
    await assert.rejects(bot.transport.send(message()), (error) => !(error instanceof PictureError));
    const found = await bot.transport.findSent(message());
    assert.deepEqual([found?.messageId], [sent()[0]?.id]);
    assert.equal(sent().length, 1);
  });

  it('waits for those before it; where they hang, its words do not wait long', async () => {
    whatsapp.uploads = 'unanswered';
    bot.timings = { pictureMs: 3_000, pictureTurnMs: 200 };
    await bot.logIn();
    const send = (outboxId: string) => bot.transport.send(message(aPicture(), outboxId));
    const hanging = ['ob1', 'ob2'].map((outboxId) => assert.rejects(send(outboxId), /is not ready/));
    await assert.rejects(
      send('ob3'),
      (error) => error instanceof PictureError && /its turn did not come/.test(error.message),
    );
    await Promise.all(hanging);
    whatsapp.uploads = 'taken';
    await send('ob4');
    assert.deepEqual(
      sent().map(({ type }) => type),
      ['image'],
    );
  });

  for (const [what, prepare, bytes] of [
    ['cannot be drawn', () => undefined, aPicture().subarray(0, 33)],
    ['is not taken by WhatsApp’s servers', () => (whatsapp.uploads = 'refused'), aPicture()],
    [
      'is not answered by WhatsApp’s servers',
      () => {
        whatsapp.uploads = 'unanswered';
        // Only here: elsewhere a machine that is merely slow must not be taken for servers that are silent.
        bot.timings = { pictureMs: 3_000 };
      },
      aPicture(),
    ],
    ['is refused together with its message', () => (whatsapp.refusingPictures = true), aPicture()],
    [
      'goes ways that WhatsApp’s page does not have any more',
      () => whatsapp.missingModules.add('WAWebPrepRawMedia'),
      aPicture(),
    ],
  ] as const) {
    it(`leaves its words to be sent alone when it ${what}`, async () => {
      prepare();
      await bot.logIn();
      await assert.rejects(bot.transport.send(message(bytes)), PictureError);
      assert.equal(await bot.transport.findSent(message(bytes)), undefined);
      const { messageId } = await bot.transport.send({ ...message(), picture: undefined });
      assert.deepEqual(
        sent().map(({ id, type, body }) => [id, type, body]),
        [[messageId, 'chat', 'Karibu *Duka*']],
      );
      assert.deepEqual(await bot.transport.findSent(message(bytes)), { messageId });
    });
  }
});
