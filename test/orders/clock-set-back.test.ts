import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';
import { DeskHarness } from './desk-harness.ts';
import { RECEIPT } from './fixtures.ts';

/** A machine whose clock was ahead is corrected by hours; who has paid must not wait for the hours to come round again. */
describe('when the machine’s clock is set back', () => {
  let h: DeskHarness;

  beforeEach(async () => {
    h = await DeskHarness.start();
    h.world.onStatus = () => ({ outcome: 'paid', receipt: `SG722NMV${h.world.asked.length + 10}` });
  });

  afterEach(() => h.end());

  /** Lets time pass, step by step, at most so long. */
  async function within(
    limitMs: number,
    reached: (order: Order) => boolean,
    orderNo?: string,
  ): Promise<void> {
    const end = h.clock.now() + limitMs;
    while (!reached(h.order(orderNo))) {
      assert.ok(h.clock.now() < end, `${limitMs / MINUTE_MS} minutes were not enough`);
      h.clock.advance(1_000);
      await h.stores.durable();
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const isPrompted = ({ payment }: Order): boolean => payment.state === 'prompted';
  const isSent = ({ delivery }: Order): boolean => delivery.state === 'sent';

  it('and the platform started again, it asks about open prompts at once', async () => {
    await h.place();
    await h.until(isPrompted);
    h.clock.setBack(3 * HOUR_MS);
    await h.reopen();
    await within(MINUTE_MS, isSent);
  });

  it('it leaves a gateway in trouble alone for minutes, not for hours', async () => {
    h.world.onStatus = () => ({ outcome: 'unavailable', reason: 'HTTP 503' });
    await h.place();
    await h.until(isPrompted);
    await h.asked(3);
    await h.stores.durable();
    h.clock.setBack(3 * HOUR_MS);
    h.world.onStatus = () => ({ outcome: 'paid', receipt: RECEIPT });
    await within(4 * MINUTE_MS, isSent);
  });

  it('equal airtime to one number waits its five minutes, not hours', async () => {
    await h.place();
    await h.until(isPrompted);
    await within(MINUTE_MS, isSent);
    h.clock.setBack(3 * HOUR_MS);
    await h.place('TESTBBB2');
    await h.until(isPrompted, 'TESTBBB2');
    await within(2 * MINUTE_MS, ({ delivery }) => delivery.state === 'held', 'TESTBBB2');
    await within(7 * MINUTE_MS, isSent, 'TESTBBB2');
  });

  it('and the platform started again, it tries held airtime after its wait, not after hours', async () => {
    h.world.onAirtime = () => ({ outcome: 'held', cause: 'gateway', reason: 'connection refused' });
    await h.place();
    await h.until(isPrompted);
    await within(MINUTE_MS, ({ delivery }) => delivery.state === 'held');
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    h.clock.setBack(3 * HOUR_MS);
    await h.reopen();
    await within(11 * MINUTE_MS, isSent);
  });

  it('an old look at the float is no fresh one', async () => {
    h.world.onAirtime = () => ({ outcome: 'held', cause: 'float', reason: 'Insufficient funds.' });
    await h.place();
    await h.until(isPrompted);
    await within(MINUTE_MS, ({ delivery }) => delivery.state === 'held');
    await h.until(({ delivery }) => delivery.state === 'held');
    const looked = new Promise<void>((resolve) => {
      h.world.onBalance = () => {
        resolve();
        return { outcome: 'known', balanceKes: 10 };
      };
    });
    h.clock.advance(20_000);
    await looked;
    await new Promise((resolve) => setImmediate(resolve));
    h.clock.setBack(3 * HOUR_MS);
    h.world.onBalance = () => ({ outcome: 'known', balanceKes: 1_000 });
    h.world.onAirtime = () => ({ outcome: 'accepted', requestId: 'req-2' });
    await within(2 * MINUTE_MS, isSent);
  });
});
