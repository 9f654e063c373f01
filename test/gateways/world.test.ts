import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDeliveryCallback } from '../../supervisor/gateways/delivery-callback.ts';
import { createShadowPay } from '../../supervisor/gateways/shadow-pay.ts';
import { createStatum } from '../../supervisor/gateways/statum.ts';
import { AMINA, callbackReceiver, worldProcess } from '../sandbox/helpers.ts';

const push = { phone: AMINA, amountKes: 100, reference: 'K7PQRST4', description: 'Airtime' };

test('a purchase against the simulated world: prompt, PIN, receipt, airtime, callback', async (t) => {
  const world = await worldProcess(t);
  const receiver = await callbackReceiver(t);
  await world.setCallbackUrl(receiver.url);
  const shadowPay = createShadowPay({ baseUrl: world.shadowPayBaseUrl });
  const statum = createStatum({ baseUrl: world.statumBaseUrl });
  const { shadowPay: payKeys, statum: airtimeKeys } = world.file;

  const pushed = await shadowPay.stkPush(payKeys, push);
  assert.ok(pushed.outcome === 'accepted');
  assert.equal((await shadowPay.status(payKeys, pushed.checkoutRequestId)).outcome, 'pending');
  const again = await shadowPay.stkPush(payKeys, push);
  assert.deepEqual([again.outcome, again.outcome === 'refused' && again.cause], ['refused', 'busy']);
  await world.answerPrompt(AMINA, { answer: 'pay' });
  const paid = await shadowPay.status(payKeys, pushed.checkoutRequestId);
  const { receipt } = (await world.ledger()).prompts[0] ?? assert.fail('no prompt');
  assert.deepEqual(paid, { outcome: 'paid', receipt, amountKes: 100, phone: AMINA });

  const delivery = await statum.sendAirtime(airtimeKeys, { phone: AMINA, amountKes: 100 });
  assert.ok(delivery.outcome === 'accepted');
  assert.equal((await statum.sendAirtime(airtimeKeys, { phone: AMINA, amountKes: 100 })).outcome, 'rejected');
  assert.deepEqual(await statum.balance(airtimeKeys), { outcome: 'known', balanceKes: 99_900 });
  await receiver.received(1);
  assert.deepEqual(parseDeliveryCallback(JSON.parse(receiver.bodies[0] ?? '')), {
    requestId: delivery.requestId,
    delivered: true,
    description: 'Airtime delivered.',
    chargeKes: 100,
    balanceKes: 99_900,
  });
});

test('what the world’s owners of phones answer comes out as causes', async (t) => {
  const world = await worldProcess(t);
  const shadowPay = createShadowPay({ baseUrl: world.shadowPayBaseUrl });
  const keys = world.file.shadowPay;
  for (const [answer, cause] of [
    ['cancel', 'cancelled'],
    ['wrong-pin', 'wrong-pin'],
    ['no-funds', 'no-funds'],
  ] as const) {
    const pushed = await shadowPay.stkPush(keys, push);
    assert.ok(pushed.outcome === 'accepted');
    await world.answerPrompt(AMINA, { answer });
    const failed = await shadowPay.status(keys, pushed.checkoutRequestId);
    assert.deepEqual([failed.outcome, failed.outcome === 'failed' && failed.cause], ['failed', cause]);
  }
  assert.equal((await shadowPay.status(keys, 'ws_CO_nothing')).outcome, 'pending');
  assert.equal((await shadowPay.stkPush({ ...keys, apiKey: 'other' }, push)).outcome, 'refused');
});

test('each fault of the world is met with what is certain, and the ledger agrees', async (t) => {
  const world = await worldProcess(t);
  const shadowPay = createShadowPay({ baseUrl: world.shadowPayBaseUrl });
  const statum = createStatum({ baseUrl: world.statumBaseUrl });
  const { shadowPay: payKeys, statum: airtimeKeys } = world.file;
  let phones = 254_700_000_100;
  for (const [mode, pushOutcome, airtimeOutcome, isDone] of [
    ['slow', 'accepted', 'accepted', true],
    ['timeout-before', 'unknown', 'unknown', false],
    ['timeout-after', 'unknown', 'unknown', true],
    ['error-500', 'unknown', 'unknown', false],
    ['error-401', 'refused', 'held', false],
    ['insufficient', 'refused', 'held', false],
    ['garbage', 'unknown', 'unknown', false],
    ['empty', 'unknown', 'unknown', false],
  ] as const) {
    phones += 1;
    const phone = String(phones);
    const fault = { mode, times: 1, delayMs: 10 };
    await world.setFaults({ shadowPay: fault, statum: fault });
    assert.equal((await shadowPay.stkPush(payKeys, { ...push, phone })).outcome, pushOutcome, mode);
    assert.equal(
      (await statum.sendAirtime(airtimeKeys, { phone, amountKes: 20 })).outcome,
      airtimeOutcome,
      mode,
    );
    const { prompts, topUps } = await world.ledger();
    assert.equal(
      prompts.some((prompt) => prompt.phone === phone),
      isDone,
      mode,
    );
    assert.equal(
      topUps.some((topUp) => topUp.phone === phone),
      isDone,
      mode,
    );
  }
  await world.close({ stop: true });
  assert.equal((await shadowPay.stkPush(payKeys, push)).outcome, 'refused');
  assert.equal((await statum.sendAirtime(airtimeKeys, { phone: AMINA, amountKes: 20 })).outcome, 'held');
});
