/**
 * The same faults under four supervisors: ours, pm2, BullMQ's sandboxed processors, and a plain child_process loop. Installs pm2 and
 * bullmq into a temporary folder; BullMQ needs a `redis-server` on this machine. `npm run bench:workers:compare`
 */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { endProcess, processesOf, processInfo } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { startOurs } from './fault-pool.ts';

const bot = fileURLToPath(new URL('./fault-bot.mjs', import.meta.url));
const bullWorker = fileURLToPath(new URL('./fault-bull.mjs', import.meta.url));
/** Longer than any of them promises to take. */
const WAIT_MS = 45_000;
const LOOP_MS = 20_000;

interface Supervised {
  /** Where the bot tells that it lives. */
  readonly folder: string;
  stop(): Promise<void>;
}
type Start = (folder: string, tools: string) => Promise<Supervised>;

const aliveSchema = z.object({ pid: z.number(), browserPid: z.number() });

function alive(folder: string): z.infer<typeof aliveSchema> | undefined {
  const path = join(folder, 'alive.json');
  try {
    return existsSync(path) ? aliveSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
  } catch (error) {
    // Caught in the middle of being written.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function until<T>(probe: () => T | undefined | false, forMs = WAIT_MS): Promise<T | undefined> {
  for (const from = performance.now(); performance.now() - from < forMs; await delay(20)) {
    const found = probe();
    if (found) return found;
  }
  return undefined;
}

/** @returns what is to stand in the table */
async function replacement(folder: string, strike: (pid: number) => void): Promise<string> {
  const first = await until(() => alive(folder));
  if (!first) return 'did not start';
  const from = performance.now();
  strike(first.pid);
  const next = await until(() => {
    const now = alive(folder);
    return now && now.pid !== first.pid && now;
  });
  if (!next) return `nothing in ${WAIT_MS / 1_000} s`;
  const afterMs = performance.now() - from;
  const left = processInfo(first.browserPid) ? 'browser left behind' : 'browser gone';
  return `new one after ${(afterMs / 1_000).toFixed(1)} s, ${left}`;
}

const faults: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  'dead (SIGKILL)': (folder) => replacement(folder, (pid) => process.kill(pid, 'SIGKILL')),
  'hung (SIGSTOP)': (folder) => replacement(folder, (pid) => process.kill(pid, 'SIGSTOP')),
  leaking: (folder) => replacement(folder, (pid) => writeFileSync(join(folder, `leak-${pid}`), '')),
  'crash loop': async (folder) => {
    const first = await until(() => alive(folder));
    if (!first) return 'did not start';
    writeFileSync(join(folder, 'crash-loop'), '');
    process.kill(first.pid, 'SIGKILL');
    await delay(LOOP_MS);
    const starts = readdirSync(folder).filter((name) => name.startsWith('start-')).length;
    return `${starts} starts in ${LOOP_MS / 1_000} s`;
  },
};

const starts: Readonly<Record<string, Start>> = {
  ours: async (folder) => ({ folder, stop: await startOurs(folder, bot) }),
  pm2: async (folder, tools) => {
    const env = { ...process.env, PM2_HOME: join(folder, 'pm2') };
    const pm2 = (...args: string[]): void => {
      execFileSync(join(tools, 'node_modules/.bin/pm2'), args, { env, stdio: 'ignore' });
    };
    pm2('start', bot, '--max-memory-restart', '300M', '--', 'run', folder);
    return { folder, stop: async () => pm2('kill') };
  },
  BullMQ: async (folder, tools) => {
    const port = await freePort();
    const redis = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', folder], {
      stdio: 'ignore',
    });
    await delay(1_000);
    const worker = spawn(process.execPath, [bullWorker, tools, bot, folder, String(port)], {
      stdio: 'inherit',
    });
    return { folder, stop: async () => ended(worker, redis) };
  },
  'child_process loop': async (folder) => {
    let stopped = false;
    let child: ChildProcess;
    const start = (): void => {
      if (stopped) return;
      child = fork(bot, ['run', folder], { stdio: 'ignore', execArgv: [] });
      child.on('exit', start);
    };
    start();
    return {
      folder,
      stop: async () => {
        stopped = true;
        child.kill('SIGKILL');
      },
    };
  },
};

async function ended(...children: ChildProcess[]): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = z.object({ port: z.number() }).parse(server.address());
      server.close(() => resolve(port));
    });
  });
}

const root = temporaryFolder('compare');
const tools = join(root.path, 'tools');
mkdirSync(tools);
execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', tools, 'pm2', 'bullmq', 'ioredis'], {
  stdio: 'ignore',
});
const only = process.argv.slice(2);
for (const [fault, strike] of Object.entries(faults)) {
  process.stdout.write(`${fault}\n`);
  for (const [name, start] of Object.entries(starts)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const folder = join(root.path, `${name}-${fault}`.replace(/\W/g, '-'));
    mkdirSync(folder);
    const supervised = await start(folder, tools);
    const result = await strike(folder).finally(() => supervised.stop());
    process.stdout.write(`  ${name.padEnd(20)} ${result}\n`);
    const last = alive(folder);
    for (const pid of [last?.pid, last?.browserPid]) {
      const info = pid === undefined ? undefined : processInfo(pid);
      if (info) endProcess(info, 'SIGKILL');
    }
  }
}
for (const info of processesOf(root.path)) endProcess(info, 'SIGKILL');
root.remove();
process.exit(0);
