import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../shared/clock.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

describe('a conversation', () => {
  let product: Product;
  let clientId: string;

  before(async () => {
    product = await startProduct();
    clientId = (await product.sandboxClient('Duka la Mama')).id;
  });
  after(() => product.close());

  const override = (overrides: object) =>
    product.call(z.unknown(), 'PATCH', `/api/v1/clients/${clientId}`, { overrides });

  it('in Swahili, with supervisor and worker killed in the middle, tells of the order in Swahili too', async () => {
    const customer = new Customer(product, clientId, '0700000021');
    await customer.say('hi', /4️⃣ Kiswahili/);
    await customer.say('4', /Karibu Duka la Mama/);
    await customer.say('1', /Airtime ni ya nani/);
    await customer.say('1', /Airtime ya shilingi ngapi/);
    await product.kill('SIGKILL');
    await product.restart();
    await product.readyClient(clientId);
    await customer.say('sh 100', /Tafadhali thibitisha/);
    await product.killWorker(clientId);
    await customer.say('ndiyo', /Tunatuma ombi la M-Pesa/);
    await customer.answer('pay');
    await customer.next(/tumepokea \*?KES 100/);
    await customer.next(/mtandao umepokea airtime|imefika/);
    assert.equal(await customer.airtimeKes(), 100);
    await customer.say('tena', /Tafadhali thibitisha/);
  });

  it('takes a shared contact and words beneath a picture; edits and deletions buy and cancel nothing', async () => {
    const customer = new Customer(product, clientId, '0700000024');
    await customer.attach({ media: { kind: 'voice' } });
    await customer.next(screens.menu);
    await customer.attach({ media: { kind: 'image', caption: 'buy' } });
    await customer.next(screens.who);
    await customer.attach({ contact: { name: 'Mama', phones: ['+254 700 000 025'] } });
    await customer.next(screens.amount);
    const amount = await customer.send('50');
    await customer.next(screens.payer);
    await customer.say('1', /Please confirm.*0700 000 025/s);
    await customer.edit(amount, '1');
    await customer.next(/changed an earlier message/);
    assert.deepEqual((await product.phone(customer.phone)).prompt, null);
    const confirm = await customer.send('1');
    await customer.next(screens.prompted);
    await customer.edit(amount, '500');
    await customer.next(/changed an earlier message.*KES 50 /s);
    await customer.delete(confirm);
    await customer.next(/Deleting a message cancels nothing/);
    await customer.answer('pay');
    await customer.next(screens.airtime);
    assert.equal((await product.phone('254700000025')).airtimeKes, 50);
    const paid = (await product.ledger()).prompts.filter(({ phone }) => phone === '254700000024');
    assert.deepEqual(
      paid.map(({ amountKes, state }) => [amountKes, state]),
      [[50, 'paid']],
    );
  });

  it('on a closed day says when the shop opens, and sells again when it does', async () => {
    const customer = new Customer(product, clientId, '0700000022');
    // Two days, so that midnight in between changes nothing.
    const [today, tomorrow] = [0, 1].map((days) =>
      new Date(Date.now() + 3 * HOUR_MS + days * DAY_MS).toISOString().slice(0, 10),
    );
    await override({ closedDays: `${today}, ${tomorrow}`, language: 'sw' });
    await customer.say('habari', /imefungwa kwa sasa.\*\nTutafungua \S.* usiku/);
    await customer.say('1', /imefungwa/);
    await override({ closedDays: '', language: 'sw' });
    await customer.say('1', /Airtime ni ya nani/);
  });

  it('stops answering a flood with one notice, also after a restart', async () => {
    const customer = new Customer(product, clientId, '0700000023');
    await override({ messagesInARow: 5, messagesSlowed: 0, messagesPerMinute: 1 });
    for (const text of ['hi', '3', '2', '00', '3', '2', '00', '3', 'hi']) await customer.send(text);
    await customer.next(/lot of messages/);
    await product.kill('SIGKILL');
    await product.restart();
    await product.readyClient(clientId);
    await customer.send('menu');
    // Whatever the silent chat was to hear has been said by the time a new one is answered.
    await new Customer(product, clientId, '0700000026').say('hi', /Welcome/);
    const heard = (await customer.history()).filter(({ direction }) => direction === 'out');
    assert.equal(heard.length, 6);
    assert.equal(heard.filter(({ text }) => /lot of messages/.test(text)).length, 1);
  });
});
