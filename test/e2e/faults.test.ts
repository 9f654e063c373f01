import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HOUR_MS } from '../../shared/clock.ts';
import type { ApiOrder } from '../helpers/api-shapes.ts';
import { apiOrderSchema } from '../helpers/api-shapes.ts';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

describe('when a gateway misbehaves', () => {
  let product: Product;
  let clientId: string;
  let nextPhone = 254_700_000_200;
  const newCustomer = () => new Customer(product, clientId, String(nextPhone++));

  before(async () => {
    product = await startProduct();
    clientId = (await product.sandboxClient()).id;
  });
  after(async () => {
    const differences = await audit(product).finally(() => product.close());
    assert.deepEqual(differences, []);
  });

  const orderOf = async (customer: Customer): Promise<ApiOrder | undefined> =>
    (await product.orders({ q: customer.phone })).at(-1);
  const orderNeedingAttention = (customer: Customer): Promise<ApiOrder> =>
    product.waitFor(`the order of ${customer.phone} to need attention`, async () => {
      const order = await orderOf(customer);
      return order?.status === 'attention' && order;
    });
  const promptsOf = async (customer: Customer) =>
    (await product.ledger()).prompts.filter(({ phone }) => phone === customer.phone);
  const topUpsOf = async (customer: Customer) =>
    (await product.ledger()).topUps.filter(({ phone }) => phone === customer.phone);
  const act = (orderNo: string, body: object) =>
    product.call(apiOrderSchema, 'POST', `/api/v1/orders/${orderNo}/actions`, body);

  /** What must be so when the product has been restarted an hour later; one restart serves all. */
  const later: { readonly what: string; readonly check: () => Promise<void> }[] = [];

  it('a push that was made but never answered is unknown: no second prompt, and staff settle it', async () => {
    const customer = newCustomer();
    await customer.upToConfirm(50);
    await product.faults({ shadowPay: { mode: 'timeout-after', times: 1, delayMs: 50 } });
    await customer.say('1', screens.ordering);
    await customer.next(/could not learn from M-Pesa/);
    const { orderNo, payment } = await orderNeedingAttention(customer);
    assert.equal(payment.state, 'unknown');
    await customer.answer('pay');
    later.push({
      what: 'the unanswered push was paid once and brought nothing, until staff confirm it',
      check: async () => {
        const prompts = await promptsOf(customer);
        assert.deepEqual(
          prompts.map(({ state }) => state),
          ['paid'],
        );
        assert.equal(await customer.airtimeKes(), 0);
        await act(orderNo, {
          action: 'confirm-payment',
          receipt: prompts[0]?.receipt,
          reason: 'seen in the statement',
        });
        await customer.next(screens.airtime);
        assert.equal(await customer.airtimeKes(), 50);
      },
    });
  });

  it('a push that never arrived is unknown too, because nobody can tell the difference', async () => {
    const customer = newCustomer();
    await customer.upToConfirm(50);
    await product.faults({ shadowPay: { mode: 'timeout-before', times: 1, delayMs: 50 } });
    await customer.say('1', screens.ordering);
    await customer.next(/could not learn from M-Pesa/);
    assert.equal((await orderNeedingAttention(customer)).payment.state, 'unknown');
    later.push({
      what: 'the push that never arrived was not made again',
      check: async () => assert.deepEqual(await promptsOf(customer), []),
    });
  });

  for (const mode of ['error-500', 'garbage', 'empty', 'timeout-before'] as const) {
    it(`airtime answered by ${mode} is never sent again by itself`, async () => {
      const customer = newCustomer();
      await customer.upToPrompt(50);
      await product.faults({ statum: { mode, times: 1, delayMs: 50 } });
      await customer.answer('pay');
      const { orderNo, delivery } = await orderNeedingAttention(customer);
      assert.equal(delivery.state, 'unknown');
      await customer.next(/not confirmed\. Your payment is on record/);
      later.push({
        what: `airtime answered by ${mode} waits for staff, who send it again`,
        check: async () => {
          assert.equal((await orderNeedingAttention(customer)).delivery.state, 'unknown');
          const before = await topUpsOf(customer);
          await act(orderNo, {
            action: 'resend',
            reason: 'the airtime dashboard shows nothing for this number',
          });
          await customer.next(screens.airtime);
          assert.equal((await topUpsOf(customer)).length, before.length + 1);
        },
      });
    });
  }

  it('airtime that went out although the answer was lost goes out once only', async () => {
    const customer = newCustomer();
    await customer.upToPrompt(50);
    await product.faults({ statum: { mode: 'timeout-after', times: 1, delayMs: 50 } });
    await customer.answer('pay');
    await customer.next(/not confirmed\. Your payment is on record|has been delivered/);
    later.push({
      what: 'airtime whose answer was lost did not go out again',
      check: async () => {
        assert.equal((await topUpsOf(customer)).length, 1);
        assert.equal(await customer.airtimeKes(), 50);
      },
    });
  });

  it('delivery callbacks that come twice are told once', async () => {
    const customer = newCustomer();
    await product.faults({ statum: { mode: 'duplicate-callback', op: 'callback', times: 1 } });
    await customer.upToPrompt(50);
    await customer.answer('pay');
    await customer.next(screens.airtime);
    // A later purchase's end proves that the second callback has long been handled.
    const later = newCustomer();
    await later.upToPrompt(50);
    await later.answer('pay');
    await later.next(screens.airtime);
    assert.deepEqual(await customer.repeats(), []);
  });

  it('status answers that make no sense delay the purchase and spoil nothing', async () => {
    const customer = newCustomer();
    await customer.upToPrompt(50);
    await product.faults({ shadowPay: { mode: 'garbage', op: 'status', times: 2 } });
    await customer.answer('pay');
    await customer.next(screens.airtime);
    assert.equal((await orderOf(customer))?.status, 'delivered');
  });

  // The last of them: for a moment the platform still takes the float for empty and refuses the next customer.
  it('an empty float holds the paid order, and it is delivered once the float is filled again', async () => {
    const customer = newCustomer();
    await customer.upToPrompt(50);
    await product.faults({ floatKes: 0 });
    await customer.answer('pay');
    const { delivery } = await orderNeedingAttention(customer);
    assert.equal(delivery.state, 'held');
    await customer.next(/your payment is safe, but the airtime is delayed/);
    await product.faults({ floatKes: 10_000 });
    later.push({
      what: 'the order held for want of float has been delivered once',
      check: async () => {
        await customer.next(screens.airtime);
        assert.equal((await topUpsOf(customer)).length, 1);
      },
    });
  });

  it('a restart an hour later changes nothing of it', async (t) => {
    await product.restart({ laterByMs: HOUR_MS });
    for (const { what, check } of later) await t.test(what, check);
  });
});
