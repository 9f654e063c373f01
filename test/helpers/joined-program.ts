import { rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Inside the repository, so that what stays outside of the program is found. */
const folder = join(
  resolve(dirname(fileURLToPath(import.meta.url)), '../..'),
  '.cache',
  `programs-${process.pid}`,
);
const made = new Map<string, string>();

/**
 * A TypeScript program as one JavaScript file, for tests that start it many times: it starts three times as fast as by a loader. Gone when
 * this process ends.
 */
export function joinedProgram(entry: string): string {
  const known = made.get(entry);
  if (known !== undefined) return known;
  if (made.size === 0) process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, `${made.size}-${basename(entry, '.ts')}.mjs`);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['puppeteer', 'whatsapp-web.js'],
    logLevel: 'warning',
  });
  made.set(entry, outfile);
  return outfile;
}
