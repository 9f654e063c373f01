import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const alertsSchema = z.object({
  items: z.array(
    z.object({ id: z.string(), kind: z.string(), title: z.string(), clientId: z.string().nullable() }),
  ),
});

const OWNER = '254700000411';
const OTHER_OWNER = '254700000412';
const PLATFORM_ADMIN = '254700000413';

describe('trouble is told to those who must know, in WhatsApp', () => {
  let product: Product;
  let shop: string;
  let sender: string;
  let nextPhone = 254_700_000_420;
  const newCustomer = () => new Customer(product, shop, String(nextPhone++));
  const openAlerts = async () => (await product.call(alertsSchema, 'GET', '/api/v1/alerts?open=true')).items;
  const change = (path: string, body: object) => product.call(z.unknown(), 'PATCH', `/api/v1${path}`, body);
  const textsTo = async (clientId: string, phone: string) =>
    (await product.messages(clientId, phone)).map(({ text }) => text);

  before(async () => {
    // No browser is there: a bot on WhatsApp cannot start, and says why.
    product = await startProduct({ env: { PUPPETEER_EXECUTABLE_PATH: '/nowhere/chromium' } });
    shop = (await product.sandboxClient('Duka Moja')).id;
    sender = (await product.sandboxClient('Main shop')).id;
    await change(`/clients/${shop}`, { adminPhones: [OWNER] });
    await change(`/clients/${sender}`, { adminPhones: [OTHER_OWNER], alertSender: true });
    await change('/settings', {
      adminPhones: ['0700 000 413'],
      alertSettleSeconds: 0,
      alertUpdateMinutes: 0,
      gatewayDownAlertMinutes: 0,
      alertMessagesPerHour: 60,
      lowFloatKes: 100,
    });
  });
  after(() => product.close());

  async function buy(customer: Customer, amountKes: number): Promise<void> {
    await customer.upToPrompt(amountKes);
    await customer.answer('pay');
    await customer.next(screens.airtime);
  }

  it('purchases drain the float: the platform’s admin is warned through the alert sender, and hears when it is topped up', async () => {
    const admin = new Customer(product, sender, PLATFORM_ADMIN);
    await product.faults({ floatKes: 150 });
    await buy(newCustomer(), 60);
    const warning = await admin.next(/simulated airtime float is low/);
    assert.match(warning, /^⚠️ \*Airtime Bots: attention please\*/);
    assert.match(warning, /KES 90 left/);
    await product.waitFor('the alert', async () =>
      (await openAlerts()).some(({ kind }) => kind === 'float-low'),
    );

    await product.faults({ floatKes: 5_000 });
    await buy(newCustomer(), 10);
    await admin.next(/The float is topped up/);
    assert.deepEqual(await openAlerts(), []);
    // The float is shared: it is no business of either shop's owner.
    assert.deepEqual(await textsTo(shop, OWNER), []);
    assert.deepEqual(await textsTo(sender, OTHER_OWNER), []);
  });

  it('an order that needs attention is told to the shop’s owner by his own bot, and not again after a restart', async () => {
    const owner = new Customer(product, shop, OWNER);
    const unhappy = async () => {
      const customer = newCustomer();
      await product.faults({ statum: { mode: 'garbage', times: 1 } });
      await customer.upToPrompt(20);
      await customer.answer('pay');
      await customer.next(/is not confirmed/);
    };
    await unhappy();
    const first = await owner.next(/Duka Moja: 1 order needs attention/);
    const [order] = await product.orders({ status: 'attention' });
    assert.ok(first.includes(order?.orderNo ?? 'no order'), first);
    const admin = new Customer(product, sender, PLATFORM_ADMIN);
    await admin.next(/Duka Moja: 1 order needs attention/);

    await product.kill('SIGKILL');
    await product.restart();
    await product.readyClient(shop);
    await unhappy();
    await owner.next(/Duka Moja: 2 orders need attention/);
    const told = await textsTo(shop, OWNER);
    assert.equal(told.length, 2, told.join('\n---\n'));
    assert.deepEqual(await textsTo(shop, PLATFORM_ADMIN), []);
    assert.deepEqual(await textsTo(sender, OTHER_OWNER), []);

    for (const { orderNo } of await product.orders({ status: 'attention' }))
      await product.call(z.unknown(), 'POST', `/api/v1/orders/${orderNo}/actions`, {
        action: 'mark-delivered',
        reason: 'seen in the Statum account',
      });
    await owner.next(/No order needs attention any more|no order needs attention any more/);
    assert.deepEqual(await openAlerts(), []);
  });

  it('a gateway that stops working is told to the platform’s admin, and that it works again', async () => {
    const admin = new Customer(product, sender, PLATFORM_ADMIN);
    const customer = newCustomer();
    await customer.upToPrompt(20);
    await product.faults({ shadowPay: { mode: 'error-500', op: 'status' } });
    const warning = await admin.next(/Shadow Pay \(M-Pesa\), simulated has not worked since \d\d:\d\d/);
    assert.match(warning, /no money is lost/);
    await product.faults({ shadowPay: { mode: 'ok' } });
    await customer.answer('pay');
    await customer.next(screens.airtime);
    await admin.next(/The gateway works again/);
    assert.deepEqual(await openAlerts(), []);
  });

  it('keys that a gateway refuses are told, and that it takes them again', async () => {
    const admin = new Customer(product, sender, PLATFORM_ADMIN);
    const customer = newCustomer();
    await customer.upToPrompt(20);
    await product.faults({ statum: { mode: 'error-401', op: 'airtime', times: 1 } });
    await customer.answer('pay');
    await admin.next(/Statum \(airtime\), simulated refuses the keys/);
    await product
      .waitFor('the order that waits', async () => {
        const [order] = await product.orders({ status: 'attention' });
        return order?.delivery.state === 'held' && order;
      })
      .then(({ orderNo }) =>
        product.call(z.unknown(), 'POST', `/api/v1/orders/${orderNo}/actions`, {
          action: 'resend',
          reason: 'the keys are right again',
        }),
      );
    await customer.next(screens.airtime);
    await admin.next(/The gateway takes the keys again/);
    await product.waitFor('all alerts to be over', async () => (await openAlerts()).length === 0);
  });

  it('a disk that is nearly full is told before selling stops', async () => {
    const admin = new Customer(product, sender, PLATFORM_ADMIN);
    // More than any disk has.
    await change('/settings', { lowDiskMegabytes: 1_000_000_000 });
    await admin.next(/The disk is nearly full/);
    await change('/settings', { lowDiskMegabytes: 0 });
    await admin.next(/The disk has room again/);
  });

  it('a bot that cannot start is told to the platform’s admin with the reason, and is no trouble once it is stopped', async () => {
    const admin = new Customer(product, sender, PLATFORM_ADMIN);
    const body = { name: 'No browser', mode: 'test' };
    const { id } = await product.call(z.object({ id: z.string() }), 'POST', '/api/v1/clients', body);
    const warning = await admin.next(/No browser: the bot is down/);
    assert.match(warning, /\/nowhere\/chromium/);
    await product.call(z.unknown(), 'POST', `/api/v1/clients/${id}/stop`);
    await product.waitFor('the alert to be over', async () => (await openAlerts()).length === 0);
    for (const owner of [OWNER, OTHER_OWNER])
      assert.ok(
        !(await textsTo(shop, owner))
          .concat(await textsTo(sender, owner))
          .some((text) => /No browser/.test(text)),
      );
  });
});
