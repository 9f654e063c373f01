import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { PairingPace } from '../../supervisor/workers/pairing-pace.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

test('pairing codes are to be had again as the ten minutes since each go by', async () => {
  const clock = new FakeClock();
  const pace = new PairingPace(clock);
  const ask = (clientId = 'a') => pace.run(clientId, async () => 'ABCD2345');
  for (let count = 0; count < 5; count += 1) {
    await ask();
    clock.advance(MINUTE_MS);
  }
  await assert.rejects(ask(), /try again in 5 minutes/);
  assert.equal(await ask('another bot'), 'ABCD2345');
  clock.advance(5 * MINUTE_MS);
  await ask();
  await assert.rejects(ask(), /try again in 1 minute$/);
});

test('only what never reached WhatsApp costs nothing', async () => {
  const pace = new PairingPace(new FakeClock());
  const fail = (code: 'conflict' | 'unavailable') =>
    pace.run('a', async () => {
      throw new AppError(code, 'no code');
    });
  for (let count = 0; count < 9; count += 1) await assert.rejects(fail('conflict'), /no code/);
  for (let count = 0; count < 5; count += 1) await assert.rejects(fail('unavailable'), /no code/);
  await assert.rejects(fail('unavailable'), /5 pairing codes/);
});

test('a clock that was set back does not withhold pairing codes', async () => {
  const clock = new FakeClock();
  const pace = new PairingPace(clock);
  for (let count = 0; count < 5; count += 1) await pace.run('a', async () => 'ABCD2345');
  clock.setBack(HOUR_MS);
  assert.equal(await pace.run('a', async () => 'ABCD2345'), 'ABCD2345');
});
