import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import whatsappWeb from 'whatsapp-web.js';
import { browserPath } from '../helpers/browser.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

const SHOP = '254700000099';
const CUSTOMER = '254700000001@c.us';

/** What the simulation is worth: the library from npm, as it is, logs in, hears and speaks through it in a real Chromium. */
describe('the unmodified library on the simulated WhatsApp Web', () => {
  let whatsapp: SimulatedWhatsApp;
  let folder: ReturnType<typeof temporaryFolder>;
  let client: whatsappWeb.Client;

  beforeEach(async () => {
    whatsapp = await SimulatedWhatsApp.start();
    folder = temporaryFolder('library');
    client = plainClient();
  });

  afterEach(async () => {
    await client.destroy();
    await whatsapp.close();
    folder.remove();
  });

  function plainClient(): whatsappWeb.Client {
    return new whatsappWeb.Client({
      authStrategy: new whatsappWeb.LocalAuth({ dataPath: folder.path }),
      webVersionCache: { type: 'none' },
      puppeteer: {
        executablePath: browserPath(),
        pipe: true,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...whatsapp.chromeArgs],
      },
    });
  }

  async function logIn(): Promise<void> {
    const shown = once(client, 'qr');
    const ready = once(client, 'ready');
    // A login that is quicker than initialize() is missed by the library, so nobody scans before that.
    await client.initialize();
    const [qr] = await shown;
    whatsapp.scan(qr, SHOP);
    await ready;
  }

  it('logs in by QR code, answers, and comes back without one', async () => {
    whatsapp.idShape = 'old';
    await logIn();
    assert.equal(client.info.wid._serialized, `${SHOP}@c.us`);
    client.on('message', (message) => void message.reply(`Echo ${message.body}`));
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'hi' });
    const [reply] = await whatsapp.until(
      'the echo',
      () => whatsapp.account(SHOP).sent.length > 0 && whatsapp.account(SHOP).sent,
    );
    assert.deepEqual([reply?.chat, reply?.body], [CUSTOMER, 'Echo hi']);
    await client.destroy();

    client = plainClient();
    client.on('qr', () => assert.fail('a login that was kept asks for no QR code'));
    whatsapp.syncDelayMs = 500;
    const ready = once(client, 'ready');
    await client.initialize();
    await ready;
    assert.deepEqual(whatsapp.unknownModules, []);
  });

  it('breaks on today’s message keys in the ways that were measured', async () => {
    whatsapp.idShape = 'keys';
    await logIn();
    const heard = once(client, 'message');
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'hi' });
    const [message] = await heard;
    assert.equal(message.id._serialized, undefined);
    assert.equal(message.from, CUSTOMER);
    assert.equal(await client.sendMessage(CUSTOMER, 'delivered, but who knows'), undefined);
    await whatsapp.until('the message', () => whatsapp.account(SHOP).sent.length === 1);
    await assert.rejects(client.getChats());
  });
});
