/**
 * Builds the product into dist/: compiled JavaScript, client scripts, styles, vendor files. Built aside and swapped in whole,
 * so that a failed or half-done build never serves.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { buildFingerprint, stampFile } from './lib/build-inputs.mjs';
import { compressFolder } from './lib/compress.mjs';
import { root } from './lib/steps.mjs';

const dist = join(root, 'dist');
// Inside the repository: a rename works only within one file system.
const fresh = join(root, '.cache', `build-${process.pid}`);
const old = join(root, '.cache', `old-build-${process.pid}`);
const assets = join(fresh, 'web/assets');

function compile(project, outDir) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--outDir', outDir], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`${project} does not compile`);
}

/** zod brings its messages in fifty languages; people read ours. In each worker they would take a megabyte of memory or more. */
const oneLanguage = {
  name: 'one-language',
  setup(joining) {
    joining.onResolve({ filter: /\/locales\/index\.js$/ }, ({ resolveDir, path }) =>
      resolveDir.includes('zod') ? { path: join(resolveDir, dirname(path), 'en.js') } : undefined,
    );
  },
};

/**
 * Joins the worker's modules and those of the packages that it uses into a few files: a hundred bots may start at once, and half of a
 * start's processor time went into finding and reading some hundred files. What needs a browser stays outside.
 */
async function joinWorker() {
  const worker = join(fresh, 'worker');
  await build({
    entryPoints: [join(worker, 'main.js')],
    outdir: worker,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['puppeteer', 'whatsapp-web.js'],
    plugins: [oneLanguage],
    // Names stay, for the sake of readable errors.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  });
}

function copyIfThere(from, to) {
  if (existsSync(join(root, from))) cpSync(join(root, from), to, { recursive: true });
}

/** The vendor files that pages load, as web/assets.json lists them; a list of scripts becomes one file, so that they run in one go. */
function copyVendor() {
  const list = join(root, 'web/assets.json');
  if (!existsSync(list)) return;
  for (const { from, to } of JSON.parse(readFileSync(list, 'utf8'))) {
    const target = resolve(assets, to);
    if (!target.startsWith(assets + sep))
      throw new Error(`web/assets.json: "${to}" leads out of the assets folder`);
    const sources = [from].flat();
    const missing = sources.find((source) => !existsSync(join(root, source)));
    if (missing) throw new Error(`web/assets.json: there is no ${missing}`);
    mkdirSync(dirname(target), { recursive: true });
    if (Array.isArray(from)) {
      const scripts = sources.map((source) => readFileSync(join(root, source), 'utf8'));
      writeFileSync(target, scripts.join(';\n'));
    } else cpSync(join(root, from), target, { recursive: true });
  }
}

/** The new build takes the place of the old one; the old one is put back if that fails. */
function swap() {
  if (existsSync(dist)) renameSync(dist, old);
  try {
    renameSync(fresh, dist);
  } catch (error) {
    if (existsSync(old)) renameSync(old, dist);
    throw error;
  }
}

try {
  // Taken before compiling: a file saved meanwhile makes this build stale, as it is.
  const stamp = buildFingerprint(root);
  mkdirSync(fresh, { recursive: true });
  compile('tsconfig.build.json', fresh);
  if (existsSync(join(root, 'worker/main.ts'))) await joinWorker();
  if (existsSync(join(root, 'web/client/tsconfig.json')))
    compile('web/client/tsconfig.json', join(assets, 'client'));
  copyIfThere('web/styles', join(assets, 'styles'));
  copyIfThere('web/public', assets);
  copyVendor();
  if (existsSync(assets)) compressFolder(assets);
  writeFileSync(stampFile(fresh), `${stamp}\n`);
  swap();
} catch (error) {
  console.error(`Build failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
}
