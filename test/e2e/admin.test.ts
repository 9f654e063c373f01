import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { apiClientSchema } from '../helpers/api-shapes.ts';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const ADMIN = '254700000099';
const menu = /🛠️/;
const confirm = /Please confirm/;
const auditSchema = z.object({ items: z.array(z.object({ by: z.string(), action: z.string() })) });

describe('the owner runs the shop from WhatsApp', () => {
  let product: Product;
  let clientId: string;
  let admin: Customer;
  let nextPhone = 254_700_000_000;
  const newCustomer = () => new Customer(product, clientId, String(nextPhone++));
  const clientPath = () => `/api/v1/clients/${clientId}`;

  before(async () => {
    product = await startProduct();
    clientId = (await product.sandboxClient('Mama Njeri Airtime')).id;
    await product.call(apiClientSchema, 'PATCH', clientPath(), { adminPhones: ['0700 000 099'] });
    admin = new Customer(product, clientId, ADMIN);
    await admin.say('hi', menu);
  });
  after(async () => {
    const differences = await audit(product).finally(() => product.close());
    assert.deepEqual(differences, []);
  });

  it('bans a customer, who hears the shop’s own words, and lets him in again', async () => {
    const customer = newCustomer();
    await product.call(apiClientSchema, 'PATCH', clientPath(), {
      overrides: { banMessage: 'We do not sell to you.' },
    });
    await customer.upToConfirm(50);
    await admin.say('00', menu);
    await admin.say('6', /Nobody is banned/);
    await admin.say('1', /Who is to be banned/);
    await admin.say(`0${customer.phone.slice(3)}`, /Why\?/);
    await admin.say('Reversed a payment', confirm);
    await admin.say('1', /is banned/);
    // His confirm screen was shown before; its yes buys nothing any more.
    assert.equal(
      await customer.say('1', /We do not sell/),
      'We do not sell to you.\n\nReason: Reversed a payment',
    );
    assert.deepEqual(await product.orders({ q: customer.phone }), []);
    await admin.say('1', /Unban/);
    await admin.say('2', confirm);
    await admin.say('1', /is not banned any more/);
    await customer.say('hi', screens.menu);
    const { items } = await product.call(auditSchema, 'GET', '/api/v1/audit?limit=5');
    assert.deepEqual(
      items.filter(({ by }) => by === ADMIN).map(({ action }) => action),
      ['ban.lift', 'ban.add'],
    );
  });

  it('changes the price, and the next confirm shows it', async () => {
    const customer = newCustomer();
    await admin.say('00', menu);
    await admin.say('7', /Settings/);
    await admin.say('2', /Discount: 0/);
    await admin.say('3', /Now: \*0/);
    await admin.say('1', /Type the new number/);
    await admin.say('10 %', confirm);
    await admin.say('1', /Saved/);
    assert.match(await customer.upToConfirm(50), /KES 45/);
  });

  it('refunds an order whose airtime failed, and the customer is told', async () => {
    const customer = newCustomer();
    await product.faults({ statum: { mode: 'error-500', times: 1 } });
    await customer.upToPrompt(60);
    await customer.answer('pay');
    await customer.next(/is not confirmed/);
    const [order] = await product.orders({ q: customer.phone });
    assert.ok(order);
    await admin.say('00', /1.* need attention/);
    await admin.say('1', /Need attention \(1\)/);
    await admin.say('1', new RegExp(order.orderNo));
    await admin.say('1', /Mark as refunded/);
    await admin.say('4', /How much did you send back/);
    await admin.say('1', /M-Pesa code of your refund/);
    await admin.say('RF11AAAAAA', confirm);
    await admin.say('1', /marked as refunded/);
    await customer.next(/sent KES 54 back by M-Pesa, code RF11AAAAAA/);
    assert.equal((await product.orders({ q: customer.phone }))[0]?.status, 'refunded');
  });

  it('has texts of its own on the dashboard, which customers read from then on, in news of an order too', async () => {
    const put = (key: string, text: string) =>
      product.call(z.unknown(), 'PUT', `/api/v1/texts/${key}`, { text, clientId });
    const customer = newCustomer();
    await put('menu', 'Karibu {shop}! 1️⃣ Buy airtime{again}');
    await put('noticePaid', 'Asante! {orderNo}: {price}{receipt}');
    assert.match(await customer.say('hi', screens.menu), /^Karibu Mama Njeri Airtime!/);
    await customer.say('1', screens.who);
    await customer.say('1', screens.amount);
    await customer.say('40', screens.confirm);
    await customer.say('1', screens.ordering);
    await customer.answer('pay');
    await customer.next(/^Asante! [A-Z0-9]{8}: KES 36/);
    await customer.next(screens.airtime);
  });

  it('restarts the bot, which goes on where it was', async () => {
    await admin.say('00', menu);
    const { pid } = await product.call(apiClientSchema, 'GET', clientPath());
    await admin.say('8', /ready/);
    await admin.say('1', confirm);
    await admin.say('1', /restarts now/);
    await product.waitFor('a new worker', async () => {
      const now = await product.call(apiClientSchema, 'GET', clientPath());
      return now.pid !== pid && now.state === 'ready';
    });
    await admin.say('1', /Bot/);
  });

  it('is the only one who can: a customer’s words lead nowhere', async () => {
    const customer = newCustomer();
    await customer.say('hi', screens.menu);
    for (const words of ['admin', 'staff', 'admin menu', '5', '8', 'restart', 'pause']) {
      assert.doesNotMatch(await customer.say(words), /🛠️|admin|Settings|Pause|Float/i, words);
    }
    const client = await product.call(apiClientSchema, 'GET', clientPath());
    assert.equal(client.paused, false);
  });
});
