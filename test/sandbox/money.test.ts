import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerSchema, phoneViewSchema } from '../../shared/world.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { AMINA, BRIAN, callbackReceiver, eventStream, handsOn, worldInProcess } from './helpers.ts';

test('a prompt that is answered with the PIN is paid with a receipt like M-Pesa’s', async (t) => {
  const { file } = await worldInProcess(t, { clock: new FakeClock() });
  const world = handsOn(file);
  const { json } = await world.push(AMINA, 100);
  assert.equal(json.success, true);
  const shown = phoneViewSchema.parse((await world.control('GET', `phones/${AMINA}`)).json);
  assert.deepEqual(shown.prompt, {
    checkoutRequestId: json.checkout_request_id,
    amountKes: 100,
    reference: 'ORDER123',
  });
  assert.equal((await world.status(json.checkout_request_id)).json.status, 'pending');
  assert.equal((await world.answer(AMINA, { answer: 'pay' })).json.prompt, null);
  const paid = (await world.status(json.checkout_request_id)).json;
  assert.equal(paid.status, 'completed');
  assert.match(paid.transaction_code, /^[A-Z0-9]{10}$/);
  const ledger = ledgerSchema.parse((await world.control('GET', 'ledger')).json);
  assert.deepEqual(ledger.prompts, [
    {
      checkoutRequestId: json.checkout_request_id,
      reference: 'ORDER123',
      phone: AMINA,
      amountKes: 100,
      state: 'paid',
      receipt: paid.transaction_code,
    },
  ]);
});

for (const [answer, state, code] of [
  ['cancel', 'cancelled', 1032],
  ['wrong-pin', 'wrong-pin', 2001],
  ['no-funds', 'no-funds', 1],
] as const) {
  test(`a prompt answered with ${answer} has failed with M-Pesa’s code ${code} and cannot be paid any more`, async (t) => {
    const { file } = await worldInProcess(t, { clock: new FakeClock() });
    const world = handsOn(file);
    const id = (await world.push(AMINA, 50)).json.checkout_request_id;
    await world.answer(AMINA, { answer });
    const failed = (await world.status(id)).json;
    assert.deepEqual([failed.success, failed.status, failed.result_code], [true, 'failed', code]);
    assert.equal((await world.answer(AMINA, { answer: 'pay', checkoutRequestId: id })).status, 409);
    assert.equal((await world.control('GET', 'ledger')).json.prompts[0].state, state);
  });
}

test('an ignored prompt stays until it expires after 60 s, and can still be paid late, once', async (t) => {
  const clock = new FakeClock();
  const { file } = await worldInProcess(t, { clock });
  const world = handsOn(file);
  const events = await eventStream(t, file);
  const id = (await world.push(AMINA, 50)).json.checkout_request_id;
  assert.notEqual((await world.answer(AMINA, { answer: 'ignore' })).json.prompt, null);
  clock.advance(59_999);
  assert.equal((await world.status(id)).json.status, 'pending');
  clock.advance(1);
  await events.until((event) => event.type === 'phone' && event.view.prompt === null);
  const expired = (await world.status(id)).json;
  assert.deepEqual([expired.status, expired.result_code], ['failed', 1037]);
  assert.equal((await world.control('GET', 'ledger')).json.prompts[0].state, 'expired');
  assert.equal((await world.answer(AMINA, { answer: 'pay' })).status, 409);
  assert.equal((await world.answer(BRIAN, { answer: 'pay', checkoutRequestId: id })).status, 404);
  assert.equal((await world.answer(AMINA, { answer: 'pay', checkoutRequestId: id })).status, 200);
  assert.equal((await world.status(id)).json.status, 'completed');
  assert.equal((await world.answer(AMINA, { answer: 'pay', checkoutRequestId: id })).status, 409);
});

test('a second push to a phone with an open prompt is refused like M-Pesa’s code 1001', async (t) => {
  const clock = new FakeClock();
  const { file } = await worldInProcess(t, { clock });
  const world = handsOn(file);
  await world.push(AMINA, 50);
  const second = await world.push(AMINA, 70);
  assert.deepEqual([second.json.success, second.json.result_code], [false, 1001]);
  assert.equal(second.json.checkout_request_id, undefined);
  assert.equal((await world.push(BRIAN, 70)).json.success, true);
  clock.advance(60_000);
  assert.equal((await world.push(AMINA, 70)).json.success, true);
  const states = (await world.control('GET', 'ledger')).json.prompts.map(
    (prompt: { state: string }) => prompt.state,
  );
  assert.deepEqual(states, ['expired', 'refused', 'expired', 'pending']);
});

test('the same amount to the same phone within two minutes of a payment is refused like code 17', async (t) => {
  const clock = new FakeClock();
  const { file } = await worldInProcess(t, { clock });
  const world = handsOn(file);
  await world.push(AMINA, 50);
  await world.answer(AMINA, { answer: 'pay' });
  clock.advance(119_999);
  assert.equal((await world.push(AMINA, 50)).json.result_code, 17);
  assert.equal((await world.push(AMINA, 51)).json.success, true);
  await world.answer(AMINA, { answer: 'cancel' });
  clock.advance(1);
  assert.equal((await world.push(AMINA, 50)).json.success, true);
});

test('Shadow Pay answers what it does not accept in its own words', async (t) => {
  const { file } = await worldInProcess(t, { clock: new FakeClock() });
  const world = handsOn(file);
  const refusals = [
    [await world.push('0700000001', 50), 400, 'INVALID_PHONE'],
    [await world.push(AMINA, 10.5), 400, 'INVALID_AMOUNT'],
    [await world.push(AMINA, 0), 400, 'INVALID_AMOUNT'],
    [await world.push(AMINA, 50, { payment_account_id: 99 }), 404, 'ACCOUNT_NOT_FOUND'],
    [await world.push(AMINA, 50, { reference: 'longer than twelve' }), 400, 'INVALID_REQUEST'],
  ] as const;
  for (const [reply, status, code] of refusals) {
    assert.deepEqual([reply.status, reply.json.success, reply.json.error_code], [status, false, code]);
  }
  const stranger = handsOn({ ...file, shadowPay: { ...file.shadowPay, apiSecret: 'wrong' } });
  const shut = await stranger.push(AMINA, 50);
  assert.deepEqual([shut.status, shut.json.error_code], [401, 'AUTH_FAILED']);
  const unknown = (await world.status('ws_CO_nothing')).json;
  assert.deepEqual([unknown.success, unknown.status], [false, undefined]);
  assert.deepEqual((await world.control('GET', 'ledger')).json.prompts, []);
});

test('airtime arrives at once, comes out of the float and is called back once', async (t) => {
  const clock = new FakeClock();
  const { file } = await worldInProcess(t, { clock });
  const world = handsOn(file);
  const receiver = await callbackReceiver(t);
  await world.control('PUT', 'callback', { url: receiver.url });
  const accepted = await world.airtime(AMINA, '100');
  assert.deepEqual([accepted.status, accepted.json.status_code], [200, 200]);
  assert.equal((await world.control('GET', `phones/${AMINA}`)).json.airtimeKes, 100);
  assert.equal((await world.balance('account-details')).json.organization.details.available_balance, 99_900);
  assert.equal((await world.balance('account-balance')).json.available_balance, 99_900);
  clock.advance(1_000);
  await receiver.received(1);
  clock.advance(60_000);
  const bodies = receiver.bodies.map((body) => JSON.parse(body));
  assert.deepEqual(
    bodies.map((body) => [body.request_id, body.result_code, body.charge, body.account_balance]),
    [[accepted.json.request_id, 200, 100, 99_900]],
  );
  assert.deepEqual((await world.control('GET', 'ledger')).json.topUps[0], {
    requestId: accepted.json.request_id,
    phone: AMINA,
    amountKes: 100,
    at: clock.now() - 61_000,
  });
});

test('Statum refuses a similar request within five minutes, and takes it afterwards', async (t) => {
  const clock = new FakeClock();
  const { file } = await worldInProcess(t, { clock });
  const world = handsOn(file);
  await world.airtime(AMINA, '100');
  clock.advance(299_999);
  const duplicate = await world.airtime(AMINA, '100');
  assert.deepEqual([duplicate.status, duplicate.json.status_code], [422, 422]);
  assert.equal((await world.airtime(AMINA, '101')).status, 200);
  clock.advance(1);
  assert.equal((await world.airtime(AMINA, '100')).status, 200);
  assert.equal((await world.control('GET', 'ledger')).json.topUps.length, 3);
});

test('Statum takes phone and amount as strings within its bounds only, and needs the float', async (t) => {
  const { file } = await worldInProcess(t, { clock: new FakeClock() });
  const world = handsOn(file);
  for (const [phone, amount] of [
    [AMINA, 100],
    [254700000001, '100'],
    ['0700000001', '100'],
    [AMINA, '4'],
    [AMINA, '10001'],
    [AMINA, '10.5'],
  ]) {
    const refused = await world.airtime(phone, amount);
    assert.deepEqual([refused.status, typeof refused.json.validation_errors], [422, 'object']);
  }
  await world.control('PUT', 'faults', { floatKes: 49 });
  const empty = await world.airtime(AMINA, '50');
  assert.equal(empty.status, 402);
  assert.equal(typeof empty.json.request_id, 'string');
  const stranger = handsOn({ ...file, statum: { consumerKey: 'a', consumerSecret: 'b' } });
  assert.equal((await stranger.airtime(AMINA, '5')).status, 401);
  assert.deepEqual((await world.control('GET', 'ledger')).json.topUps, []);
});
