import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { silentLogger } from '../../shared/logger.ts';
import { PaymentChecks } from '../../supervisor/chats/admin/payment-checks.ts';
import { DeskHarness } from '../orders/desk-harness.ts';

const ORDER = 'TESTAAA2';
const BY = '254700000099';
const WHERE = { clientId: 'cl_1', chatId: `${BY}@c.us` };

let harness: DeskHarness;
const stops: Array<() => void> = [];

beforeEach(async () => {
  harness = await DeskHarness.start();
  await harness.place();
  await harness.until(({ payment }) => payment.state === 'prompted');
});

afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await harness.end();
});

/** Of the process that runs now. */
function checks(): PaymentChecks {
  const { stores, desk: orders, clock } = harness;
  return new PaymentChecks({ stores, orders, clock, logger: silentLogger });
}

const ask = (of: PaymentChecks): Promise<void> =>
  harness.stores.transact((tx) => of.ask(tx, WHERE, { orderNo: ORDER, by: BY }));

/** What the admin's chat is still to be told; what stands for an answer to come is none. */
const told = (): string[] =>
  [...harness.stores.outbox.values()]
    .filter(({ chatId, check }) => chatId === WHERE.chatId && !check)
    .map(({ text }) => text);

async function answered(): Promise<string> {
  for (;;) {
    const [text] = told();
    if (text !== undefined) return text;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('an admin who had M-Pesa asked hears the answer', async () => {
  const now = checks();
  stops.push(now.start());
  await ask(now);
  assert.match(await answered(), /Order TESTAAA2\* after asking M-Pesa/);
  await harness.stores.durable();
  assert.equal(told().length, 1);
  assert.ok([...harness.stores.outbox.values()].every(({ check }) => !check));
});

it('the next process asks and answers when the one that was asked has died', async () => {
  // It dies right after the turn, before it has asked anybody.
  await ask(checks());
  await harness.reopen();
  assert.deepEqual(told(), []);
  stops.push(checks().start());
  assert.match(await answered(), /Order TESTAAA2\* after asking M-Pesa/);
});

it('an answer that a full disk refuses comes when there is room', async () => {
  const now = checks();
  stops.push(now.start());
  harness.refusals = 0;
  harness.world.onStatus = () => {
    harness.refusals = 2;
    return { outcome: 'pending', reason: 'pending' };
  };
  await ask(now);
  while (harness.refusals !== 0 || harness.world.asked.length === 0)
    await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told(), []);
  harness.world.onStatus = () => ({ outcome: 'pending', reason: 'pending' });
  await harness.stores.durable();
  harness.clock.advance(60_000);
  assert.match(await answered(), /after asking M-Pesa/);
});
