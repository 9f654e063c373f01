import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, readConfig } from '../../supervisor/config.ts';

const problemOf = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return 'no problem';
};

describe('the environment', () => {
  it('may be empty: a sandbox on localhost:3000', () => {
    const config = readConfig({}, '/srv/app');
    assert.equal(config.port, 3000);
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.dataDir, '/srv/app/data');
    assert.equal(config.adminToken, undefined);
  });

  it('listens on all addresses in production and demands a token there', () => {
    assert.match(problemOf({ NODE_ENV: 'production' }), /ADMIN_UI_TOKEN is required.*openssl/);
    const config = readConfig({ NODE_ENV: 'production', ADMIN_UI_TOKEN: 'x'.repeat(24) });
    assert.equal(config.host, '0.0.0.0');
  });

  for (const [what, env, message] of [
    ['a port that is none', { PORT: '70000' }, /PORT must be a port number/],
    ['a port in words', { PORT: 'three thousand' }, /PORT must be a port number/],
    ['a short token', { ADMIN_UI_TOKEN: 'secret' }, /ADMIN_UI_TOKEN must have at least 16/],
    ['a weak data key', { DATA_KEY: 'short' }, /DATA_KEY must have at least 32/],
    ['an address without a scheme', { BASE_URL: 'bots.example' }, /BASE_URL must be an http/],
    ['another scheme', { SHADOW_PAY_BASE_URL: 'file:///etc/passwd' }, /SHADOW_PAY_BASE_URL must be an http/],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of/],
    [
      'a wrong admin phone',
      { ADMIN_PHONES: '0700000001, 12' },
      /ADMIN_PHONES "12" is not a Kenyan mobile number/,
    ],
    [
      'half a pair of keys',
      { STATUM_CONSUMER_KEY: 'a-consumer-key' },
      /STATUM_CONSUMER_SECRET missing although STATUM_CONSUMER_KEY/,
    ],
    [
      'a key with a space in it',
      { SHADOW_PAY_API_KEY: 'two words' },
      /SHADOW_PAY_API_KEY is no usable key: .*no spaces/,
    ],
    ['a cut key', { STATUM_CONSUMER_SECRET: 'abc' }, /STATUM_CONSUMER_SECRET is no usable key: .*too short/],
  ] as const) {
    it(`refuses ${what} by name`, () => assert.match(problemOf(env), message));
  }

  it('names every variable at fault at once', () => {
    const problem = problemOf({ PORT: 'x', LOG_LEVEL: 'loud' });
    assert.match(problem, /PORT/);
    assert.match(problem, /LOG_LEVEL/);
  });

  it('never prints a secret that it refuses', () => {
    assert.doesNotMatch(problemOf({ ADMIN_UI_TOKEN: 'hunter2' }), /hunter2/);
    assert.doesNotMatch(problemOf({ STATUM_CONSUMER_SECRET: 'hunter2 hunter2' }), /hunter2/);
  });

  it('normalises admin phones', () => {
    assert.deepEqual(readConfig({ ADMIN_PHONES: '0700000001,+254700000002' }).globals.adminPhones, [
      '254700000001',
      '254700000002',
    ]);
  });
});
