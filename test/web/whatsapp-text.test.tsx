import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { render } from 'preact-render-to-string';
import { WhatsAppText } from '../../web/components/whatsapp-text.tsx';
import { plainText } from '../../web/text/whatsapp-format.ts';

const html = (text: string): string => render(<WhatsAppText text={text} />);
const inner = (text: string): string =>
  html(text)
    .replace(/^<span class="wa-text">|<\/span>$/g, '')
    .replace(/<span class="whole">([^<]*)<\/span>/g, '$1');

test('stars, underscores, tildes and backticks format as in WhatsApp', () => {
  assert.equal(inner('*Welcome* to _Duka_'), '<strong>Welcome</strong> to <em>Duka</em>');
  assert.equal(inner('~KES 100~ KES 95'), '<s>KES 100</s> KES 95');
  assert.equal(inner('code `A234*5*6`'), 'code <code>A234*5*6</code>');
  assert.equal(inner('*bold _and italic_*'), '<strong>bold <em>and italic</em></strong>');
});

test('a phone number and a sum are never broken over two lines', () => {
  const told = html('Buy *KES 1,000* for 0700 000 001? Pay from +254700 000 002. Order A2345678');
  const whole = [...told.matchAll(/<span class="whole">([^<]*)<\/span>/g)].map(([, text]) => text);
  assert.deepEqual(whole, ['KES 1,000', '0700 000 001', '+254700 000 002']);
});

test('marks inside words, lonely marks and marks across lines stay as typed', () => {
  for (const text of [
    '2*3*4',
    'snake_case_name',
    '* not bold*',
    'a * b',
    '*open',
    '*two\nlines*',
    '**',
    '_',
  ]) {
    assert.equal(inner(text), text);
  }
});

test('a message with HTML in it is shown, never run', () => {
  const hostile = '*<img src=x onerror=alert(1)>* `</code><script>alert(1)</script>` _<b>_';
  assert.doesNotMatch(html(hostile), /<(?:img|script|b)\b/);
  assert.match(html(hostile), /&lt;img src=x onerror=alert\(1\)>/);
});

test('no text whatsoever makes another element than the four of formatting', () => {
  const texts = fc.string({ unit: fc.constantFrom('*', '_', '~', '`', '<', '>', '&', '"', 'a', ' ', '\n') });
  fc.assert(
    fc.property(texts, (text) => {
      const rest = inner(text).replace(/<\/?(?:strong|em|s|code)>/g, '');
      assert.doesNotMatch(rest, /</);
    }),
  );
});

test('formatting loses nothing but marks', () => {
  const texts = fc.string({ unit: fc.constantFrom('*', '_', '~', 'a', 'é', '👋', ' ', '\n', '1') });
  const letters = (text: string): string => text.replace(/[*_~`]/g, '');
  fc.assert(fc.property(texts, (text) => assert.equal(letters(plainText(text)), letters(text))));
});
