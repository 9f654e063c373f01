import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
