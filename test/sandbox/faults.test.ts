import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import type { WorldFile } from '../../shared/world.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { AMINA, BRIAN, callbackReceiver, handsOn, worldInProcess } from './helpers.ts';

/** Posts airtime without waiting for the answer; resolves when the world has read the request. */
function hangingAirtime(file: WorldFile, phone: string) {
  const { consumerKey, consumerSecret } = file.statum;
  const posting = request({
    port: file.httpPort,
    host: '127.0.0.1',
    method: 'POST',
    path: '/statum/api/v2/airtime',
    auth: `${consumerKey}:${consumerSecret}`,
    agent: false,
  });
  posting.end(JSON.stringify({ phone_number: phone, amount: '50' }));
  return {
    outcome: once(posting, 'response').then(
      ([response]: IncomingMessage[]) => response?.statusCode,
      (error: NodeJS.ErrnoException) => error.code,
    ),
  };
}

/** Moves time until something has happened: the request travels in real time. */
async function advanceUntilSettled<T>(clock: FakeClock, stepMs: number, outcome: Promise<T>): Promise<T> {
  let settled = false;
  const done = outcome.finally(() => {
    settled = true;
  });
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(stepMs);
  }
  return done;
}

async function worldWithFaults(t: Parameters<typeof worldInProcess>[0]) {
  const clock = new FakeClock();
  const { file, folder, close } = await worldInProcess(t, { clock });
  const world = handsOn(file);
  return {
    clock,
    file,
    folder,
    close,
    world,
    faults: async (faults: object) =>
      assert.equal((await world.control('PUT', 'faults', faults)).status, 204),
    ledger: async () => (await world.control('GET', 'ledger')).json,
  };
}

test('the gateway did nothing at error-500, error-401, insufficient, garbage and empty', async (t) => {
  const { world, faults, ledger } = await worldWithFaults(t);
  for (const [mode, status] of [
    ['error-500', 500],
    ['error-401', 401],
    ['insufficient', 400],
    ['garbage', 200],
    ['empty', 200],
  ] as const) {
    await faults({ shadowPay: { mode } });
    const reply = await world.push(AMINA, 50);
    assert.equal(reply.status, status, mode);
    if (status !== 200) assert.equal(reply.json.success, false, mode);
  }
  assert.match((await world.push(AMINA, 50)).text, /^$/);
  await faults({ shadowPay: { mode: 'garbage' } });
  assert.match((await world.push(AMINA, 50)).text, /<html>/);
  for (const [mode, status] of [
    ['error-500', 500],
    ['error-401', 401],
    ['insufficient', 402],
    ['garbage', 200],
    ['empty', 200],
  ] as const) {
    await faults({ statum: { mode } });
    assert.equal((await world.airtime(AMINA, '50')).status, status, mode);
  }
  assert.deepEqual(await ledger(), { prompts: [], topUps: [] });
});

test('a fault lasts as many calls as it says, its operation only, until ok otherwise', async (t) => {
  const { world, faults } = await worldWithFaults(t);
  await faults({ shadowPay: { mode: 'error-500', op: 'status', times: 2 }, statum: { mode: 'error-401' } });
  const id = (await world.push(AMINA, 50)).json.checkout_request_id;
  const statuses = [await world.status(id), await world.status(id), await world.status(id)];
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [500, 500, 200],
  );
  assert.equal((await world.airtime(AMINA, '50')).status, 401);
  assert.equal((await world.balance('account-details')).status, 200);
  await faults({ statum: { mode: 'ok' } });
  assert.equal((await world.airtime(AMINA, '50')).status, 200);
  await faults({ statum: { mode: 'garbage', op: 'balance' } });
  assert.match((await world.balance('account-balance')).text, /<html>/);
  await faults({ statum: { mode: 'ok', op: 'balance' } });
  assert.equal((await world.balance('account-balance')).status, 200);
});

test('faults and what is left of their times outlive a restart', async (t) => {
  const { clock, world, faults, folder, close } = await worldWithFaults(t);
  await faults({ statum: { mode: 'error-500', times: 2 }, shadowPay: { mode: 'garbage' }, floatKes: 60 });
  assert.equal((await world.airtime(AMINA, '50')).status, 500);
  await close();
  const again = handsOn((await worldInProcess(t, { clock, folder })).file);
  assert.equal((await again.airtime(AMINA, '50')).status, 500);
  assert.equal((await again.airtime(AMINA, '50')).status, 200);
  assert.equal((await again.airtime(BRIAN, '50')).status, 402);
  assert.match((await again.push(AMINA, 50)).text, /<html>/);
});

test('timeout-before: nothing is done and the connection breaks off', async (t) => {
  const { clock, file, faults, ledger } = await worldWithFaults(t);
  await faults({ statum: { mode: 'timeout-before', times: 1 } });
  const { outcome } = hangingAirtime(file, AMINA);
  assert.equal(await advanceUntilSettled(clock, 1_000, outcome), 'ECONNRESET');
  assert.deepEqual((await ledger()).topUps, []);
});

test('timeout-after: it is done, and the answer never comes', async (t) => {
  const { clock, file, faults, ledger } = await worldWithFaults(t);
  await faults({ statum: { mode: 'timeout-after', times: 1, delayMs: 5_000 } });
  const { outcome } = hangingAirtime(file, AMINA);
  assert.equal(await advanceUntilSettled(clock, 100, outcome), 'ECONNRESET');
  assert.equal((await ledger()).topUps.length, 1);
});

test('slow: the right answer, late', async (t) => {
  const { clock, file, faults, ledger } = await worldWithFaults(t);
  await faults({ statum: { mode: 'slow', times: 1, delayMs: 10_000 } });
  const startedAt = clock.now();
  const { outcome } = hangingAirtime(file, AMINA);
  assert.equal(await advanceUntilSettled(clock, 100, outcome), 200);
  const [{ at }] = (await ledger()).topUps;
  assert.ok(at - startedAt >= 10_000);
});

test('duplicate callbacks come twice, whichever way the fault is set', async (t) => {
  const { clock, world, faults } = await worldWithFaults(t);
  const receiver = await callbackReceiver(t);
  await world.control('PUT', 'callback', { url: receiver.url });
  await faults({ statum: { mode: 'duplicate-callback', times: 1 } });
  await world.airtime(AMINA, '50');
  clock.advance(300);
  await receiver.received(2);
  await faults({ statum: { mode: 'duplicate-callback', op: 'callback', times: 1 } });
  await world.airtime(BRIAN, '50');
  clock.advance(300);
  await receiver.received(4);
  assert.equal(receiver.bodies[0], receiver.bodies[1]);
  assert.equal(receiver.bodies[2], receiver.bodies[3]);
});

test('callbacks get lost, come late, make no sense, or say that nothing was delivered', async (t) => {
  const { clock, world, faults, ledger } = await worldWithFaults(t);
  const receiver = await callbackReceiver(t);
  await world.control('PUT', 'callback', { url: receiver.url });
  const buy = async (number: number, fault: object) => {
    await faults({ statum: { op: 'callback', times: 1, ...fault } });
    await world.airtime(`25470000001${number}`, '50');
    clock.advance(300);
  };
  await buy(1, { mode: 'timeout-before' });
  await buy(2, { mode: 'slow', delayMs: 60_000 });
  await buy(3, { mode: 'garbage' });
  await receiver.received(1);
  assert.match(receiver.bodies[0] ?? '', /<html>/);
  await buy(4, { mode: 'empty' });
  await receiver.received(2);
  assert.equal(receiver.bodies[1], '');
  clock.advance(60_000);
  await receiver.received(3);
  const [, late] = (await ledger()).topUps;
  assert.equal(JSON.parse(receiver.bodies[2] ?? '').request_id, late.requestId);
  await buy(5, { mode: 'error-500' });
  await receiver.received(4);
  assert.equal(JSON.parse(receiver.bodies[3] ?? '').result_code, 500);
  assert.equal((await ledger()).topUps.length, 4);
  assert.equal((await world.control('GET', 'phones/254700000015')).json.airtimeKes, 0);
  assert.equal((await world.balance('account-balance')).json.available_balance, 99_800);
});

test('a fault that an operation cannot have is refused, and then nothing is changed', async (t) => {
  const { world } = await worldWithFaults(t);
  for (const [faults, field] of [
    [{ shadowPay: { mode: 'slow', op: 'airtime' } }, 'shadowPay.op'],
    [{ shadowPay: { mode: 'duplicate-callback' } }, 'shadowPay.mode'],
    [{ statum: { mode: 'insufficient', op: 'balance' } }, 'statum.mode'],
    [{ statum: { mode: 'nonsense' } }, 'statum.mode'],
    [{ statum: { mode: 'slow', times: 0 } }, 'statum.times'],
  ] as const) {
    const refused = await world.control('PUT', 'faults', { floatKes: 1, ...faults });
    assert.deepEqual([refused.status, refused.json.error.field], [422, field]);
  }
  assert.equal((await world.balance('account-balance')).json.available_balance, 100_000);
});
