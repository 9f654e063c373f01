import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import {
  missingCredentials,
  type OwnedKeys,
  resolveCredentials,
} from '../../supervisor/gateways/resolve-credentials.ts';
import { storedSetId } from '../../supervisor/gateways/set-ids.ts';

const pay = (owner: string): OwnedKeys['shadowPay'] => ({
  ref: { setId: `${owner}:shadow-pay`, version: 1 },
  keys: { apiKey: `${owner}-key`, apiSecret: `${owner}-secret`, accountId: owner.length },
});
const airtime = (owner: string): OwnedKeys['statum'] => ({
  ref: { setId: `${owner}:statum`, version: 1 },
  keys: { consumerKey: `${owner}-key`, consumerSecret: `${owner}-secret` },
});
/** `p` = has Shadow Pay keys, `s` = has Statum keys. */
const owned = (owner: string, has: string): OwnedKeys => ({
  shadowPay: has.includes('p') ? pay(owner) : undefined,
  statum: has.includes('s') ? airtime(owner) : undefined,
});

describe('whose keys count', () => {
  for (const [client, platform, environment, allowed, paysTo, sendsFrom] of [
    ['', '', '', false, 'none', 'none'],
    ['', '', 'ps', false, 'env', 'env'],
    ['', 'ps', 'ps', false, 'global', 'global'],
    ['', 'p', 's', false, 'global', 'env'],
    ['', 'p', '', false, 'global', 'none'],
    ['ps', 'ps', 'ps', false, 'client', 'client'],
    ['ps', '', '', false, 'client', 'client'],
    // Own Shadow Pay with the platform's float: the client would collect and the platform would pay.
    ['p', 'ps', '', false, 'client', 'none'],
    ['p', '', 'ps', false, 'client', 'none'],
    ['p', 'ps', '', true, 'client', 'global'],
    ['p', '', 'ps', true, 'client', 'env'],
    ['p', '', '', true, 'client', 'none'],
    // The other way round the platform collects and the client pays, which is theirs to settle.
    ['s', 'ps', '', false, 'global', 'client'],
    ['s', '', 'p', false, 'env', 'client'],
  ] as const) {
    const name = `client ${client || '–'}, platform ${platform || '–'}, environment ${environment || '–'}${allowed ? ', float allowed' : ''}`;
    it(`${name}: collected by ${paysTo}, airtime from ${sendsFrom}`, () => {
      const { shadowPay, statum } = resolveCredentials({
        client: owned('client', client),
        platform: owned('platform', platform),
        environment: owned('environment', environment),
        mayUsePlatformFloat: allowed,
      });
      assert.deepEqual([shadowPay.source, statum.source], [paysTo, sendsFrom]);
    });
  }

  it('an order that the client collected is not delivered from the platform’s float, even when the client has no keys any more', () => {
    const facts = {
      client: owned('client', ''),
      platform: owned('platform', 'ps'),
      environment: owned('environment', ''),
      mayUsePlatformFloat: false,
    };
    assert.equal(resolveCredentials({ ...facts, collector: 'client' }).statum.source, 'none');
    assert.equal(resolveCredentials({ ...facts, collector: 'platform' }).statum.source, 'global');
    assert.equal(
      resolveCredentials({ ...facts, collector: 'client', mayUsePlatformFloat: true }).statum.source,
      'global',
    );
  });

  it('an order that the platform collected is delivered from its float although the client has own Shadow Pay keys by now', () => {
    const { statum } = resolveCredentials({
      client: owned('client', 'p'),
      platform: owned('platform', 'ps'),
      environment: owned('environment', ''),
      mayUsePlatformFloat: false,
      collector: 'platform',
    });
    assert.equal(statum.source, 'global');
  });
});

const anyKey = fc.string({ minLength: 4, maxLength: 12 });
const anyVersion = fc.integer({ min: 1, max: 9 });
const anyOwner = (owner: string) =>
  fc.record({
    shadowPay: fc.option(
      fc.record({
        ref: fc.record({ setId: fc.constant(`${owner}:shadow-pay`), version: anyVersion }),
        keys: fc.record({ apiKey: anyKey, apiSecret: anyKey, accountId: fc.nat() }),
      }),
      { nil: undefined },
    ),
    statum: fc.option(
      fc.record({
        ref: fc.record({ setId: fc.constant(`${owner}:statum`), version: anyVersion }),
        keys: fc.record({ consumerKey: anyKey, consumerSecret: anyKey }),
      }),
      { nil: undefined },
    ),
  });
const anyFacts = fc.record({
  client: anyOwner('client'),
  platform: anyOwner('platform'),
  environment: anyOwner('environment'),
  mayUsePlatformFloat: fc.boolean(),
  collector: fc.constantFrom('client' as const, 'platform' as const, undefined),
});

test('fields of two sets are never mixed: what is used is one set whole, and the ref says which', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { shadowPay, statum } = resolveCredentials(facts);
      const owners = [facts.client, facts.platform, facts.environment];
      if (shadowPay.source !== 'none') assert.ok(owners.some((owner) => owner.shadowPay === shadowPay.held));
      if (statum.source !== 'none') assert.ok(owners.some((owner) => owner.statum === statum.held));
    }),
  );
});

test('a client never collects while the platform pays, unless an admin allows it', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { shadowPay, statum } = resolveCredentials(facts);
      const collectsItself =
        facts.collector === undefined ? shadowPay.source === 'client' : facts.collector === 'client';
      if (collectsItself && !facts.mayUsePlatformFloat)
        assert.ok(statum.source === 'client' || statum.source === 'none');
    }),
  );
});

test('what keeps a client from selling is told in words, and nothing where nothing does', () => {
  const told = (client: string, platform: string) =>
    missingCredentials(
      resolveCredentials({
        client: owned('client', client),
        platform: owned('platform', platform),
        environment: owned('environment', ''),
        mayUsePlatformFloat: false,
      }),
    ).join('\n');
  assert.equal(told('', 'ps'), '');
  assert.match(told('', 's'), /^Shadow Pay keys are not set.*$/);
  assert.match(told('', ''), /^Shadow Pay keys are not set.*\nStatum keys are not set.*$/);
  assert.match(told('p', 'ps'), /^Own Statum keys are not set.*unless an admin allows it$/);
});

test('the names of sets are stable: they stand in orders', () => {
  assert.equal(storedSetId('platform', 'shadow-pay'), 'platform:shadow-pay');
  assert.equal(storedSetId({ clientId: 'cl_Abc' }, 'statum'), 'client:cl_Abc:statum');
});
