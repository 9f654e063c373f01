import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DAY_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';

export type BrowserKind = 'headless-shell' | 'chromium';
export type InstalledBrowsers = { readonly [K in BrowserKind]?: string };
export type BrowserWish = 'auto' | BrowserKind;

export interface ChosenBrowser {
  readonly path: string;
  readonly kind: BrowserKind;
  /** Why it is not the one that would be chosen first; for the log. */
  readonly note?: string;
}

/** After so many starts without ready, WhatsApp may not take the small browser any more: the full one is tried. */
const STARTS_BEFORE_FALLBACK = 3;
/** What kept the small one from getting through may be over: after so long it is tried once more. */
const SHELL_AGAIN_MS = 7 * DAY_MS;

/**
 * Headless shell where there is one: a third of the memory in a fleet (docs/browser.md). Full Chromium where there is none, where
 * it is wished, and where the shell did not get through.
 * @throws AppError `unavailable` with what to install
 */
export function chooseBrowser(facts: {
  readonly wish: BrowserWish;
  /** PUPPETEER_EXECUTABLE_PATH: settles it. */
  readonly told?: string | undefined;
  readonly installed: InstalledBrowsers;
  /** Starts of headless shell in a row that led neither to a login nor to a QR code. */
  readonly startsWithoutReady: number;
  /** How long ago the last of them was, in milliseconds. */
  readonly sinceShellMs: number;
}): ChosenBrowser {
  const { wish, told, installed, startsWithoutReady, sinceShellMs } = facts;
  if (told !== undefined) return { path: told, kind: kindOf(told) };
  const { chromium, 'headless-shell': shell } = installed;
  if (wish !== 'auto') {
    const path = installed[wish];
    if (path !== undefined) return { path, kind: wish };
    throw new AppError(
      'unavailable',
      `The setting "Browser" asks for ${wish}, which is not installed here: install it, or set it to automatic`,
    );
  }
  const shellDue = startsWithoutReady < STARTS_BEFORE_FALLBACK || sinceShellMs >= SHELL_AGAIN_MS;
  if (shell !== undefined && (shellDue || chromium === undefined)) {
    return { path: shell, kind: 'headless-shell' };
  }
  if (chromium !== undefined) {
    const note = `${startsWithoutReady} starts with headless shell did not get through to WhatsApp; full Chromium is used in its place`;
    return { path: chromium, kind: 'chromium', ...(shell === undefined ? {} : { note }) };
  }
  throw new AppError(
    'unavailable',
    'There is no Chromium on this machine. Install one (apt-get install chromium) or name it in PUPPETEER_EXECUTABLE_PATH',
  );
}

/** The real programs: Debian's /usr/bin/chromium adds flags of its own, its headless-shell wrapper hides the browser's pid. */
const PLACES: { readonly [K in BrowserKind]: readonly string[] } = {
  'headless-shell': ['/usr/lib/chromium/chromium-headless-shell', '/usr/lib/chromium/headless_shell'],
  chromium: [
    '/usr/lib/chromium/chromium',
    '/usr/lib/chromium-browser/chromium-browser',
    '/opt/google/chrome/chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
};
const NAMES: { readonly [K in BrowserKind]: readonly string[] } = {
  'headless-shell': ['chrome-headless-shell', 'headless_shell'],
  chromium: ['google-chrome-stable', 'google-chrome', 'chrome', 'chromium', 'chromium-browser'],
};

/** What is installed on this machine, looked for at the usual places, on PATH, and where Puppeteer downloads to. */
export function installedBrowsers(): InstalledBrowsers {
  const shell = find('headless-shell', 'chrome-headless-shell');
  const chromium = find('chromium', 'chrome');
  return { ...(shell && { 'headless-shell': shell }), ...(chromium && { chromium }) };
}

function find(kind: BrowserKind, download: string): string | undefined {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES[kind].map((name) => join(folder, name)));
  return [...PLACES[kind], ...downloads(download), ...onPath].find(isProgram);
}

/** ~/.cache/puppeteer/<browser>/<platform>-<version>/<browser>-<platform>/<browser> */
function downloads(name: string): string[] {
  const root = join(homedir(), '.cache/puppeteer', name);
  return entries(root).flatMap((version) =>
    entries(join(root, version)).map((folder) => join(root, version, folder, name)),
  );
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch {
    // Nothing was ever downloaded there.
    return [];
  }
}

/** @throws AppError `unavailable` where what PUPPETEER_EXECUTABLE_PATH names is no program: no retry can mend that. */
export function requireProgram(told: string): void {
  if (isProgram(told)) return;
  throw new AppError('unavailable', `PUPPETEER_EXECUTABLE_PATH names ${told}, which is no program here`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Why not does not matter: the next place is tried, and whoever named this one hears that it is no program.
    return false;
  }
}

function kindOf(path: string): BrowserKind {
  return /headless[-_]shell/.test(path) ? 'headless-shell' : 'chromium';
}

/** Chromium's flags, each with its reason and its effect in docs/browser.md. None weakens web security or the isolation of sites. */
export function browserFlags(kind: BrowserKind, extra: readonly string[]): string[] {
  const flags = [
    '--disable-gpu',
    '--disable-software-rasterizer',
    '--in-process-gpu',
    '--enable-features=NetworkServiceInProcess2',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--mute-audio',
    '--disable-remote-fonts',
    // Chromium refuses to sandbox root's processes; everybody else keeps the sandbox.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...extra,
  ];
  // The zygotes serve the sandbox. In full Chromium they also share what they have loaded with each page, and cost less than they save.
  const zygotes = kind === 'chromium' || !flags.includes('--no-sandbox');
  return zygotes ? flags : ['--no-zygote', ...flags];
}
