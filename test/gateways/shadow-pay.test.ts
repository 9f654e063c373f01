import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShadowPay } from '../../supervisor/gateways/shadow-pay.ts';
import type { PaymentStatusAnswer, StkPushAnswer } from '../../supervisor/gateways/types.ts';
import { answers, type Behaviour, HTML, misbehavingServer } from './misbehaving-server.ts';

const keys = { apiKey: 'key-of-the-shop', apiSecret: 'secret-of-the-shop', accountId: 10 };
const push = { phone: '254700000001', amountKes: 100, reference: 'K7PQRST4', description: 'Airtime' };
const refusal = (more: object) => ({ success: false, message: 'No', ...more });
const hangUp: Behaviour = (response) => response.destroy();
const cutShort: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"success":true,"checkout_req');
  response.destroy();
};

test('a push sends the documented fields and headers, once', async (t) => {
  const server = await misbehavingServer(t);
  server.does(answers(200, { success: true, message: 'Sent', checkout_request_id: 'ws_CO_1' }));
  const answer = await createShadowPay({ baseUrl: server.baseUrl }).stkPush(keys, push);
  assert.deepEqual(answer, { outcome: 'accepted', checkoutRequestId: 'ws_CO_1' });
  assert.equal(server.received.length, 1);
  const [{ method, path, headers, body } = server.received[0] ?? assert.fail()] = server.received;
  assert.deepEqual([method, path], ['POST', '/api/v2/stkpush.php']);
  assert.deepEqual(
    [headers['x-api-key'], headers['x-api-secret'], headers['content-type']],
    [keys.apiKey, keys.apiSecret, 'application/json'],
  );
  assert.deepEqual(JSON.parse(body), {
    payment_account_id: 10,
    phone: '254700000001',
    amount: 100,
    reference: 'K7PQRST4',
    description: 'Airtime',
  });
});

const pushTable: ReadonlyArray<readonly [string, Behaviour, StkPushAnswer['outcome'], string?]> = [
  ['success with an id', answers(200, { success: true, checkout_request_id: ' ws_CO_1 ' }), 'accepted'],
  [
    'success nested under data',
    answers(200, { success: true, data: { checkout_request_id: 'ws_CO_1' } }),
    'accepted',
  ],
  [
    'success nested under data[0]',
    answers(200, { success: true, data: [{ checkout_request_id: 'ws_CO_1' }] }),
    'accepted',
  ],
  ['success without an id', answers(200, { success: true }), 'unknown'],
  ['success with an empty id', answers(200, { success: true, checkout_request_id: '  ' }), 'unknown'],
  ['wrong keys', answers(401, refusal({ error_code: 'AUTH_FAILED' })), 'refused', 'gateway'],
  ['an invalid phone', answers(400, refusal({ error_code: 'INVALID_PHONE' })), 'refused', 'gateway'],
  ['an unknown account', answers(404, refusal({ error_code: 'ACCOUNT_NOT_FOUND' })), 'refused', 'gateway'],
  ['a rate limit in words', answers(429, refusal({ error_code: 'RATE_LIMITED' })), 'refused', 'gateway'],
  ['a rate limit without a readable body', answers(429, HTML), 'unknown'],
  [
    'an error with status 200',
    answers(200, refusal({ message: 'Insufficient service balance' })),
    'refused',
    'gateway',
  ],
  ['another transaction in process', answers(400, refusal({ result_code: 1001 })), 'refused', 'busy'],
  ['the same amount again', answers(200, refusal({ ResultCode: '17' })), 'refused', 'busy'],
  ['unable to lock subscriber', answers(400, refusal({ errorCode: '500.001.1001' })), 'refused', 'busy'],
  ['still processing', answers(200, refusal({ result_code: 4999 })), 'unknown'],
  [
    'a time-out behind the gateway',
    answers(200, refusal({ message: 'M-Pesa request timed out' })),
    'unknown',
  ],
  ['a refusal that names an id', answers(200, refusal({ checkout_request_id: 'ws_CO_1' })), 'accepted'],
  ['a server error', answers(500, refusal({ error_code: 'MPESA_ERROR' })), 'unknown'],
  ['a bad gateway', answers(502, HTML), 'unknown'],
  ['HTML with status 200', answers(200, HTML), 'unknown'],
  ['HTML with status 403', answers(403, HTML), 'unknown'],
  ['an empty answer', answers(200, ''), 'unknown'],
  ['JSON that is no object', answers(200, '"ok"'), 'unknown'],
  ['a redirect', answers(302, '', { location: '/api/v2/elsewhere.php' }), 'unknown'],
  ['a hung-up connection', hangUp, 'unknown'],
  ['an answer cut short', cutShort, 'unknown'],
  [
    'an endless answer',
    answers(200, JSON.stringify({ success: true, message: 'x'.repeat(300_000) })),
    'unknown',
  ],
];

test('each answer to a push is accepted, refused or unknown', async (t) => {
  const server = await misbehavingServer(t);
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl });
  for (const [name, behaviour, outcome, cause] of pushTable) {
    server.does(behaviour);
    const before = server.received.length;
    const answer = await shadowPay.stkPush(keys, push);
    assert.deepEqual(
      [answer.outcome, answer.outcome === 'refused' ? answer.cause : undefined],
      [outcome, cause],
      name,
    );
    if (answer.outcome === 'accepted') assert.equal(answer.checkoutRequestId, 'ws_CO_1', name);
    assert.equal(server.received.length, before + 1, `${name}: sent exactly once`);
  }
});

test('a push without an answer in time is unknown; one that never left is refused', async (t) => {
  const server = await misbehavingServer(t);
  server.does(() => undefined);
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl, timeouts: { pushMs: 1_000 } });
  assert.equal((await shadowPay.stkPush(keys, push)).outcome, 'unknown');
  assert.equal(server.received.length, 1);
  await server.close();
  const refused = await shadowPay.stkPush(keys, push);
  assert.deepEqual([refused.outcome, refused.outcome === 'refused' && refused.cause], ['refused', 'gateway']);
  const nowhere = await createShadowPay({ baseUrl: 'http://gateway.invalid/' }).stkPush(keys, push);
  assert.deepEqual([nowhere.outcome, nowhere.outcome === 'refused' && nowhere.cause], ['refused', 'gateway']);
});

test('an answer that trickles in for ever is given up', async (t) => {
  const server = await misbehavingServer(t);
  server.does((response) => {
    response.writeHead(200);
    const trickle = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(trickle));
  });
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl, timeouts: { pushMs: 150 } });
  assert.equal((await shadowPay.stkPush(keys, push)).outcome, 'unknown');
});

test('a reason is one short line that never repeats a secret', async (t) => {
  const server = await misbehavingServer(t);
  const message = `Bad key ${keys.apiKey}/${keys.apiSecret}\r\n\u0000\u001b[31m${'long '.repeat(100)}`;
  server.does(answers(401, { success: false, message }));
  const answer = await createShadowPay({ baseUrl: server.baseUrl }).stkPush(keys, push);
  assert.ok(answer.outcome === 'refused');
  assert.match(answer.reason, /^HTTP 401: Bad key •••\/••• \[31mlong/);
  assert.ok(answer.reason.length <= 200);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  assert.doesNotMatch(answer.reason, /[\u0000-\u001f]/);
});

test('fractions of a shilling never leave the house', async () => {
  const shadowPay = createShadowPay({ baseUrl: 'http://gateway.invalid/' });
  await assert.rejects(shadowPay.stkPush(keys, { ...push, amountKes: 99.5 }), RangeError);
});

const ok = (body: object) => answers(200, { success: true, ...body });
const statusTable: ReadonlyArray<readonly [string, Behaviour, Partial<PaymentStatusAnswer>]> = [
  [
    'completed',
    ok({ status: 'completed', transaction_code: 'SG722NMVXQ' }),
    { outcome: 'paid', receipt: 'SG722NMVXQ' },
  ],
  [
    'success, untidily written',
    ok({ status: ' SUCCESS ', mpesa_receipt: 'sg722nmvxq ' }),
    { outcome: 'paid', receipt: 'SG722NMVXQ' },
  ],
  [
    'nested, with echoes',
    ok({ data: [{ status: 'completed', tx: 'SG722NMVXQ', amount: '100.00', phone_number: '0700 000 001' }] }),
    { outcome: 'paid', receipt: 'SG722NMVXQ', amountKes: 100, phone: '254700000001' },
  ],
  [
    'paid from a phone that is none of Kenya’s',
    ok({ status: 'completed', phone: '+255700000001' }),
    { outcome: 'paid', phone: '255700000001' },
  ],
  [
    'paid from a phone that is hidden',
    ok({ status: 'completed', phone: '2547****0001' }),
    { outcome: 'paid' },
  ],
  [
    'an envelope of its own around the status',
    answers(200, {
      success: true,
      status: 'success',
      data: { status: 'failed', ResultDesc: 'Request cancelled by user' },
    }),
    { outcome: 'failed', cause: 'cancelled', reason: 'Request cancelled by user' },
  ],
  [
    'an envelope around a pending one',
    ok({ status: 'success', data: { status: 'pending' } }),
    { outcome: 'pending' },
  ],
  ['paid without a receipt', ok({ status: 'completed', transaction_code: null }), { outcome: 'paid' }],
  ['a receipt that is none', ok({ status: 'completed', transaction_code: 'N/A' }), { outcome: 'paid' }],
  ['a receipt alone', ok({ transaction_code: 'SG722NMVXQ' }), { outcome: 'pending' }],
  ['completed without success', answers(200, { status: 'completed' }), { outcome: 'pending' }],
  [
    'completed with success as a text',
    answers(200, { success: 'true', status: 'completed' }),
    { outcome: 'pending' },
  ],
  ['completed with success:false', answers(200, refusal({ status: 'completed' })), { outcome: 'pending' }],
  [
    'completed with a failing result code',
    ok({ status: 'completed', result_code: 1032 }),
    { outcome: 'pending' },
  ],
  ['completed with result code 0', ok({ status: 'completed', result_code: 0 }), { outcome: 'paid' }],
  ['success:false is never failed', answers(200, refusal({})), { outcome: 'pending' }],
  [
    'success:false with failed',
    answers(200, refusal({ status: 'failed', result_code: 1032 })),
    { outcome: 'pending' },
  ],
  ['pending', ok({ status: 'pending' }), { outcome: 'pending' }],
  ['an unheard-of status', ok({ status: 'reversed' }), { outcome: 'pending' }],
  [
    'failed',
    ok({ status: 'failed', message: 'Something' }),
    { outcome: 'failed', cause: 'other', reason: 'Something' },
  ],
  ['cancelled', ok({ status: 'cancelled' }), { outcome: 'failed', cause: 'cancelled' }],
  ['canceled', ok({ status: 'Canceled' }), { outcome: 'failed', cause: 'cancelled' }],
  ['failed but still processing', ok({ status: 'failed', result_code: '4999' }), { outcome: 'pending' }],
  ['failed but being processed', ok({ status: 'failed', errorCode: '500.001.1001' }), { outcome: 'pending' }],
  ['failed with result code 0', ok({ status: 'failed', result_code: '0' }), { outcome: 'pending' }],
  [
    'failed with words only',
    ok({ status: 'failed', ResultDesc: 'The balance is insufficient' }),
    { outcome: 'failed', cause: 'no-funds' },
  ],
  ['a server error', answers(500, HTML), { outcome: 'unavailable' }],
  [
    'a server error that says failed',
    answers(500, { success: true, status: 'failed' }),
    { outcome: 'unavailable' },
  ],
  ['wrong keys', answers(401, refusal({})), { outcome: 'unavailable', keysRefused: true }],
  [
    'a rate limit',
    answers(429, refusal({}), { 'retry-after': '30' }),
    { outcome: 'unavailable', retryAfterMs: 30_000 },
  ],
  ['HTML', answers(200, HTML), { outcome: 'unavailable' }],
  ['an empty answer', answers(200, ''), { outcome: 'unavailable' }],
  ['a redirect', answers(301, '', { location: '/api/v2/elsewhere.php' }), { outcome: 'unavailable' }],
  ['a hung-up connection', hangUp, { outcome: 'unavailable' }],
];

test('each answer about a payment is paid, failed, pending or no answer at all', async (t) => {
  const server = await misbehavingServer(t);
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl });
  for (const [name, behaviour, expected] of statusTable) {
    server.does(behaviour);
    const answer: Record<string, unknown> = { ...(await shadowPay.status(keys, 'ws_CO_1')) };
    if (!('reason' in expected)) delete answer.reason;
    assert.deepEqual(answer, expected, name);
  }
  assert.equal(JSON.parse(server.received[0]?.body ?? '').checkout_request_id, 'ws_CO_1');
});

test('M-Pesa’s result codes become causes a customer understands', async (t) => {
  const server = await misbehavingServer(t);
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl });
  const causes: Record<string, string> = {
    1: 'no-funds',
    2: 'limit',
    3: 'limit',
    4: 'limit',
    8: 'limit',
    17: 'busy',
    26: 'busy',
    1001: 'busy',
    1019: 'no-answer',
    1025: 'busy',
    1032: 'cancelled',
    1037: 'no-answer',
    2001: 'wrong-pin',
    8006: 'other',
    9999: 'busy',
    31337: 'other',
  };
  for (const [code, cause] of Object.entries(causes)) {
    server.does(ok({ status: 'failed', result_code: Number(code) }));
    const answer = await shadowPay.status(keys, 'ws_CO_1');
    assert.equal(answer.outcome === 'failed' && answer.cause, cause, `code ${code}`);
  }
});

test('a status call that hangs or finds nobody is unavailable', async (t) => {
  const server = await misbehavingServer(t);
  server.does(() => undefined);
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl, timeouts: { statusMs: 100 } });
  assert.equal((await shadowPay.status(keys, 'ws_CO_1')).outcome, 'unavailable');
  await server.close();
  assert.equal((await shadowPay.status(keys, 'ws_CO_1')).outcome, 'unavailable');
});

test('no more than 32 calls are under way at a time, and all get their turn', async (t) => {
  const server = await misbehavingServer(t);
  let underWay = 0;
  let most = 0;
  const finish: Array<() => void> = [];
  server.does((response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    finish.push(() => {
      underWay -= 1;
      response.end('{"success":true,"status":"pending"}');
    });
    // Everybody who may be under way is: let them go, one more each time.
    if (underWay === 32 || server.received.length > 68) for (const end of finish.splice(0)) end();
  });
  const shadowPay = createShadowPay({ baseUrl: server.baseUrl });
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, () => shadowPay.status(keys, 'ws_CO_1').then(({ outcome }) => outcome)),
  );
  assert.deepEqual(new Set(outcomes), new Set(['pending']));
  assert.equal(most, 32);
});
