import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { MINUTE_MS } from '../../shared/clock.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import { keepAlive } from '../../supervisor/keep-alive.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

async function publicAddress(t: TestContext) {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    visits.push(request.url ?? '');
    response.statusCode = visits.length === 1 ? 200 : 502;
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bots/`, visits };
}

test('the product calls itself by its public address every 25 minutes, says when that fails, and stops when told', async (t) => {
  const { baseUrl, visits } = await publicAddress(t);
  const clock = new FakeClock();
  const said: string[] = [];
  let heard = (): void => undefined;
  const note = (_fields: object, message: string): void => {
    said.push(message);
    heard();
  };
  const logger: Logger = { ...silentLogger, debug: note, warn: note };
  let minutes = 25;
  const end = keepAlive({ baseUrl, everyMinutes: () => minutes, clock, logger });
  const afterMinutes = async (passed: number): Promise<void> => {
    const said_ = new Promise<void>((resolve) => {
      heard = resolve;
    });
    clock.advance(passed * MINUTE_MS);
    await said_;
    // The next one is planned after the word was said.
    await new Promise((resolve) => setImmediate(resolve));
  };
  clock.advance(24 * MINUTE_MS);
  assert.deepEqual(visits, []);
  await afterMinutes(1);
  await afterMinutes(25);
  assert.deepEqual(visits, ['/bots/health/live', '/bots/health/live']);
  assert.deepEqual(said, [
    'reached by the public address',
    'the public address answers with another status than 200',
  ]);
  minutes = 0;
  clock.advance(200 * MINUTE_MS);
  minutes = 25;
  end();
  clock.advance(200 * MINUTE_MS);
  assert.equal(visits.length, 2);
  assert.deepEqual(clock.delays(), []);
});
