import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient, makeOrder } from '../http/helpers/fake-services.ts';
import { type Site, startSite } from '../http/helpers/site.ts';

/** What a page may bring with it, as sent to a browser that takes gzip, without a chart library. */
const LIMIT_BYTES = 130_000;
const PAGES = [
  '/',
  '/orders',
  '/orders/A2345678',
  '/clients/cl_one',
  '/clients/cl_one/settings',
  '/settings',
];

interface Sent {
  readonly bytes: number;
  readonly encoding: string | undefined;
  readonly text: string;
}

async function sent(site: Site, url: string, encoding: 'gzip' | 'br'): Promise<Sent> {
  const headers = { ...site.browser(), 'accept-encoding': encoding };
  const answer = await site.app.inject({ url, headers });
  assert.equal(answer.statusCode, 200, url);
  const told = answer.headers['content-encoding'];
  const unpack = { gzip: gunzipSync, br: brotliDecompressSync };
  return {
    bytes: answer.rawPayload.length,
    encoding: told === undefined ? undefined : String(told),
    text: (told === encoding ? unpack[encoding](answer.rawPayload) : answer.rawPayload).toString(),
  };
}

/** The page and everything that it and its scripts name, as it travels. */
async function weigh(site: Site, page: string, encoding: 'gzip' | 'br'): Promise<ReadonlyMap<string, Sent>> {
  const all = new Map<string, Sent>();
  const add = async (url: string): Promise<void> => {
    if (all.has(url)) return;
    const answer = await sent(site, url, encoding);
    all.set(url, answer);
    const next =
      url === page
        ? [...answer.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, name]) => name ?? '')
        : [...answer.text.matchAll(/from ["']\.\/([\w-]+\.js)["']/g)].map(
            ([, name]) => `/assets/client/${name}`,
          );
    for (const found of url.startsWith('/assets/client/') || url === page ? next : []) await add(found);
  };
  await add(page);
  return all;
}

test('everything that a page brings with it is sent compressed and stays light enough for a slow phone', async (t) => {
  const site = await startSite(t, { parts: { pages: registerPages, live: registerLive } });
  site.stores.clients.set('cl_one', makeClient({}));
  site.stores.orders.set('A2345678', makeOrder());
  for (const page of PAGES) {
    const all = await weigh(site, page, 'gzip');
    assert.ok(all.size > 15, page);
    const told = [...all]
      .toSorted(([, a], [, b]) => b.bytes - a.bytes)
      .map(([url, { bytes }]) => `${url} ${bytes}`)
      .join('\n');
    const bytes = [...all.values()].reduce((sum, one) => sum + one.bytes, 0);
    assert.ok(bytes < LIMIT_BYTES, `${page}: ${bytes} bytes as sent:\n${told}`);
    for (const [url, { encoding, text }] of all) {
      if (text.length > 1_500) assert.equal(encoding, 'gzip', url);
    }
  }
  const [gzip, brotli] = await Promise.all(
    (['gzip', 'br'] as const).map(async (encoding) => {
      const assets = [...(await weigh(site, '/', encoding))].filter(([url]) => url !== '/');
      return assets.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    }),
  );
  assert.ok(brotli !== undefined && gzip !== undefined && brotli < gzip * 0.95, `${brotli} < ${gzip}`);
});
