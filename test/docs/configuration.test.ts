import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationPage } from './configuration-page.ts';

test('docs/configuration.md tells of every variable and setting as the product reads it', () => {
  const written = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  assert.equal(written, configurationPage(), 'out of date: npm run docs');
  for (const name of ['PORT', 'DATA_KEY', 'minAmountKes', 'orderPersonKeepDays'])
    assert.match(written, new RegExp(`^\\| \`${name}\` \\| \\S`, 'm'));
});
