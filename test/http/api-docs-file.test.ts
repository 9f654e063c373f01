import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { startSite } from './helpers/site.ts';

const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const ROW = /^\| `((?:GET|POST|PUT|PATCH|DELETE) \/[^`]*)` \| (\w+) \|/gm;
const NAMED = /`((?:GET|POST|PUT|PATCH|DELETE) \/[^`]*)`/g;

const sorted = (lines: Iterable<string>): readonly string[] => [...new Set(lines)].toSorted();

/** The routes, but not the forms of pages, which are nobody's contract. */
async function routesOf(t: Parameters<typeof startSite>[0]): Promise<ReadonlyMap<string, string>> {
  const core = await startSite(t);
  const whole = await startSite(t, { parts: { pages: registerPages, live: registerLive } });
  const ofCore = new Set(core.app.declaredRoutes.map(({ method, url }) => `${method} ${url}`));
  const routes = new Map<string, string>();
  for (const { method, url, role } of whole.app.declaredRoutes) {
    const name = `${method} ${url}`;
    if (method !== 'HEAD' && (method === 'GET' || ofCore.has(name))) routes.set(name, role);
  }
  return routes;
}

test('docs/api.md names every route with who may call it, and none that is not there', async (t) => {
  const routes = await routesOf(t);
  const documented = [...text.matchAll(ROW)].map(([, name, role]) => `${name}: ${role}`);
  const declared = [...routes].map(([name, role]) => `${name}: ${role}`);
  assert.deepEqual(
    {
      missing: declared.filter((row) => !documented.includes(row)),
      untrue: documented.filter((row) => !declared.includes(row)),
    },
    { missing: [], untrue: [] },
    'a route came, went or changed its role: say so in the tables of docs/api.md',
  );
  const named = [...text.matchAll(NAMED)].map(([, name]) => name ?? '');
  assert.deepEqual(
    sorted(named).filter((name) => !routes.has(name)),
    [],
    'docs/api.md speaks of routes that do not exist',
  );
});
