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
    clean = clean.replace(new RegExp(alternatives(plainForms(secret)), 'gi'), BLOT);
    for (const core of base64Cores(secret)) clean = withoutRunsOf(clean, core);
  }
  return clean;
}

/** Whether a gateway repeats one of our keys where it should give an id. */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return withoutSecrets(text, secrets) !== text;
}

function plainForms(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`),
    secret.replace(/[&<>"']/g, (sign) => HTML_NAMES.get(sign) ?? sign),
    Buffer.from(secret).toString('hex'),
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
 * The part of a text's base64 (and base64url) that is the same whatever stands before and after it, for each of the three places
 * at which it may begin in a group of three bytes.
 */
function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const core = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/**
 * Blots out each run of base64 in which the core stands: what is around it is part of the same leak. By hand, because a pattern
 * for it takes quadratic time on a long answer.
 */
function withoutRunsOf(text: string, core: string): string {
  let clean = '';
  let done = 0;
  for (let at = text.indexOf(core); at !== -1; at = text.indexOf(core, done)) {
    let start = at;
    while (start > done && BASE64.test(text.charAt(start - 1))) start -= 1;
    let end = at + core.length;
    while (end < text.length && BASE64.test(text.charAt(end))) end += 1;
    clean += text.slice(done, start) + BLOT;
    done = end;
  }
  return clean + text.slice(done);
}

const BASE64 = /[\w+/=-]/;

function alternatives(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|');
}
