import { spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, SECOND_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { WorldFile } from '../../shared/world.ts';
import { WorldApi } from './world-api.ts';
import { isRunning, readWorldFile, WORLD_VERSION } from './world-file.ts';

/** Time for a world to come up, or for one that another supervisor has just started to be found. */
const START_TIMEOUT_MS = 15 * SECOND_MS;
/** A shutdown has 25 s for everything; a world that does not end by itself hangs. */
const STOP_TIMEOUT_MS = 2 * SECOND_MS;
const LOOK_AGAIN_MS = 50;
const MAX_LOG_BYTES = 4 * 1024 * 1024;

interface Context {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A world that has not answered for so long does not answer. */
  readonly answerWithinMs: number;
}

/**
 * A world of this folder that answers: the one that runs already, else a new one.
 * @throws AppError `unavailable` with the log's last lines when none comes up.
 */
export async function ensureWorld(context: Context): Promise<WorldFile> {
  const { folder, clock, logger } = context;
  const deadline = clock.now() + START_TIMEOUT_MS;
  for (;;) {
    const running = await runningWorld(context);
    if (running) return running;
    if (clock.now() >= deadline) throw didNotStart(folder);
    const outcome = await spawnWorld(context);
    if (outcome === 'failed') throw didNotStart(folder);
    if (outcome === 'taken') {
      logger.debug({ folder }, 'another process is just starting this world');
      await pause(clock, LOOK_AGAIN_MS);
    }
  }
}

/** Ends a world: asks first, and kills it if it does not listen. Resolves when its process is gone. */
export async function stopWorld(file: WorldFile, clock: Clock): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(file)) return;
    kill(file.pid, signal);
    const deadline = clock.now() + STOP_TIMEOUT_MS;
    while (isRunning(file) && clock.now() < deadline) await pause(clock, LOOK_AGAIN_MS / 2);
  }
}

async function runningWorld({
  folder,
  clock,
  logger,
  answerWithinMs,
}: Context): Promise<WorldFile | undefined> {
  const file = readWorldFile(folder);
  if (!file || !isRunning(file)) return undefined;
  const api = new WorldApi(file, answerWithinMs);
  try {
    const health = await api.health();
    if (health.pid === file.pid && health.version === WORLD_VERSION) return file;
    logger.info({ pid: file.pid, version: health.version }, 'ending a world of another version');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    logger.warn({ pid: file.pid, reason: error.message }, 'ending a world that does not answer');
  } finally {
    api.close();
  }
  await stopWorld(file, clock);
  return undefined;
}

/** Starts the process. It is on its own from then on: it outlives a killed supervisor. */
async function spawnWorld({ folder, logger }: Context): Promise<'ready' | 'taken' | 'failed'> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = openLog(folder);
  const entry = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [...childExecArgv(), entry, folder, '--ready-fd=3'], {
    detached: true,
    env: worldEnvironment(),
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  const ready = child.stdio[3];
  if (!ready || !('read' in ready)) throw new Error('The ready pipe is missing');
  try {
    return await new Promise((resolve, reject) => {
      ready.once('data', () => resolve('ready'));
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        logger.info({ pid: child.pid, code, signal }, 'the simulated world has exited');
        resolve(code === EXIT_TAKEN ? 'taken' : 'failed');
      });
    });
  } finally {
    ready.destroy();
    child.unref();
  }
}

/** What main.ts exits with when another process serves the folder. */
const EXIT_TAKEN = 3;

/** The supervisor's environment holds secrets of real gateways; the world gets what Node itself needs and nothing else. */
function worldEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Appended to over many starts; begun anew when it has grown long. */
function openLog(folder: string): number {
  const path = logPath(folder);
  const log = openSync(path, 'a', 0o600);
  if (fstatSync(log).size > MAX_LOG_BYTES) ftruncateSync(log);
  return log;
}

/** Loaders are inherited (TypeScript sources run under tsx); a test runner's or debugger's own flags are not. */
function childExecArgv(): string[] {
  const loaders: string[] = [];
  process.execArgv.forEach((argument, index) => {
    const previous = process.execArgv[index - 1];
    const isLoader = /^--(import|require|loader|experimental-loader)(=|$)/.test(argument);
    if (isLoader || (previous !== undefined && /^--(import|require|loader)$/.test(previous)))
      loaders.push(argument);
  });
  return loaders;
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone between the look and the signal: just what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const logPath = (folder: string): string => join(folder, 'world.log');

function didNotStart(folder: string): AppError {
  const lastLines = readFileSync(logPath(folder), 'utf8').trimEnd().split('\n').slice(-3).join('\n');
  return new AppError(
    'unavailable',
    `The simulated world did not start; ${logPath(folder)} ends:\n${lastLines}`,
  );
}

const pause = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });
