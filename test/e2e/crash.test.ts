import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const AMOUNT_KES = 50;

/** What a customer does, and the answer that it brings. */
const script = [
  { does: 'says hi', act: (customer: Customer) => customer.send('hi'), hears: screens.menu },
  { does: 'chooses to buy', act: (customer: Customer) => customer.send('1'), hears: screens.who },
  { does: 'buys for herself', act: (customer: Customer) => customer.send('1'), hears: screens.amount },
  {
    does: 'says how much',
    act: (customer: Customer) => customer.send(String(AMOUNT_KES)),
    hears: screens.confirm,
  },
  { does: 'confirms', act: (customer: Customer) => customer.send('1'), hears: screens.ordering },
  { does: 'sees the prompt', act: (customer: Customer) => customer.prompt(), hears: screens.prompted },
  { does: 'pays', act: (customer: Customer) => customer.answer('pay'), hears: screens.paid },
] as const;
/** One customer per step is there when it happens, and one whose airtime has come already. */
const finished = script.length;

type Blow = (product: Product, clientId: string) => Promise<void>;
const blows: Readonly<Record<string, Blow>> = {
  async supervisor(product) {
    await product.kill('SIGKILL');
    await product.restart();
  },
  async worker(product, clientId) {
    await product.killWorker(clientId);
  },
  async 'supervisor and the worker'(product, clientId) {
    await product.killWorker(clientId);
    await product.kill('SIGKILL');
    await product.restart();
  },
};

describe('kill -9 at every step of a purchase', { concurrency: 2 }, () => {
  for (const [victim, strike] of Object.entries(blows)) {
    it(`of the ${victim}, when the step's answer has come`, () => purchasesSurvive(strike, 'answered'));
    it(`of the ${victim}, when the step has only just been made`, () =>
      purchasesSurvive(strike, 'just made'));
  }
});

/** Brings one customer to each step, strikes once, lets all of them finish, and compares everything with the ledger. */
async function purchasesSurvive(strike: Blow, moment: 'answered' | 'just made'): Promise<void> {
  const product = await startProduct();
  try {
    const { id: clientId } = await product.sandboxClient();
    const customers = [...script.keys(), finished].map((stoppedAt) => ({
      stoppedAt,
      customer: new Customer(product, clientId, String(254_700_000_010 + stoppedAt)),
    }));
    await Promise.all(
      customers.map(async ({ customer, stoppedAt }) => {
        const answered = moment === 'answered' ? stoppedAt + 1 : stoppedAt;
        await follow(customer, 0, Math.min(answered, script.length));
        if (stoppedAt === finished) await customer.next(screens.airtime);
      }),
    );
    if (moment === 'just made') {
      await Promise.all(customers.map(({ customer, stoppedAt }) => script[stoppedAt]?.act(customer)));
    }
    await strike(product, clientId);
    await Promise.all(
      customers.map(async ({ customer, stoppedAt }) => {
        if (stoppedAt === finished) return;
        if (moment === 'just made') await customer.next(script[stoppedAt]?.hears);
        await follow(customer, stoppedAt + 1, script.length);
        await customer.next(screens.airtime);
      }),
    );

    assert.deepEqual(await audit(product), []);
    const ledger = await product.ledger();
    for (const { customer, stoppedAt } of customers) {
      const who = `the customer who ${script[stoppedAt]?.does ?? 'had finished'}`;
      const orders = await product.orders({ q: customer.phone });
      const prompts = ledger.prompts.filter(({ phone }) => phone === customer.phone);
      assert.deepEqual(
        [orders.map(({ status }) => status), prompts.map(({ state }) => state), await customer.airtimeKes()],
        [['delivered'], ['paid'], AMOUNT_KES],
        who,
      );
      assert.deepEqual(await customer.repeats(), [], `${who} heard something twice`);
    }
  } finally {
    await product.close();
  }
}

async function follow(customer: Customer, from: number, to: number): Promise<void> {
  for (const { act, hears } of script.slice(from, to)) {
    await act(customer);
    await customer.next(hears);
  }
}
