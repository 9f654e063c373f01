import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';
import { applyEvent } from '../../supervisor/orders/machine.ts';
import { nextPaymentStep } from '../../supervisor/orders/schedule.ts';
import { accepted, after, failed, freshOrder, seen } from './fixtures.ts';

/** Every step from the prompt on if the gateway never says anything: [age in ms, step]. */
function walk(start: Order): Array<[number, string]> {
  const steps: Array<[number, string]> = [];
  let order = start;
  const from = order.payment.declinedAt ?? order.payment.promptedAt ?? 0;
  let lastAskAt: number | undefined;
  for (
    let next = nextPaymentStep(order, lastAskAt);
    next && steps.length < 2_000;
    next = nextPaymentStep(order, lastAskAt)
  ) {
    steps.push([next.at - from, next.step]);
    if (next.step === 'ask') lastAskAt = next.at;
    const event = next.step === 'expire' ? 'prompt-expired' : next.step === 'end' ? 'watch-ended' : undefined;
    if (event) order = applyEvent(order, { type: event }, next.at)?.order ?? order;
  }
  return steps;
}

describe('the polling ladder', () => {
  it('asks every 3 s to 1 min, 5 s to 2 min, 15 s to 10 min, 1 min to 1 h, 5 min to 6 h, 15 min to 48 h, then ends', () => {
    const steps = walk(after(freshOrder(), accepted));
    const asks = steps.filter(([, step]) => step === 'ask').map(([age]) => age);
    const between = (from: number, to: number): number =>
      asks.filter((age) => age > from && age <= to).length;
    assert.equal(between(0, MINUTE_MS), 20);
    assert.equal(between(MINUTE_MS, 2 * MINUTE_MS), 12);
    assert.equal(between(2 * MINUTE_MS, 10 * MINUTE_MS), 32);
    assert.equal(between(10 * MINUTE_MS, HOUR_MS), 50);
    assert.equal(between(HOUR_MS, 6 * HOUR_MS), 60);
    assert.equal(between(6 * HOUR_MS, 48 * HOUR_MS), 168);
    assert.deepEqual(steps.at(-1), [48 * HOUR_MS, 'end']);
  });

  it('tells the customer after 3 minutes, once, and goes on asking', () => {
    const steps = walk(after(freshOrder(), accepted));
    const expiries = steps.filter(([, step]) => step === 'expire');
    assert.deepEqual(expiries, [[3 * MINUTE_MS, 'expire']]);
    assert.ok(steps.some(([age, step]) => step === 'ask' && age > 3 * MINUTE_MS));
  });

  it('asks after a "declined" only at 1, 5, 30 minutes and 24 hours', () => {
    assert.deepEqual(walk(after(freshOrder(), accepted, failed)), [
      [MINUTE_MS, 'ask'],
      [5 * MINUTE_MS, 'ask'],
      [30 * MINUTE_MS, 'ask'],
      [DAY_MS, 'ask'],
      [DAY_MS, 'end'],
    ]);
  });

  it('does not end with a question that fell into an outage, nor leaves it for a day', () => {
    const declined = after(freshOrder(), accepted, failed);
    const declinedAt = declined.payment.declinedAt ?? 0;
    const lastRung = declinedAt + DAY_MS;
    const retry = { at: lastRung + 15 * MINUTE_MS, step: 'ask' };
    assert.deepEqual(nextPaymentStep(declined, lastRung, 0, 'silence'), retry);
    assert.deepEqual(nextPaymentStep(declined, declinedAt + 30 * MINUTE_MS, 0, 'silence'), {
      at: declinedAt + 45 * MINUTE_MS,
      step: 'ask',
    });
    const expired = after(freshOrder(), accepted, { type: 'prompt-expired' });
    const promptedAt = expired.payment.promptedAt ?? 0;
    assert.equal(nextPaymentStep(expired, promptedAt + 48 * HOUR_MS, 0, 'silence')?.step, 'ask');
    assert.equal(nextPaymentStep(expired, promptedAt + 7 * DAY_MS, 0, 'silence')?.step, 'end');
  });

  it('does not end a "declined" with an answer that could not tell, but does not ask for ever', () => {
    const declined = after(freshOrder(), accepted, failed);
    const declinedAt = declined.payment.declinedAt ?? 0;
    const next = (lastAskAt: number) => nextPaymentStep(declined, lastAskAt, 0, 'nothing');
    assert.deepEqual(next(declinedAt + DAY_MS), { at: declinedAt + 25 * HOUR_MS, step: 'ask' });
    assert.deepEqual(next(declinedAt + 30 * MINUTE_MS), { at: declinedAt + DAY_MS, step: 'ask' });
    assert.equal(next(declinedAt + 49 * HOUR_MS)?.step, 'end');
    // A prompt that nobody answered has been "still waiting" all along.
    const expired = after(freshOrder(), accepted, { type: 'prompt-expired' });
    const promptedAt = expired.payment.promptedAt ?? 0;
    assert.equal(nextPaymentStep(expired, promptedAt + 48 * HOUR_MS, 0, 'nothing')?.step, 'end');
  });

  it('asks nothing where there is no request id or the matter is settled', () => {
    assert.equal(nextPaymentStep(freshOrder(), undefined), undefined);
    assert.equal(
      nextPaymentStep(after(freshOrder(), { type: 'stk-unknown', reason: 'x' }), undefined),
      undefined,
    );
    assert.equal(nextPaymentStep(after(freshOrder(), accepted, seen), undefined), undefined);
  });
});
