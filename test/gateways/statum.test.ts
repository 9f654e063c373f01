import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDeliveryCallback } from '../../supervisor/gateways/delivery-callback.ts';
import { createStatum } from '../../supervisor/gateways/statum.ts';
import type { AirtimeAnswer } from '../../supervisor/gateways/types.ts';
import { answers, type Behaviour, HTML, misbehavingServer } from './misbehaving-server.ts';

const keys = { consumerKey: 'consumer-key', consumerSecret: 'consumer-secret' };
const topUp = { phone: '254700000001', amountKes: 50 };
const basic = Buffer.from('consumer-key:consumer-secret').toString('base64');
const says = (status: number, body: object) => answers(status, { status_code: status, ...body });
const hangUp: Behaviour = (response) => response.destroy();

test('airtime is asked for with phone and amount as strings, once', async (t) => {
  const server = await misbehavingServer(t);
  server.does(says(200, { description: 'Operation successful.', request_id: 'r-1' }));
  const answer = await createStatum({ baseUrl: server.baseUrl }).sendAirtime(keys, topUp);
  assert.deepEqual(answer, { outcome: 'accepted', requestId: 'r-1' });
  assert.deepEqual(
    server.received.map(({ method, path, headers, body }) => [
      method,
      path,
      headers.authorization,
      JSON.parse(body),
    ]),
    [['POST', '/api/v2/airtime', `Basic ${basic}`, { phone_number: '254700000001', amount: '50' }]],
  );
});

const airtimeTable: ReadonlyArray<readonly [string, Behaviour, AirtimeAnswer['outcome'], string?]> = [
  ['accepted', says(200, { request_id: 'r-1' }), 'accepted'],
  ['accepted, the code a text', answers(200, { status_code: '200', request_id: 'r-1' }), 'accepted'],
  ['accepted without an id', says(200, { description: 'Operation successful.' }), 'unknown'],
  ['200 without a code', answers(200, { request_id: 'r-1' }), 'unknown'],
  ['200 whose body says 402', answers(200, { status_code: 402, request_id: 'r-1' }), 'held', 'float'],
  ['200 whose body says 401', answers(200, { status_code: 401 }), 'held', 'credentials'],
  ['200 whose body says 422', answers(200, { status_code: 422 }), 'rejected'],
  ['200 whose body says 500', answers(200, { status_code: 500 }), 'unknown'],
  ['200 with an unheard-of code', answers(200, { status_code: 299, request_id: 'r-1' }), 'unknown'],
  ['wrong keys', says(401, { description: 'Unauthorized.' }), 'held', 'credentials'],
  ['forbidden', says(403, {}), 'held', 'credentials'],
  ['wrong keys without a body', answers(401, ''), 'held', 'credentials'],
  ['an empty float', says(402, { description: 'Insufficient funds.', request_id: 'r-1' }), 'held', 'float'],
  ['402 in HTML', answers(402, HTML), 'unknown'],
  [
    'a refused request',
    says(422, { validation_errors: { amount: ['Too small.'] }, request_id: 'r-1' }),
    'rejected',
  ],
  ['422 in HTML', answers(422, HTML), 'unknown'],
  [
    'a rate limit that says not sent',
    says(429, { description: 'Too many requests. Airtime was not sent.' }),
    'held',
    'gateway',
  ],
  ['a rate limit that says nothing', says(429, { description: 'Too many requests.' }), 'unknown'],
  ['a refusal whose body says success', answers(422, { status_code: 200, request_id: 'r-1' }), 'unknown'],
  ['a server error', says(500, { description: 'possible gateway issue' }), 'unknown'],
  ['a server error whose body says 402', answers(500, { status_code: 402 }), 'unknown'],
  ['a bad gateway', answers(502, HTML), 'unknown'],
  ['HTML with status 200', answers(200, HTML), 'unknown'],
  ['an empty answer', answers(200, ''), 'unknown'],
  ['an unheard-of status', says(404, {}), 'unknown'],
  ['a redirect', answers(307, '', { location: '/api/v2/elsewhere' }), 'unknown'],
  ['a hung-up connection', hangUp, 'unknown'],
];

test('each answer to a top-up is accepted, rejected, held or unknown', async (t) => {
  const server = await misbehavingServer(t);
  const statum = createStatum({ baseUrl: server.baseUrl });
  for (const [name, behaviour, outcome, cause] of airtimeTable) {
    server.does(behaviour);
    const before = server.received.length;
    const answer = await statum.sendAirtime(keys, topUp);
    assert.deepEqual(
      [answer.outcome, answer.outcome === 'held' ? answer.cause : undefined],
      [outcome, cause],
      name,
    );
    assert.equal(server.received.length, before + 1, `${name}: sent exactly once`);
  }
});

test('a rejection tells why, wherever the reasons stand', async (t) => {
  const server = await misbehavingServer(t);
  const statum = createStatum({ baseUrl: server.baseUrl });
  for (const body of [
    { validation_errors: { phone_number: ['The phone is invalid.'], amount: ['The amount is too small.'] } },
    { phone_number: ['The phone is invalid.'], amount: ['The amount is too small.'] },
  ]) {
    server.does(says(422, { description: 'Validation failed.', ...body }));
    assert.deepEqual(await statum.sendAirtime(keys, topUp), {
      outcome: 'rejected',
      reason: 'HTTP 422: Validation failed. The phone is invalid. The amount is too small.',
    });
  }
});

test('airtime without an answer in time is unknown; a request that never left is held', async (t) => {
  const server = await misbehavingServer(t);
  server.does(() => undefined);
  const statum = createStatum({ baseUrl: server.baseUrl, timeouts: { airtimeMs: 100 } });
  assert.equal((await statum.sendAirtime(keys, topUp)).outcome, 'unknown');
  await server.close();
  for (const nobody of [statum, createStatum({ baseUrl: 'http://gateway.invalid/api/v2' })]) {
    const held = await nobody.sendAirtime(keys, topUp);
    assert.deepEqual([held.outcome, held.outcome === 'held' && held.cause], ['held', 'gateway']);
  }
});

test('keys never stand in a reason', async (t) => {
  const server = await misbehavingServer(t);
  const statum = createStatum({ baseUrl: server.baseUrl });
  server.does((response, { headers }) => {
    const description = `Bad ${headers.authorization} for consumer-key, consumer-secret`;
    answers(401, { status_code: 401, description })(response, {
      method: '',
      path: '',
      headers: {},
      body: '',
    });
  });
  for (const answer of [await statum.sendAirtime(keys, topUp), await statum.balance(keys)]) {
    assert.ok('reason' in answer);
    assert.equal(answer.reason, 'HTTP 401: Bad Basic ••• for •••, •••');
  }
});

test('the balance comes from account-details, else from the old account-balance', async (t) => {
  const server = await misbehavingServer(t);
  const statum = createStatum({ baseUrl: server.baseUrl });
  const details = (available: unknown) =>
    says(200, { organization: { name: 'Shop', details: { available_balance: available } } });
  server.does(details(695.15));
  assert.deepEqual(await statum.balance(keys), { outcome: 'known', balanceKes: 695.15 });
  server.does(details('1,695.15'));
  assert.deepEqual(await statum.balance(keys), { outcome: 'known', balanceKes: 1695.15 });
  for (const first of [says(404, {}), answers(200, HTML), says(200, { organization: null }), says(500, {})]) {
    server.does((response, request) => {
      const isOld = request.path.endsWith('/account-balance');
      (isOld ? says(200, { available_balance: '12' }) : first)(response, request);
    });
    assert.deepEqual(await statum.balance(keys), { outcome: 'known', balanceKes: 12 });
  }
});

test('a balance that nobody can tell is unavailable, and wrong keys are not tried twice', async (t) => {
  const server = await misbehavingServer(t);
  const statum = createStatum({ baseUrl: server.baseUrl, timeouts: { balanceMs: 100 } });
  for (const behaviour of [
    says(401, {}),
    says(429, {}),
    answers(200, { status_code: 401, available_balance: 5 }),
    () => undefined,
  ]) {
    server.received.length = 0;
    server.does(behaviour);
    assert.equal((await statum.balance(keys)).outcome, 'unavailable');
    assert.equal(server.received.length, 1);
  }
  server.does(says(200, { organization: { details: { available_balance: 'soon' } } }));
  assert.equal((await statum.balance(keys)).outcome, 'unavailable');
});

test('a delivery callback is read in every shape that has been seen, and never guessed', () => {
  const seen = {
    request_id: 'r-1',
    charge: '48.00',
    account_balance: 951.5,
    result_code: 200,
    result_desc: 'Ok',
  };
  const told = { requestId: 'r-1', delivered: true, description: 'Ok', chargeKes: 48, balanceKes: 951.5 };
  assert.deepEqual(parseDeliveryCallback(seen), told);
  assert.deepEqual(parseDeliveryCallback({ ...seen, result_code: ' 200 ' }), told);
  assert.deepEqual(parseDeliveryCallback({ data: seen }), told);
  assert.deepEqual(parseDeliveryCallback({ request_id: 'r-1', result_code: '500' }), {
    requestId: 'r-1',
    delivered: false,
    description: 'Result code 500',
  });
  assert.equal(parseDeliveryCallback({ ...seen, result_code: '200.5' })?.delivered, false);
  for (const useless of [
    undefined,
    null,
    '',
    [],
    'r-1',
    {},
    { request_id: 'r-1' },
    { request_id: '', result_code: 200 },
    { request_id: 'r'.repeat(201), result_code: 200 },
    { request_id: { $gt: '' }, result_code: 200 },
    { request_id: 'r-1', result_code: null },
  ]) {
    assert.equal(parseDeliveryCallback(useless), undefined);
  }
});
