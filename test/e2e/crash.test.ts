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
    /** Whose push or top-up the blow cut off from its answer: a person is called, and nothing moves by itself. */
    const unclear = new Set<Customer>();
    await Promise.all(
      customers.map(async ({ customer, stoppedAt }) => {
        if (stoppedAt === finished) return;
        const { does, hears } = script[stoppedAt] ?? {};
        if (moment === 'just made' && does === 'confirms') await customer.next(hears);
        if ((does === 'confirms' || does === 'sees the prompt') && (await pushWasCutOff(product, customer))) {
          unclear.add(customer);
          await customer.next(screens.unclear);
          return;
        }
        if (moment === 'just made' && does !== 'confirms') await customer.next(hears);
        await follow(customer, stoppedAt + 1, script.length);
        const lastWord = await customer.next(screens.lastWord);
        if (!screens.airtime.test(lastWord)) unclear.add(customer);
      }),
    );

    assert.deepEqual(await audit(product), []);
    const ledger = await product.ledger();
    for (const { customer, stoppedAt } of customers) {
      const who = `the customer who ${script[stoppedAt]?.does ?? 'had finished'}`;
      const orders = await product.orders({ q: customer.phone });
      const prompts = ledger.prompts.filter(({ phone }) => phone === customer.phone);
      const statuses = orders.map(({ status }) => status);
      if (unclear.has(customer)) {
        assert.deepEqual(statuses, ['attention'], who);
        assert.ok(prompts.length <= 1, `${who} was prompted twice`);
        assert.ok((await customer.airtimeKes()) <= AMOUNT_KES, `${who} got airtime twice`);
      } else {
        assert.deepEqual(
          [statuses, prompts.map(({ state }) => state), await customer.airtimeKes()],
          [['delivered'], ['paid'], AMOUNT_KES],
          who,
        );
      }
      assert.deepEqual(await customer.repeats(), [], `${who} heard something twice`);
    }
  } finally {
    await product.close();
  }
}

/** The blow fell between the push's intent and its answer: milliseconds, which no test can aim at or rule out. */
async function pushWasCutOff(product: Product, customer: Customer): Promise<boolean> {
  const payment = await product.waitFor(
    `the push to ${customer.phone} to be answered or given up`,
    async () => {
      const [order] = await product.orders({ q: customer.phone });
      return order && order.payment.state !== 'requesting' && order.payment;
    },
  );
  return payment.state === 'unknown';
}

async function follow(customer: Customer, from: number, to: number): Promise<void> {
  for (const { act, hears } of script.slice(from, to)) {
    await act(customer);
    await customer.next(hears);
  }
}
