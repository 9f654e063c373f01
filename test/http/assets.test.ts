import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { registerAssets } from '../../supervisor/http/assets.ts';
import { temporaryFolder } from '../helpers/temp.ts';

test('static files are kept for ever under their hash only, and nothing outside their folder is served', async (t) => {
  const folder = temporaryFolder('assets');
  t.after(() => folder.remove());
  const root = join(folder.path, 'assets');
  mkdirSync(join(root, 'styles'), { recursive: true });
  writeFileSync(join(root, 'styles/app.css'), 'body { margin: 0 }');
  writeFileSync(join(root, '.hidden'), 'hush');
  writeFileSync(join(folder.path, 'secret.txt'), 'hush');
  const app = Fastify();
  t.after(() => app.close());
  const address = await registerAssets(app, root);
  const current = await app.inject(address('styles/app.css'));
  assert.equal(current.body, 'body { margin: 0 }');
  assert.match(String(current.headers['content-type']), /^text\/css/);
  assert.equal(current.headers['cache-control'], 'public, max-age=31536000, immutable');
  const outdated = await app.inject('/assets/styles/app.css?v=other');
  assert.equal(outdated.headers['cache-control'], 'no-cache');
  for (const path of [
    '../secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    '.hidden',
    'styles',
    '',
    '%00',
    'styles%00/app.css',
    'x'.repeat(300),
    '%F0%9F%92%B8'.repeat(100),
  ]) {
    const answer = await app.inject(`/assets/${path}`);
    assert.ok([403, 404].includes(answer.statusCode), `${path} → ${answer.statusCode}`);
    assert.ok(!answer.body.includes('hush'), path);
  }
  writeFileSync(join(root, 'styles/app.css'), 'body { margin: 10px }');
  assert.notEqual(address('styles/app.css'), current.raw.req.url);
});

test('a browser that takes compressed files is sent them, under the same address and type', async (t) => {
  const folder = temporaryFolder('assets');
  t.after(() => folder.remove());
  mkdirSync(join(folder.path, 'styles'));
  const css = 'body { margin: 0 }\n'.repeat(100);
  writeFileSync(join(folder.path, 'styles/app.css'), css);
  writeFileSync(join(folder.path, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder.path, 'styles/app.css.br'), brotliCompressSync(css));
  writeFileSync(join(folder.path, 'styles/app.css.gz'), gzipSync(css));
  const app = Fastify();
  t.after(() => app.close());
  const address = await registerAssets(app, folder.path);
  const get = (name: string, encodings: string) =>
    app.inject({ url: address(name), headers: { 'accept-encoding': encodings } });
  for (const [encodings, encoding, read] of [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ] as const) {
    const { headers, rawPayload } = await get('styles/app.css', encodings);
    assert.equal(headers['content-encoding'], encoding);
    assert.equal(headers.vary, 'accept-encoding');
    assert.match(String(headers['content-type']), /^text\/css/);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.ok(rawPayload.length < css.length / 5);
    assert.equal(read(rawPayload).toString(), css);
  }
  const plain = await get('styles/app.css', 'identity');
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.body, css);
  const small = await get('icon.svg', 'br');
  assert.equal(small.headers['content-encoding'], undefined);
  assert.equal(small.body, '<svg/>');
});
