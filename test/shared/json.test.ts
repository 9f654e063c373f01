import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonObjectSchema, jsonValueSchema } from '../../shared/json.ts';

test('whatever JSON can hold passes as it is, and what JSON would change or cannot hold is refused', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      assert.equal(jsonValueSchema.parse(value), value);
      assert.equal(jsonObjectSchema.parse({ value }).value, value);
    }),
  );
  for (const value of [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    new Date(0),
    new Map(),
    () => 1,
  ]) {
    assert.equal(jsonValueSchema.safeParse(value).success, false, String(value));
    assert.equal(jsonObjectSchema.safeParse({ deep: [{ value }] }).success, false, String(value));
  }
});

test('an object of JSON is an object, not a list, a text or nothing', () => {
  for (const value of [[], 'text', 1, null, true])
    assert.equal(jsonObjectSchema.safeParse(value).success, false, JSON.stringify(value));
});

test('a message nested so deep that reading it would exhaust the stack is refused instead', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  assert.equal(jsonValueSchema.safeParse(deep).success, false);
});
