import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

/** What is neither an amount nor a choice on the amount screen. */
const badAmounts = [
  ...[
    '-50',
    '1e3',
    '10.999',
    'KES.100',
    '٥٠',
    '99999999',
    '4',
    '10001',
    '1.5',
    '0x64',
    '1,00',
    '5 0',
    '--',
    '+50',
  ],
  ...['Infinity', 'NaN', 'null', '¼', '100 200', 'fifty', '💯', '𝟝𝟘', '50;drop', '5\u202e0'],
];
const badPhones = [
  ...[
    '0712',
    '07000000019',
    '0201234567',
    '+14155550100',
    '0109123456',
    '070000000l',
    'O700000001',
    '٠٧٠٠٠٠٠٠٠١',
  ],
  ...['254700000', '+254 20 1234567', '0700000001 ext 5', 'my number', '0700000001,0700000001', '999'],
];
const hostileTexts = [
  ...[
    ' ',
    '\n\n',
    '\u200b',
    '<script>alert(1)</script>',
    '{{7*7}}',
    '$' + '{process.exit()}',
    '__proto__',
    'constructor',
  ],
  ...[
    '{"type":"create-order"}',
    '*_~`'.repeat(50),
    '\u202e\u0000\u0007',
    '%s%n',
    '../../etc/passwd',
    '😀'.repeat(500),
  ],
  'A'.repeat(4_000),
];

describe('input that makes no sense gets a helpful answer and never an order', () => {
  let product: Product;
  let clientId: string;
  let nextPhone = 254_700_000_100;
  const newCustomer = () => new Customer(product, clientId, String(nextPhone++));

  before(async () => {
    product = await startProduct();
    clientId = (await product.sandboxClient()).id;
  });
  after(async () => {
    const [orders, ledger] = await Promise.all([product.orders(), product.ledger()]).finally(() =>
      product.close(),
    );
    assert.deepEqual([orders, ledger.prompts, ledger.topUps], [[], [], []]);
  });

  it('amounts: the answer says what an amount looks like, and the screen stays', async () => {
    await Promise.all(
      badAmounts.map(async (text) => {
        const customer = newCustomer();
        await customer.say('hi', screens.menu);
        await customer.say('1', screens.who);
        await customer.say('1', screens.amount);
        assert.match(
          await customer.say(text),
          /\d/,
          `the answer to ${JSON.stringify(text)} gives no example`,
        );
        await customer.say('75', screens.confirm);
        await customer.say('2', /Nothing was charged/);
      }),
    );
  });

  it('phones: the answer says what a number looks like, and the screen stays', async () => {
    await Promise.all(
      badPhones.map(async (text) => {
        const customer = newCustomer();
        await customer.say('hi', screens.menu);
        await customer.say('1', screens.who);
        await customer.say('2', screens.otherNumber);
        assert.match(
          await customer.say(text),
          /07\d\d \d{3} \d{3}/,
          `the answer to ${JSON.stringify(text)} gives no example`,
        );
        await customer.say('0700 000 001', screens.amount);
      }),
    );
  });

  it('empty, huge and hostile texts: answered at the menu and on the confirm screen', async () => {
    await Promise.all(
      hostileTexts.map(async (text) => {
        const customer = newCustomer();
        await customer.say('hi', screens.menu);
        await answeredOrRefused(customer, text);
        await customer.upToConfirm(75);
        await answeredOrRefused(customer, text);
        await customer.say('2', /Nothing was charged/);
      }),
    );
  });

  /** The sandbox API may refuse what no phone can send (an empty text); what it takes, the bot must answer. */
  async function answeredOrRefused(customer: Customer, text: string): Promise<void> {
    const path = `/api/v1/sandbox/${clientId}/messages`;
    const { status } = await product.api('POST', path, { from: customer.phone, text });
    if (status === 422) return;
    assert.equal(status, 202);
    const answer = await customer.next();
    assert.ok(
      answer.length <= 2_000,
      `the answer to ${JSON.stringify(text.slice(0, 40))} is ${answer.length} long`,
    );
  }
});
