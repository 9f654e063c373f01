import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../shared/clock.ts';
import { ChatClock } from '../../supervisor/chats/chat-clock.ts';
import { type GatewayCall, GatewayWatch } from '../../supervisor/gateways/gateway-watch.ts';
import type { CallResult } from '../../supervisor/gateways/http-call.ts';
import { createStatum } from '../../supervisor/gateways/statum.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const answered = (status: number, body: unknown): CallResult => ({
  kind: 'answered',
  ...{ status, body, retryAfterMs: undefined },
});

test('the watch tells a gateway that is away from one that refuses keys, since when, and forgets old keys', () => {
  const clock = new FakeClock();
  const watch = new GatewayWatch(clock);
  const calls: GatewayCall['result'][] = [];
  watch.onCall(({ result }) => calls.push(result));
  let version = 1;
  const see = (result: CallResult) => {
    const ref = { setId: 'platform:statum', version };
    watch.observer('statum', ref, 'balance')({ result, durationMs: 10, serverTimeMs: undefined });
    const { failingSince, failuresInARow, keysRefused, problem } = watch.health()[0] ?? {};
    return { failingSince, failuresInARow, keysRefused, problem };
  };
  const fine = { failingSince: undefined, failuresInARow: 0, keysRefused: false, problem: undefined };
  assert.deepEqual(see(answered(200, { status_code: 200 })), fine);
  assert.deepEqual(see(answered(422, {})), fine);
  const since = clock.now();
  see({ kind: 'no-answer', reason: 'time-out' });
  clock.advance(MINUTE_MS);
  assert.deepEqual(see(answered(502, undefined)), {
    failingSince: since,
    failuresInARow: 2,
    keysRefused: false,
    problem: 'it answers with error 502',
  });
  assert.equal(see(answered(200, undefined)).problem, 'its answers make no sense');
  assert.deepEqual(see(answered(401, {})), { ...fine, keysRefused: true });
  assert.equal(see({ kind: 'not-sent', reason: 'ECONNREFUSED' }).keysRefused, true);
  assert.equal(see(answered(200, { success: false, error_code: 'AUTH_FAILED' })).keysRefused, true);
  version = 2;
  assert.deepEqual(see({ kind: 'not-sent', reason: 'ECONNREFUSED' }).keysRefused, false);
  version = 1;
  assert.equal(see(answered(401, {})).keysRefused, false);
  assert.deepEqual(calls, [
    ...[
      'ok',
      'refused',
      'no-answer',
      'server-error',
      'unreadable',
      'keys-refused',
      'not-sent',
      'keys-refused',
    ],
    ...['not-sent', 'keys-refused'],
  ]);
});

test('three answers tell how wrong this machine’s clock is; the simulated world says nothing of it', () => {
  const clock = new FakeClock();
  const watch = new GatewayWatch(clock);
  const hear = (setId: string, minutes: number) =>
    watch.observer(
      'statum',
      { setId, version: 1 },
      'balance',
    )({
      ...{ result: answered(200, {}), durationMs: 0 },
      serverTimeMs: clock.now() - 500 + minutes * MINUTE_MS,
    });
  for (let n = 0; n < 3; n += 1) hear('simulated', 30);
  hear('platform:statum', 5);
  hear('platform:statum', 90);
  assert.equal(watch.clockOffsetsMs().size, 0);
  hear('platform:statum', 5);
  assert.equal(watch.clockOffsetsMs().get('statum'), 5 * MINUTE_MS);
});

test('messages from the future tell that the clock is behind; old ones only that they had to wait', async () => {
  const clock = new FakeClock();
  const chat = new ChatClock(clock);
  const turns = chat.watching({
    begin: async () => ({ status: 'duplicate' }),
    commit: async () => ({ status: 'committed' }),
    ask: async () => assert.fail('nobody asks'),
  });
  const say = (sentAt: number) =>
    turns.begin('cl_1', { chatId: 'c', messageId: 'm', sentAt, content: { kind: 'text', text: 'hi' } });
  for (let n = 0; n < 9; n += 1) await say(clock.now() - 60 * MINUTE_MS);
  assert.equal(chat.offsetMs(), undefined);
  for (let n = 0; n < 5; n += 1) await say(clock.now() + 4 * MINUTE_MS);
  assert.equal(chat.offsetMs(), 4 * MINUTE_MS);
});

test('a real call is seen with its outcome and its time', async () => {
  const seen: { kind: string; durationMs: number }[] = [];
  const statum = createStatum({ baseUrl: 'http://gateway.invalid/' });
  await statum.balance({ consumerKey: 'key', consumerSecret: 'secret' }, ({ result, durationMs }) =>
    seen.push({ kind: result.kind, durationMs }),
  );
  assert.ok(seen.length > 0 && seen.every(({ kind, durationMs }) => kind === 'not-sent' && durationMs >= 0));
});
