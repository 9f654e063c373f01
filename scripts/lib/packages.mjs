import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, StepError, step } from './steps.mjs';

/** Installs the packages of package-lock.json when what stands in node_modules is not exactly that. */
export async function ensurePackages() {
  if (isInstalled(root)) return;
  await step('installing packages', async () => {
    // No package of ours needs its install script: esbuild's, TypeScript's and Biome's programs come as packages of their own,
    // and Puppeteer's download is never wanted here. Development packages are needed even under NODE_ENV=production: the build is one.
    const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, output } = await run('npm', args);
    if (code !== 0) throw new StepError(explain(output));
  });
}

/**
 * Compares package-lock.json with the note that npm leaves in node_modules when it has finished. Packages for other
 * platforms are in the first only. Without install scripts, nothing depends on the Node that installed it.
 */
export function isInstalled(folder) {
  const note = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(note)) return false;
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = packagesOf(note);
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (path === '' || link || (optional && !present[path])) continue;
    if (present[path]?.version !== version) return false;
  }
  return Object.keys(present).every((path) => wanted[path]);
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

function explain(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.test(output)) {
    return 'The packages could not be fetched: the npm registry cannot be reached. Check the network (or proxy) and run the same command again.';
  }
  if (/ENOSPC/.test(output)) return 'The packages could not be installed: the disk is full.';
  if (/EACCES|EPERM/.test(output)) {
    return `The packages could not be installed: no permission to write in ${root}. Run as the owner of the folder.`;
  }
  if (/EUSAGE/.test(output)) {
    return 'package.json and package-lock.json do not fit together: run "npm install" and commit package-lock.json.';
  }
  return 'The packages could not be installed; npm says why above. After mending it, run the same command again.';
}
