import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { holdsSecret, withoutSecrets } from '../../supervisor/gateways/without-secrets.ts';

const printable = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 6, maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));
/** Between words, as gateways put things. */
const around = fc.constantFrom('', ' ', ': ', '"', '<p>', ' (key) ');
const htmlEscape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** How a gateway could repeat a key; each with what must not be left of it. */
const repetitions: Record<string, (secret: string, other: string) => string> = {
  'as it is': (secret) => secret,
  'in small letters': (secret) => secret.toLowerCase(),
  'escaped for a URL': encodeURIComponent,
  'escaped for JSON': (secret) => JSON.stringify({ header: secret }),
  'escaped for HTML': htmlEscape,
  'as hex': (secret) => Buffer.from(secret).toString('hex'),
  'as base64': (secret) => Buffer.from(secret).toString('base64'),
  'in a Basic header': (secret, other) => Buffer.from(`${other}:${secret}`).toString('base64'),
  'in a Basic header the wrong way round': (secret, other) =>
    Buffer.from(`${secret}:${other}`).toString('base64'),
  'in base64url of something larger': (secret, other) =>
    Buffer.from(`{"k":"${other}","s":"${secret}"}`).toString('base64url'),
};

for (const [how, repeat] of Object.entries(repetitions)) {
  test(`a key that a gateway repeats ${how} is blotted out`, () => {
    fc.assert(
      fc.property(printable, printable, around, around, (secret, other, before, after) => {
        const repeated = repeat(secret, other);
        const text = `Invalid credentials${before}${repeated}${after}, sorry`;
        const clean = withoutSecrets(text, [secret]);
        assert.ok(!clean.includes(repeated) || repeated.length < 4, `${text} → ${clean}`);
        assert.ok(clean.includes('•••'));
        assert.ok(holdsSecret(text, [secret]));
      }),
      { numRuns: 200 },
    );
  });
}

test('what holds no key stays as it is', () => {
  const text =
    'HTTP 401: Request ws_CO_191220191020363925 failed: insufficient balance (KES 1,200.00) + / = - _';
  assert.equal(withoutSecrets(text, ['sk-live-0123456789', 'pk-live-9876543210']), text);
});

test('a very long answer is cleaned in time that grows with its length only', () => {
  const secret = 'sk-live-0123456789';
  const filler = 'A'.repeat(256 * 1024);
  const clean = withoutSecrets(`${filler}${Buffer.from(secret).toString('base64')}${filler} ${secret}`, [
    secret,
  ]);
  assert.equal(clean, '••• •••');
});
