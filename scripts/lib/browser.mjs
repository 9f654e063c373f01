import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, run, StepError, step } from './steps.mjs';

/** Where the found browser is written down for test/helpers/browser.ts. */
export const browserFile = join(root, '.cache/browser.json');

// Debian's /usr/bin/chromium is a shell script around the first of these; a wrapper hides the real process from tests that kill it.
const USUAL_PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/lib/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  // Last: what people see is tested in what people use, where that is there.
  '/usr/lib/chromium/chromium-headless-shell',
];
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chrome-headless-shell',
];

/** Makes sure that there is a Chromium to test with; the tests never skip for want of one. */
export async function ensureBrowser() {
  const told = process.env.PUPPETEER_EXECUTABLE_PATH;
  if (told) {
    const version = await versionOf(told);
    if (!version) {
      throw new StepError(
        `PUPPETEER_EXECUTABLE_PATH names ${told}, which is not a Chrome or Chromium that starts. Correct it, or unset it to have one found.`,
      );
    }
    return remember(told, version);
  }
  if (remembered()) return;
  await step('finding a browser', async () => {
    const tried = [];
    for (const source of [installed, downloaded, fromPackages]) {
      const path = await source(tried);
      const version = path && (await versionOf(path));
      if (version) {
        console.log(`  ${version} at ${path}`);
        return remember(path, version);
      }
    }
    throw new StepError(
      `The tests need a Chrome or Chromium, and none could be had:\n${tried.map((line) => `  - ${line}`).join('\n')}\nInstall one, or name it in PUPPETEER_EXECUTABLE_PATH, and run the same command again.`,
    );
  });
}

async function installed(tried) {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const path of [...USUAL_PLACES, ...onPath]) {
    if (executable(path) && (await versionOf(path))) return path;
  }
  tried.push(`no working browser at the usual places nor on PATH (${NAMES.join(', ')})`);
  return undefined;
}

async function downloaded(tried) {
  console.log('  none installed; downloading Chrome by Puppeteer …');
  const { code, output } = await run(
    process.execPath,
    [join(root, 'node_modules/puppeteer/lib/cjs/puppeteer/node/cli.js'), 'browsers', 'install', 'chrome'],
    // The repository's own configuration forbids the download at install time only.
    { quiet: true, env: { PUPPETEER_SKIP_DOWNLOAD: 'false' } },
  );
  const path = /^chrome@\S+ (.+)$/m.exec(output)?.[1]?.trim();
  if (code === 0 && path && existsSync(path)) {
    if (await versionOf(path)) return path;
    tried.push(`Puppeteer's Chrome at ${path} does not start (system libraries are missing?)`);
  } else {
    tried.push(`Puppeteer's download failed: ${cause(output)}`);
  }
  return undefined;
}

async function fromPackages(tried) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    tried.push('apt-get install chromium: only as root on Debian or Ubuntu');
    return undefined;
  }
  console.log('  installing Chromium by apt-get …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await run('apt-get', ['update', '-q'], { quiet: true, env });
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
    quiet: true,
    env,
  });
  if (install.code === 0) return installed(tried);
  tried.push(`apt-get install chromium failed: ${cause(update.code === 0 ? install.output : update.output)}`);
  return undefined;
}

/** The program's own answer, which also proves that it starts; undefined if it does not. */
async function versionOf(path) {
  const { code, output } = await run(path, ['--version', '--no-sandbox'], { quiet: true });
  return code === 0
    ? /\b(?:Chromium|Chrome|HeadlessChrome)\S* [\d.]+.*/.exec(output)?.[0]?.trim()
    : undefined;
}

function remembered() {
  if (!existsSync(browserFile)) return false;
  const { path } = JSON.parse(readFileSync(browserFile, 'utf8'));
  return typeof path === 'string' && executable(path);
}

function remember(path, version) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(browserFile, `${JSON.stringify({ path, version })}\n`);
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(error.code)) return false;
    throw error;
  }
}

/** The line of a command's output that most likely says what went wrong. */
function cause(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const telling = [/ENOTFOUND|ECONN|EAI_AGAIN|ENOSPC/, /^E: /, /error|fail/i, /./];
  for (const pattern of telling) {
    const found = lines.find((line) => pattern.test(line));
    if (found) return found;
  }
  return 'no output';
}
