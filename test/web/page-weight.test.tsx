import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { render } from 'preact-render-to-string';
import { Dashboard } from '../../web/components/layout.tsx';

const assets = fileURLToPath(new URL('../../dist/web/assets/', import.meta.url));
/** What a page may bring with it, gzipped, without a chart library. */
const LIMIT_BYTES = 130_000;

/** The assets that a page names, and the modules that its scripts import. */
function assetsOf(html: string): ReadonlySet<string> {
  const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map(([, name]) => name ?? '');
  const all = new Set<string>();
  const add = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    if (!name.startsWith('client/')) return;
    const script = readFileSync(resolve(assets, name), 'utf8');
    for (const [, imported] of script.matchAll(/from ["']\.\/([\w-]+\.js)["']/g)) add(`client/${imported}`);
  };
  for (const name of named) add(name);
  return all;
}

test('everything that a page brings with it stays light enough for a slow phone', () => {
  assert.ok(existsSync(assets), 'the product is built');
  const context = {
    appName: 'Airtime Bots',
    now: 1_700_000_000_000,
    asset: (name: string) => `/assets/${name}`,
    path: '/',
    user: { name: 'Achieng', csrfToken: 'token', role: 'admin' as const },
  };
  const html = render(
    <Dashboard context={context} title="Page" rooms={['overview']}>
      <p>Content</p>
    </Dashboard>,
  );
  const sizes = [...assetsOf(html)].map((name) => ({
    name,
    bytes: gzipSync(readFileSync(resolve(assets, name))).length,
  }));
  assert.ok(sizes.length > 15);
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  const told = sizes
    .toSorted((a, b) => b.bytes - a.bytes)
    .map((size) => `${size.name} ${size.bytes}`)
    .join('\n');
  assert.ok(bytes < LIMIT_BYTES, `${bytes} bytes gzipped:\n${told}`);
});
