import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser } from 'puppeteer';
import { z } from 'zod';
import { temporaryFolder } from './temp.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Chromium's flags for tests: quiet, without traffic of its own, fit for a container. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Only ends a test that would otherwise hang, however busy the machine is. */
export const PATIENCE_MS = 120_000;

/** The browser that the bootstrap found (`npm test` runs it), or the one that PUPPETEER_EXECUTABLE_PATH names. */
export function browserPath(): string {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  if (named) return named;
  const file = join(root, '.cache/browser.json');
  if (!existsSync(file)) {
    throw new Error('No browser was looked for yet: run npm test, or node scripts/bootstrap.mjs test');
  }
  return z.object({ path: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).path;
}

/** A real Chromium with a fresh profile. `close` ends it and removes the profile. */
export async function launchBrowser(
  options: { readonly args?: readonly string[] } = {},
): Promise<{ readonly browser: Browser; close(): Promise<void> }> {
  const profile = temporaryFolder('profile');
  // Root may not use Chromium's sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await puppeteer
    .launch({
      executablePath: browserPath(),
      headless: true,
      pipe: true,
      timeout: PATIENCE_MS,
      userDataDir: profile.path,
      args: [...FLAGS, ...sandbox, ...(options.args ?? [])],
    })
    .catch((error: unknown) => {
      profile.remove();
      throw error;
    });
  return {
    browser,
    async close() {
      await browser.close();
      profile.remove();
    },
  };
}
