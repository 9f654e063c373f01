import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { aPicture } from '../helpers/a-picture.ts';
import { screens } from '../helpers/customer.ts';
import type { Product } from '../helpers/product.ts';
import { loggedInClient, startOnWhatsApp, WhatsAppCustomer } from './shop.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

const PHONE = '254700000001';

describe('the product on WhatsApp, in mode test', () => {
  let whatsapp: SimulatedWhatsApp;
  let product: Product;

  beforeEach(async () => {
    whatsapp = await SimulatedWhatsApp.start();
    product = await startOnWhatsApp(whatsapp);
  });

  afterEach(async () => {
    await product.close();
    await whatsapp.close();
  });

  it('sells airtime by chat after the first scan, and goes on after a restart without another one', async () => {
    const { id } = await loggedInClient(product, whatsapp);
    const customer = new WhatsAppCustomer(whatsapp, `${PHONE}@c.us`);
    assert.match(await customer.say('hi', screens.menu), /TEST MODE/);
    await customer.say('1', screens.who);
    await customer.say('1', screens.amount);
    await customer.say('50', screens.confirm);

    await product.stop();
    await product.restart();
    await product.readyClient(id);

    await customer.say('1', /Sending a simulated M-Pesa prompt/);
    await product.waitFor('the prompt', async () => (await product.phone(PHONE)).prompt);
    await product.api('POST', `/api/v1/sandbox/phones/${PHONE}/prompt`, { answer: 'pay' });
    await customer.next(screens.airtime);
    assert.equal((await product.phone(PHONE)).airtimeKes, 50);
    assert.deepEqual(customer.answers().length, new Set(customer.answers()).size);
    assert.deepEqual(whatsapp.unknownModules, []);
  });

  it('shows its picture with the first menu, once; where WhatsApp does not take it, the menu comes alone, once', async () => {
    const { id } = await loggedInClient(product, whatsapp);
    await product.givePicture(id, aPicture({ widthPx: 64, heightPx: 48 }));
    const customer = new WhatsAppCustomer(whatsapp, `${PHONE}@c.us`);
    await customer.say('hi', screens.menu);
    await customer.say('00', screens.menu);
    assert.deepEqual(customer.types(), ['image', 'chat']);
    assert.equal(whatsapp.uploaded.size, 1);

    whatsapp.uploads = 'refused';
    const other = new WhatsAppCustomer(whatsapp, '254700000002@c.us');
    await other.say('hi', screens.menu);
    await other.say('1', screens.who);
    assert.deepEqual(other.types(), ['chat', 'chat']);

    // Nobody knows whether it went out: it is looked for, and found.
    whatsapp.uploads = 'taken';
    whatsapp.failsAfterSending = 1;
    await product.killWorker(id);
    await product.readyClient(id);
    const third = new WhatsAppCustomer(whatsapp, '254700000003@c.us');
    await third.say('hi', screens.menu);
    await third.say('1', screens.who);
    assert.deepEqual(third.types(), ['image', 'chat']);
    assert.deepEqual(whatsapp.unknownModules, []);
  });

  it('sells to a customer whose number WhatsApp hides; an edit buys nothing before or after the confirm, a deletion undoes nothing', async () => {
    await loggedInClient(product, whatsapp);
    const customer = new WhatsAppCustomer(whatsapp, '4712000000002@lid');
    await customer.say('hi', screens.menu);
    await customer.say('1', screens.who);
    await customer.say('1', /What is your phone number/);
    await customer.say('0700 000 001', screens.amount);
    const amount = customer.send('50');
    await customer.next(screens.confirm);
    customer.edit(amount, '1');
    await customer.next(/You changed an earlier message.*nothing has changed/s);
    assert.equal((await product.phone(PHONE)).prompt, null);

    // Long enough after the price was shown to have read it.
    const confirm = customer.send('1', Date.now() + 1_000);
    await customer.next(/Sending a simulated M-Pesa prompt/);
    await product.waitFor('the prompt', async () => (await product.phone(PHONE)).prompt);
    customer.edit(amount, '500');
    await customer.next(/You changed an earlier message.*KES 50/s);
    customer.edit(confirm, '2');
    await customer.next(/You changed an earlier message.*KES 50/s);
    customer.revoke(confirm);
    await customer.next(/Deleting a message cancels nothing.*KES 50/s);

    await product.api('POST', `/api/v1/sandbox/phones/${PHONE}/prompt`, { answer: 'pay' });
    await customer.next(screens.airtime);
    assert.deepEqual(
      (await product.ledger()).prompts.map(({ amountKes, state }) => [amountKes, state]),
      [[50, 'paid']],
    );
    assert.equal((await product.phone(PHONE)).airtimeKes, 50);
  });
});
