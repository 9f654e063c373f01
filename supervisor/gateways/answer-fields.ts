import { z } from 'zod';
import { holdsSecret, withoutSecrets } from './without-secrets.ts';

const recordSchema = z.record(z.string(), z.unknown());
export type Layer = z.infer<typeof recordSchema>;

/** The object itself, undefined for anything else. */
export function asRecord(value: unknown): Layer | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success && !Array.isArray(value) ? parsed.data : undefined;
}

/**
 * Where a gateway's fields may stand: in the answer itself, or in its `data` or `data[0]` (docs/gateways.md, section 1).
 * Innermost last; empty when the answer is no object.
 */
export function layersOf(body: unknown): readonly Layer[] {
  const root = asRecord(body);
  if (!root) return [];
  const data = asRecord(Array.isArray(root.data) ? root.data[0] : root.data);
  return data ? [root, data] : [root];
}

/** Every non-empty text or number that stands under one of the names, as trimmed text, in the order of the names. */
export function textsOf(layers: readonly Layer[], names: readonly string[]): string[] {
  return names.flatMap((name) =>
    layers.flatMap((layer) => {
      const value = layer[name];
      const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
      return text === '' ? [] : [text];
    }),
  );
}

export function textOf(layers: readonly Layer[], names: readonly string[]): string | undefined {
  return textsOf(layers, names)[0];
}

/** An id that the gateway gave out. One that repeats our keys is none, and must not be stored as one. */
export function idOf(
  layers: readonly Layer[],
  names: readonly string[],
  secrets: readonly string[],
): string | undefined {
  return textsOf(layers, names).find((text) => !holdsSecret(text, secrets));
}

/** A number, or a text that is one (`"695.15"`, `"1,200.00"`). */
export function numberOf(layers: readonly Layer[], names: readonly string[]): number | undefined {
  for (const text of textsOf(layers, names)) {
    if (/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''));
  }
  return undefined;
}

const MAX_REASON_LENGTH = 200;

/** A foreign text made fit to be stored and shown: one short line without control characters and without our own secrets. */
export function cleanReason(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_REASON_LENGTH);
}
