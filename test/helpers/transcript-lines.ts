import { z } from 'zod';

/** What a transcript's line says a bot says, compared without line breaks and bold marks: transcripts are read by people. */
export function patternOf(expected: string): RegExp {
  const parts = expected.split('…').map((part) => plain(part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}

export function plain(text: string): string {
  return text.replaceAll('*', '').replace(/\s+/g, ' ').trim();
}

/** `\u{…}` and `\n` as in JavaScript. */
export function unescaped(text: string): string {
  return z
    .string()
    .parse(JSON.parse(`"${text.replaceAll('"', '\\"').replace(/\\u\{([0-9a-f]{4})\}/gi, '\\u$1')}"`));
}
