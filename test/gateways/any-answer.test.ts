import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDeliveryCallback } from '../../supervisor/gateways/delivery-callback.ts';
import type { CallResult } from '../../supervisor/gateways/http-call.ts';
import { readPaymentStatus, readStkPush } from '../../supervisor/gateways/shadow-pay-answers.ts';
import { readAirtime, readBalance } from '../../supervisor/gateways/statum-answers.ts';

/** Bodies made of the words that gateways use, in combinations that none should ever send. */
const value = fc.oneof(
  fc.constantFrom(
    'completed',
    'success',
    'failed',
    'cancelled',
    'pending',
    'ws_CO_1',
    'SG722NMVXQ',
    '200',
    '402',
    '',
    'true',
  ),
  fc.constantFrom(0, 1, 17, 200, 401, 402, 422, 429, 500, 1001, 1032, 4999),
  fc.constantFrom(true, false, null),
  fc.jsonValue({ maxDepth: 2 }),
);
const names = [
  'success',
  'status',
  'message',
  'checkout_request_id',
  'transaction_code',
  'result_code',
  'error_code',
  'ResultDesc',
  'amount',
  'phone',
  'status_code',
  'description',
  'request_id',
  'validation_errors',
  'available_balance',
  'organization',
];
const layer = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
const body = fc.oneof(
  layer,
  fc
    .tuple(layer, fc.oneof(layer, fc.array(layer, { maxLength: 2 })))
    .map(([root, data]) => ({ ...root, data })),
  fc.jsonValue(),
  fc.constant(undefined),
);
const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 402, 403, 404, 422, 429, 500, 502, 503);
const answered = fc.record({
  kind: fc.constant('answered' as const),
  status,
  body,
  retryAfterMs: fc.constant(undefined),
});
const isServerError = (result: CallResult): boolean => result.kind === 'answered' && result.status >= 500;
const field = (result: CallResult, name: string): unknown =>
  result.kind === 'answered' && typeof result.body === 'object' && result.body !== null
    ? Object.entries(result.body).find(([key]) => key === name)?.[1]
    : undefined;

test('no answer whatsoever makes a payment paid without "success: true" and HTTP 2xx', () => {
  fc.assert(
    fc.property(answered, (result) => {
      const answer = readPaymentStatus(result, []);
      if (answer.outcome === 'paid') {
        assert.equal(field(result, 'success'), true);
        assert.ok(result.status < 300);
        assert.match(answer.receipt ?? 'SG722NMVXQ', /^[A-Z0-9]{10}$/);
      }
      if (answer.outcome === 'failed') {
        assert.notEqual(field(result, 'success'), false);
        assert.ok(result.status < 300);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('no server error and no unreadable answer is ever taken for a refusal or an acceptance', () => {
  fc.assert(
    fc.property(answered, (result) => {
      const push = readStkPush(result, []);
      const airtime = readAirtime(result, []);
      if (isServerError(result)) assert.deepEqual([push.outcome, airtime.outcome], ['unknown', 'unknown']);
      if (result.body === undefined) {
        assert.equal(push.outcome, 'unknown');
        const keysRefused = result.status === 401 || result.status === 403;
        assert.equal(airtime.outcome, keysRefused ? 'held' : 'unknown');
      }
      if (airtime.outcome === 'accepted') assert.ok(result.status < 300);
    }),
    { numRuns: 5_000 },
  );
});

test('every answer and callback is read without an error, and every reason is short', () => {
  fc.assert(
    fc.property(answered, (result) => {
      for (const answer of [
        readStkPush(result, ['secret']),
        readPaymentStatus(result, ['secret']),
        readAirtime(result, ['secret']),
        readBalance(result, ['secret']),
      ]) {
        if ('reason' in answer) assert.ok(answer.reason.length <= 200 && !answer.reason.includes('secret'));
      }
      const callback = parseDeliveryCallback(result.body);
      if (callback) assert.notEqual(callback.requestId, '');
    }),
    { numRuns: 5_000 },
  );
});
