import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash over the names and contents of files, whole folders included; what is missing counts as missing. Contents, not
 * times: a clone, a branch switch or a restored cache changes times at will.
 */
export function fingerprint(folder, names, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of names.flatMap((name) => filesOf(folder, name)).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
}

function filesOf(folder, name) {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [name];
  return readdirSync(path).flatMap((child) => filesOf(folder, join(name, child)));
}

/** What a stamp file says, or undefined when there is none. */
export function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
