import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SECRET_FIELDS } from '../../shared/logger.ts';
import { loggedPath } from '../../supervisor/http/request-log.ts';
import { createLogger } from '../../supervisor/log.ts';
import { makeClient } from './helpers/fake-services.ts';
import { CALLBACK_TOKEN, startSite } from './helpers/site.ts';

function capture(level: 'debug' | 'info' = 'debug') {
  let text = '';
  const logger = createLogger({ logLevel: level }, { write: (line) => (text += line) });
  return { logger, text: () => text };
}

test('the value of a secret field never gets into a line, at any depth, in arrays, errors and child loggers', () => {
  const path = fc.array(fc.constantFrom('a', 'list', 'err', 'headers'), { maxLength: 7 });
  fc.assert(
    fc.property(path, fc.constantFrom(...SECRET_FIELDS), fc.boolean(), (steps, name, upper) => {
      const { logger, text } = capture();
      let fields: object = { [upper ? name.toUpperCase() : name]: 'PLANTED' };
      for (const step of steps) {
        if (step === 'list') fields = { list: [fields] };
        else if (step === 'err') fields = { err: Object.assign(new Error('refused'), fields) };
        else fields = { [step]: fields };
      }
      logger.info(fields, 'as a field');
      logger.child(fields).child(fields).error({}, 'as a binding');
      assert.match(text(), /as a field/);
      assert.match(text(), /as a binding/);
      assert.ok(!text().includes('PLANTED'), text());
    }),
  );
});

test('what is no secret stays readable', () => {
  const { logger, text } = capture();
  const cause = new Error('connection refused');
  logger
    .child({ clientId: 'cl_one' })
    .warn({ err: new Error('no answer', { cause }), attempts: [1, 2] }, 'again');
  const line = JSON.parse(text());
  assert.equal(line.level, 'warn');
  assert.equal(line.clientId, 'cl_one');
  assert.equal(line.err.message, 'no answer');
  assert.equal(line.err.cause.message, 'connection refused');
  assert.deepEqual(line.attempts, [1, 2]);
  assert.match(line.time, /^\d{4}-\d\d-\d\dT/);
});

test('lines below the level are not written', () => {
  const { logger, text } = capture('info');
  logger.debug({ a: 1 }, 'quiet');
  logger.child({ b: 1 }).debug({}, 'quiet');
  assert.equal(text(), '');
});

test('addresses are logged without what opens something', () => {
  assert.equal(loggedPath(`/callbacks/statum/${CALLBACK_TOKEN}`), '/callbacks/statum/***');
  assert.equal(loggedPath('/sign-in/once/abc?x=1'), '/sign-in/once/***');
  assert.equal(loggedPath('/api/v1/orders?q=0700000001'), '/api/v1/orders');
});

test('no request leaves a token, cookie or link in the log, answered well or badly', async (t) => {
  const { app, bearer, browser, stores, log } = await startSite(t);
  stores.clients.set('cl_one', makeClient());
  const link = app.createOneTimeLink();
  const { cookie, ...rest } = browser();
  const secrets = [
    bearer.authorization.slice(7),
    CALLBACK_TOKEN,
    link.split('/').at(-1) ?? '',
    cookie.slice(8),
    rest['x-csrf-token'],
  ];
  await app.inject({ url: '/api/v1/clients', headers: bearer });
  await app.inject({ method: 'POST', url: '/api/v1/clients/cl_one/stop', headers: { cookie, ...rest } });
  await app.inject({
    method: 'POST',
    url: `/callbacks/statum/${CALLBACK_TOKEN}`,
    payload: { request_id: 'r1' },
  });
  await app.inject({
    method: 'POST',
    url: `/callbacks/statum/${CALLBACK_TOKEN}x`,
    payload: { request_id: 'r1' },
  });
  await app.inject(link);
  await app.inject(link);
  await app.inject({ url: '/api/v1/clients', headers: { authorization: `${bearer.authorization}x` } });
  await app.inject({ method: 'POST', url: '/sign-in', payload: { token: secrets[0] } });
  stores.durable = async () => {
    throw Object.assign(new Error('EIO'), { token: secrets[0] });
  };
  await app.inject({ url: '/api/v1/clients', headers: { ...bearer, cookie } });
  assert.equal(log().match(/"msg":"request"/g)?.length, 9);
  for (const secret of secrets) assert.ok(!log().includes(secret), secret);
});
