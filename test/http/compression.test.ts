import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { registerCompression } from '../../supervisor/http/compression.ts';

const page = `<!doctype html><p>${'Habari yako 🎉 '.repeat(300)}</p>`;

async function ask(encodings: string, type = 'text/html; charset=utf-8', body = page) {
  const app = Fastify();
  registerCompression(app);
  app.get('/', (_request, reply) => reply.type(type).send(body));
  const answer = await app.inject({ url: '/', headers: { 'accept-encoding': encodings } });
  await app.close();
  return answer;
}

test('pages and JSON go out gzipped to whoever takes it', async () => {
  for (const [encodings, type] of [
    ['gzip, deflate, br, zstd', 'text/html; charset=utf-8'],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', 'application/json; charset=utf-8'],
    ['*', 'text/html'],
  ] as const) {
    const { headers, rawPayload } = await ask(encodings, type);
    assert.equal(headers['content-encoding'], 'gzip', encodings);
    assert.equal(Number(headers['content-length']), rawPayload.length);
    assert.equal(gunzipSync(rawPayload).toString(), page);
    assert.ok(rawPayload.length < page.length / 10);
  }
});

test('what nobody asked to be gzipped, or what gains nothing by it, goes out as it is', async () => {
  for (const [encodings, type, body] of [
    ['', 'text/html', page],
    ['br, deflate', 'text/html', page],
    ['gzip;q=0', 'text/html', page],
    ['gzip', 'image/png', page],
    ['gzip', 'text/html', '<p>Short</p>'],
  ] as const) {
    const answer = await ask(encodings, type, body);
    assert.equal(answer.headers['content-encoding'], undefined, `${encodings} ${type}`);
    assert.equal(answer.body, body);
  }
});
