import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MINUTE_MS } from '../../shared/clock.ts';
import type { PromptAnswer } from '../../shared/world.ts';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

describe('a customer buys airtime', () => {
  let product: Product;
  let clientId: string;
  let nextPhone = 254_700_000_000;
  const newCustomer = () => new Customer(product, clientId, String(nextPhone++));

  before(async () => {
    product = await startProduct();
    clientId = (await product.sandboxClient('Mama Njeri Airtime')).id;
  });
  after(async () => {
    const differences = await audit(product).finally(() => product.close());
    assert.deepEqual(differences, []);
  });

  describe('in an ordinary way', { concurrency: true }, () => {
    it('for herself in five messages, is charged once and told each step', async () => {
      const customer = newCustomer();
      await customer.upToConfirm(50);
      const ordering = await customer.say('1', screens.ordering);
      assert.match(ordering, /KES 50/);
      await customer.next(screens.prompted);
      assert.equal((await customer.prompt()).amountKes, 50);
      await customer.answer('pay');
      assert.match(await customer.next(screens.paid), /KES 50/);
      await customer.next(screens.airtime);
      assert.equal(customer.sent, 5);
      assert.equal(await customer.airtimeKes(), 50);
      const [order, ...more] = await product.orders({ q: customer.phone });
      assert.equal(more.length, 0);
      assert.equal(order?.status, 'delivered');
      assert.match(order?.payment.receipt ?? '', /^[A-Z0-9]{10}$/);
      assert.deepEqual(await customer.repeats(), []);
    });

    it('for someone else, paid from a third phone: the buyer is told, the friend gets the airtime', async () => {
      const buyer = newCustomer();
      const payer = newCustomer();
      const friend = newCustomer();
      await buyer.say('hi', screens.menu);
      await buyer.say('1', screens.who);
      await buyer.say('2', screens.otherNumber);
      await buyer.say(`0${friend.phone.slice(3)}`, screens.amount);
      await buyer.say('120', screens.payer);
      await buyer.say(`+${payer.phone}`, screens.confirm);
      await buyer.say('1', screens.ordering);
      await payer.answer('pay');
      await buyer.next(screens.airtime);
      assert.equal(await friend.airtimeKes(), 120);
      assert.equal(await buyer.airtimeKes(), 0);
      assert.deepEqual([...(await payer.history()), ...(await friend.history())], []);
    });

    const declines: ReadonlyArray<{ answer: PromptAnswer['answer']; told: RegExp }> = [
      { answer: 'cancel', told: /cancelled\. Nothing was charged/ },
      { answer: 'wrong-pin', told: /PIN was wrong\. Nothing was charged/ },
      { answer: 'no-funds', told: /not enough money on M-Pesa\. Nothing was charged/ },
    ];
    it('after a cancelled prompt, a wrong PIN or too little money, by one more message', async () => {
      await Promise.all(
        declines.map(async ({ answer, told }) => {
          const customer = newCustomer();
          await customer.upToPrompt(30);
          await customer.answer(answer);
          const text = await customer.next(told);
          assert.match(text, screens.tryAgain);
          assert.deepEqual(
            (await product.orders({ q: customer.phone })).map(({ status }) => status),
            ['failed'],
          );
          await customer.say('1', screens.ordering);
          await customer.answer('pay');
          await customer.next(screens.airtime);
          assert.equal(await customer.airtimeKes(), 30);
          const statuses = (await product.orders({ q: customer.phone })).map(({ status }) => status);
          assert.deepEqual(statuses, ['failed', 'delivered']);
        }),
      );
    });

    it('once, though "1" reaches the confirm screen twice at the same moment', async () => {
      const customer = newCustomer();
      await customer.upToConfirm(40);
      await Promise.all([customer.send('1'), customer.send('1')]);
      await customer.answer('pay');
      await customer.next(screens.airtime);
      const prompts = (await product.ledger()).prompts.filter(({ phone }) => phone === customer.phone);
      assert.equal(prompts.length, 1);
      assert.equal((await product.orders({ q: customer.phone })).length, 1);
      assert.equal(await customer.airtimeKes(), 40);
    });
  });

  it('by a payment that comes long after the prompt ran out', async () => {
    const customer = newCustomer();
    await customer.upToPrompt(60);
    const { checkoutRequestId } = await customer.prompt();
    await customer.answer('ignore');
    await product.restart({ laterByMs: 4 * MINUTE_MS });
    await customer.next(/no payment has reached us|did not answer/);
    assert.equal((await product.orders({ q: customer.phone }))[0]?.status, 'failed');
    await customer.answer('pay', checkoutRequestId);
    await product.restart({ laterByMs: 10 * MINUTE_MS });
    await customer.next(screens.airtime);
    assert.equal(await customer.airtimeKes(), 60);
    assert.equal((await product.orders({ q: customer.phone })).length, 1);
  });
});
