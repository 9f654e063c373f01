/**
 * What it takes to run the product, measured: a fresh clone until the first page is served, the size of what production needs, and how
 * soon the built product answers on Node 20 and 24. Follows the steps of the Dockerfile's build stage.
 *   npm run bench:install
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const STARTS = 7;
const NODES = ['20', '24'];
const place = mkdtempSync(join(tmpdir(), 'airtime-install-'));
const clone = join(place, 'clone');
const image = join(place, 'image');

try {
  console.log(
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const fresh = await untilReady('npm', ['start'], clone, { DATA_DIR: join(place, 'first') });
  console.log(`fresh clone, npm start until ready: ${(fresh / 1000).toFixed(1)} s`);

  execFileSync(
    'npm',
    ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'],
    {
      cwd: clone,
      stdio: 'ignore',
    },
  );
  mkdirSync(image);
  for (const name of ['package.json', 'node_modules', 'dist'])
    cpSync(join(clone, name), join(image, name), { recursive: true, verbatimSymlinks: true });
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(image, 'package.json'), 'utf8')));
  const tools = Object.keys(devDependencies).filter((name) => existsSync(join(image, 'node_modules', name)));
  console.log(
    `production install: ${megabytes(image)} MB, of it node_modules ${megabytes(join(image, 'node_modules'))} MB`,
  );
  console.log(`development tools in it: ${tools.length === 0 ? 'none' : tools.join(', ')}`);

  for (const version of NODES) {
    const node = execFileSync(
      'npx',
      ['--yes', '--package', `node@${version}`, 'node', '-p', 'process.execPath'],
      {
        encoding: 'utf8',
      },
    ).trim();
    const times: number[] = [];
    for (let start = 0; start < STARTS; start += 1)
      times.push(
        await untilReady(node, ['dist/supervisor/main.js'], image, {
          NODE_ENV: 'production',
          ADMIN_UI_TOKEN: 'a-token-for-this-bench',
          DATA_DIR: join(place, `data-${version}-${start}`),
        }),
      );
    times.sort((a, b) => a - b);
    const exact = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    console.log(
      `built product until ready on Node ${exact}: median ${times[STARTS >> 1]?.toFixed(0)} ms, worst ${times.at(-1)?.toFixed(0)} ms`,
    );
  }
  console.log(
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
} finally {
  rmSync(place, { recursive: true, force: true });
}

function megabytes(folder: string): number {
  return Math.round(
    Number(execFileSync('du', ['-s', '--bytes', folder], { encoding: 'utf8' }).split('\t')[0]) / 1e6,
  );
}

/** Starts a program in a process group of its own, waits until /health/ready answers, and ends it. @returns milliseconds */
async function untilReady(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /"url":"([^"]+)".*"msg":"listening"/.exec(line)?.[1];
    if (url === undefined) continue;
    while (!(await fetch(new URL('/health/ready', url))).ok) await new Promise(setImmediate);
    break;
  }
  const took = performance.now() - startedAt;
  child.stdout.resume();
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  await ended;
  return took;
}
