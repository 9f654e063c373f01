import { closeSync, writeSync } from 'node:fs';
import { systemClock } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { serveWorld, WorldTakenError } from './server.ts';

/**
 * The simulated world, a process of its own: `main.js <folder> [--ready-fd=3]`. With the flag it writes one line to that
 * descriptor when it can be reached, and closes it. Exit codes: 0 ended, 1 failed, {@link EXIT_TAKEN} another one serves the folder.
 */
const EXIT_TAKEN = 3;

const [folder, readyFlag] = process.argv.slice(2);

/** JSON lines on standard error, which is the world's log file. */
function lineLogger(bindings: object): Logger {
  const write = (level: string) => (fields: object, message: string) => {
    const line = { level, time: new Date().toISOString(), ...bindings, ...fields, msg: message };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  return {
    debug: () => undefined,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => lineLogger({ ...bindings, ...more }),
  };
}

const logger = lineLogger({ part: 'simulated-world', pid: process.pid });

function tellReady(): void {
  const descriptor = Number(/^--ready-fd=(\d+)$/.exec(readyFlag ?? '')?.[1]);
  if (Number.isNaN(descriptor)) return;
  try {
    writeSync(descriptor, 'ready\n');
    closeSync(descriptor);
  } catch (error) {
    // The supervisor that started this world is gone; the next one finds it by world.json.
    logger.warn({ error: errorText(error) }, 'nobody waits for the world any more');
  }
}

async function main(): Promise<void> {
  if (folder === undefined) throw new Error('Give the folder of the simulated world as the first argument');
  const end = async (why: string) => {
    logger.info({ why }, 'the world ends');
    await world.close();
    process.exit(0);
  };
  const world = await serveWorld({
    folder,
    clock: systemClock,
    logger,
    onLonely: () => end('no supervisor for ten minutes').catch(fail),
  });
  process.once('SIGTERM', () => end('SIGTERM').catch(fail));
  // Ctrl+C reaches the whole foreground group; the supervisor decides when the world ends.
  process.on('SIGINT', () => undefined);
  logger.info({ httpPort: world.file.httpPort, chatPort: world.file.chatPort }, 'the world can be reached');
  tellReady();
}

function fail(error: unknown): void {
  logger.error({ error: errorText(error) }, 'the world failed');
  process.exitCode = error instanceof WorldTakenError ? EXIT_TAKEN : 1;
  process.exit();
}

main().catch(fail);
