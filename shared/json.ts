import { z } from 'zod';

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = Record<string, JsonValue>;

/** Deeper than anything of ours; what lies deeper is refused, so that no sender can exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * Plain JSON of any shape, checked but not copied. In place of zod's own `z.json()`: that one is recursive, which makes each check of
 * it, and of all that holds it, twenty times as dear (docs/performance.md), and every message between the processes holds some.
 */
export const jsonValueSchema = z.custom<JsonValue>((value) => isJson(value, 0), 'Expected plain JSON');

/** The same, for an object. */
export const jsonObjectSchema = z.custom<JsonObject>(
  (value) => isPlainObject(value) && isJson(value, 0),
  'Expected an object of plain JSON',
);

function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (depth >= MAX_DEPTH) return false;
      if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
      return isPlainObject(value) && Object.values(value).every((item) => isJson(item, depth + 1));
    default:
      return false;
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
