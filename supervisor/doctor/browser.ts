import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer';
import { SECOND_MS } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import {
  type BrowserWish,
  browserFlags,
  type ChosenBrowser,
  chooseBrowser,
  type InstalledBrowsers,
  installedBrowsers,
} from '../../worker/chat/whatsapp/browser.ts';
import type { Config } from '../config.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

const START_MS = 30 * SECOND_MS;

/** Finds the browser that bots would run in, and starts it once with their flags on a profile of its own. */
export async function browserFinding(options: {
  readonly config: Config['browser'];
  readonly wish: BrowserWish;
  /** Some bot is on WhatsApp; without one a browser may be missing. */
  readonly needed: boolean;
  readonly installed?: InstalledBrowsers;
  readonly timeoutMs?: number;
}): Promise<Finding> {
  const { config, wish, needed, installed = installedBrowsers(), timeoutMs = START_MS } = options;
  let chosen: ChosenBrowser;
  try {
    const told = config.executablePath;
    chosen = chooseBrowser({ wish, told, installed, startsWithoutReady: 0, sinceShellMs: 0 });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fix =
      'apt-get install chromium-headless-shell (or chromium), or name one in PUPPETEER_EXECUTABLE_PATH';
    if (needed) return bad('browser', error.message, fix);
    return warn('browser', `${error.message}. Bots in sandbox mode need none`, fix);
  }
  try {
    const version = await tryOut(chosen, config.chromeArgs, timeoutMs);
    const found = `${version} at ${chosen.path} starts`;
    if (chosen.kind === 'headless-shell') return ok('browser', found);
    const fix =
      'apt-get install chromium-headless-shell: a bot takes half the memory with it (docs/browser.md)';
    if (wish === 'auto' && config.executablePath === undefined)
      return warn('browser', `${found}; it is the large one`, fix);
    return ok('browser', found);
  } catch (error) {
    const words = await lastWords(chosen, config.chromeArgs, timeoutMs);
    const silent = words === '' && /timed out/i.test(errorText(error));
    const said = silent ? `${SILENT} within ${timeoutMs / SECOND_MS} s` : `${words}\n${errorText(error)}`;
    return bad('browser', `${chosen.path} does not start: ${gist(said)}`, advice(said));
  }
}

async function tryOut(
  { path, kind }: ChosenBrowser,
  extra: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'doctor-profile-'));
  try {
    const browser = await puppeteer.launch({
      executablePath: path,
      headless: true,
      pipe: true,
      timeout: timeoutMs,
      protocolTimeout: timeoutMs,
      userDataDir: profile,
      args: browserFlags(kind, extra),
    });
    try {
      const page = await browser.newPage();
      // A browser that comes up may still be unable to run a page: too little memory, a sandbox that cannot be built.
      await page.evaluate('1 + 1');
      return await browser.version();
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 4 });
  }
}

/** What a browser that did not start says by itself, which Puppeteer does not pass on over a pipe. */
function lastWords(
  { path, kind }: ChosenBrowser,
  extra: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'doctor-profile-'));
  const args = ['--headless', `--user-data-dir=${profile}`, ...browserFlags(kind, extra), '--dump-dom'];
  return new Promise((resolve) => {
    execFile(
      path,
      [...args, 'about:blank'],
      { timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, _, stderr) => {
        rmSync(profile, { recursive: true, force: true, maxRetries: 4 });
        const code = error && typeof error.code === 'string' ? error.code : '';
        resolve(`${stderr}\n${code}`.trim());
      },
    );
  });
}

const SILENT = 'it gives no sign of life';
const NO_CHROMIUM = /(?:unrecognized|unknown|invalid|illegal) option/i;
const TELLING = [/error while loading shared libraries.*/, /No usable sandbox.*/, /\bENOENT\b|\bEACCES\b/];

/** The line of a browser's last words that says most. */
function gist(said: string): string {
  for (const pattern of TELLING) {
    const [line] = pattern.exec(said) ?? [];
    if (line !== undefined) return line.slice(0, 200);
  }
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return (lines[0] ?? 'it gives no reason').slice(0, 200);
}

function advice(said: string): string {
  if (/shared libraries/.test(said)) {
    return 'Install it as a package (apt-get install chromium-headless-shell), which brings the libraries that it needs';
  }
  if (/sandbox/i.test(said)) {
    return 'Allow user namespaces to this user, or, in a container that holds the browser by itself, set CHROME_EXTRA_ARGS=--no-sandbox';
  }
  if (/ENOENT|EACCES/.test(said)) {
    return 'Correct PUPPETEER_EXECUTABLE_PATH, or unset it to have a browser found';
  }
  if (NO_CHROMIUM.test(said))
    return 'This is no Chromium: correct PUPPETEER_EXECUTABLE_PATH, or unset it to have a browser found';
  if (said.startsWith(SILENT))
    return 'Try again when the machine has less to do; if that does not help, it is no Chromium: name another in PUPPETEER_EXECUTABLE_PATH';
  return 'Start it by hand to see all of its words; memory, disk and CHROME_EXTRA_ARGS are the usual causes';
}
