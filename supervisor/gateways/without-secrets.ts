const BLOT = '•••';
/** What is shorter stands in ordinary words; keys that are set are longer (shared/credentials.ts). */
const MIN_SECRET_LENGTH = 4;

/**
 * Blots our own keys out of a gateway's text, in whatever form it repeats them: as they are, escaped for URLs, JSON or HTML, as
 * hex, or inside anything encoded as base64 (`Authorization: Basic …` for one).
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest first: one key may be the beginning of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    for (const leak of leaksOf(secret)) clean = clean.replace(leak, BLOT);
  }
  return clean;
}

/** Whether a gateway repeats one of our keys where it should give an id. */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return withoutSecrets(text, secrets) !== text;
}

function leaksOf(secret: string): RegExp[] {
  const plain = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`),
    secret.replace(/[&<>"']/g, (sign) => HTML_NAMES.get(sign) ?? sign),
    Buffer.from(secret).toString('hex'),
  ];
  const encoded = base64Cores(secret).flatMap((core) => [
    core,
    core.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
  return [
    // The whole run: what stands around the core is part of the same leak.
    new RegExp(`[\\w+/=-]*(?:${alternatives(encoded)})[\\w+/=-]*`, 'g'),
    new RegExp(alternatives(plain), 'gi'),
  ];
}

const HTML_NAMES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/**
 * The part of a text's base64 that is the same whatever stands before and after it, for each of the three places at which it
 * may begin in a group of three bytes.
 */
function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const startsClean = Math.ceil((before * 8) / 6);
    const endsClean = Math.floor(((before + bytes.length) * 8) / 6);
    const core = encoded.slice(startsClean, endsClean);
    return core === '' ? [] : [core];
  });
}

function alternatives(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|');
}
