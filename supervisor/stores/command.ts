import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { systemClock } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import { exportFolder, exportToFile } from './export.ts';
import { FORMAT_FILE } from './folder.ts';
import { liveHolder, lockFolder } from './lock.ts';
import { repairFolder } from './repair.ts';
import { verifyFolder } from './verify.ts';

const USAGE = `Usage: npm run store -- <command> [data folder]      (the folder: DATA_DIR or ./data when not given)

  verify                     check every record of every file; changes nothing
  repair                     cut what a broken-off write left at the end of the journal or a log
  repair --cut-damaged-end   also cut a damaged last line of the journal; it is kept in a file beside it
  export [--to <file>]       everything but gateway keys as one plain JSON document, to the terminal or a new file

The system must not be running on that folder. Exit codes: 0 = fine, 1 = damaged or failed, 2 = wrong usage.
`;

/** Where a command writes to. */
export interface CommandOutput {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** `npm run store`. @returns the exit code. */
export async function runStoreCommand(
  args: readonly string[],
  defaultFolder: string,
  output: CommandOutput,
): Promise<number> {
  try {
    return await run(args, defaultFolder, output);
  } catch (error) {
    const isUsage =
      error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    output.stderr.write(`${errorText(error)}\n${isUsage ? `\n${USAGE}` : ''}`);
    return isUsage ? 2 : 1;
  }
}

async function run(args: readonly string[], defaultFolder: string, output: CommandOutput): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { to: { type: 'string' }, 'cut-damaged-end': { type: 'boolean' } },
  });
  const [command, folder] = positionals;
  const dataDir = resolve(folder ?? defaultFolder);
  if (command !== 'verify' && command !== 'repair' && command !== 'export') {
    output.stderr.write(USAGE);
    return 2;
  }
  if (!existsSync(resolve(dataDir, FORMAT_FILE)) && command !== 'verify')
    throw new Error(`${dataDir} is not a data folder: it has no ${FORMAT_FILE}`);
  const holder = liveHolder(dataDir, systemClock.now());
  if (holder !== undefined)
    throw new Error(
      `${dataDir} is in use by ${holder}. Stop that process first, or work on a copy of the folder`,
    );
  if (command === 'verify') return verify(dataDir, output.stdout);
  if (command === 'repair') return repair(dataDir, values['cut-damaged-end'] === true, output.stdout);
  if (values.to === undefined) await exportFolder(dataDir, output.stdout);
  else await exportToFile(dataDir, resolve(values.to));
  return 0;
}

function verify(dataDir: string, to: Writable): number {
  const findings = verifyFolder(dataDir);
  for (const { file, ok, text } of findings) to.write(`${ok ? 'ok      ' : 'DAMAGED '} ${file}: ${text}\n`);
  const damaged = findings.filter(({ ok }) => !ok).length;
  to.write(
    damaged === 0 ? `${dataDir} is sound.\n` : `${dataDir} is damaged: see the ${damaged} lines above.\n`,
  );
  return damaged === 0 ? 0 : 1;
}

async function repair(dataDir: string, cutDamagedEnd: boolean, to: Writable): Promise<number> {
  const lock = await lockFolder({
    dataDir,
    clock: systemClock,
    logger: silentLogger,
    onLost: (error) => {
      throw error;
    },
  });
  try {
    repairFolder(dataDir, cutDamagedEnd, terminalLogger(to));
  } finally {
    await lock.release();
  }
  to.write(`${dataDir} can be started.\n`);
  return 0;
}

/** Says what a person at a terminal needs to know. */
function terminalLogger(to: Writable): Logger {
  const say = (fields: object, message: string): void => {
    to.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  const logger: Logger = { ...silentLogger, warn: say, error: say, child: () => logger };
  return logger;
}
