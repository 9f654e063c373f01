import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import type { CommandOutput } from '../command.ts';
import { FORMAT_FILE } from '../folder.ts';
import { dropOldBackups, restoreBackup, takeBackup } from './archive.ts';

const BACKUP_USAGE = `Usage: npm run backup -- --to <folder> [--keep <number>] [data folder]

  Writes everything that the product has on record into a new archive in <folder>, beside a running product or not.
  --keep <number>   afterwards delete all but the youngest so many archives in <folder>

`;
const RESTORE_USAGE = `Usage: npm run restore -- <archive> [--to <data folder>]

  Unpacks a backup into a data folder that does not exist yet (or is empty) and checks every record.

`;
const EPILOGUE = `The data folder: DATA_DIR, or ./data, when not given. Exit codes: 0 = done, 1 = failed, 2 = wrong usage.
`;

/** `npm run backup`. @returns the exit code. */
export function runBackupCommand(
  args: readonly string[],
  defaultFolder: string,
  output: CommandOutput,
): Promise<number> {
  return explained(BACKUP_USAGE, output, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { to: { type: 'string' }, keep: { type: 'string' } },
    });
    if (values.to === undefined || positionals.length > 1) return undefined;
    if (values.keep !== undefined && !/^[1-9]\d{0,4}$/.test(values.keep)) return undefined;
    const dataDir = resolve(positionals[0] ?? defaultFolder);
    if (!existsSync(resolve(dataDir, FORMAT_FILE)))
      throw new Error(`${dataDir} is not a data folder: it has no ${FORMAT_FILE}`);
    const to = resolve(values.to);
    const { path, manifest } = await takeBackup(dataDir, to, { version: productVersion(), now: Date.now() });
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    output.stdout.write(
      `${path}\nholds everything up to transaction ${manifest.lastSeq} (${bytes} bytes, checked).\n`,
    );
    if (values.keep !== undefined)
      for (const name of dropOldBackups(to, Number(values.keep))) output.stdout.write(`deleted ${name}\n`);
    return 0;
  });
}

/** `npm run restore`. @returns the exit code. */
export function runRestoreCommand(
  args: readonly string[],
  defaultFolder: string,
  output: CommandOutput,
): Promise<number> {
  return explained(RESTORE_USAGE, output, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { to: { type: 'string' } },
    });
    const [archive, ...more] = positionals;
    if (archive === undefined || more.length > 0) return undefined;
    const dataDir = resolve(values.to ?? defaultFolder);
    const manifest = await restoreBackup(resolve(archive), dataDir);
    output.stdout.write(
      `${dataDir} holds everything up to transaction ${manifest.lastSeq}, as of ${new Date(manifest.takenAt).toISOString()} ` +
        `(version ${manifest.version}), and every record of it is sound.\n` +
        'Start the product with the DATA_KEY (or the key file) that it had. Bots must be scanned again. Orders that were open then are put before a ' +
        'person, because the airtime may have been sent since; docs/runbooks.md has the steps.\n',
    );
    return 0;
  });
}

/** @param work gives the exit code, or undefined for wrong usage. */
async function explained(
  usage: string,
  { stderr }: CommandOutput,
  work: () => Promise<number | undefined>,
): Promise<number> {
  try {
    const code = await work();
    if (code === undefined) stderr.write(usage + EPILOGUE);
    return code ?? 2;
  } catch (error) {
    const isUsage =
      error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    stderr.write(`${errorText(error)}\n${isUsage ? `\n${usage}${EPILOGUE}` : ''}`);
    return isUsage ? 2 : 1;
  }
}

function productVersion(): string {
  // Three levels up from the sources, four from dist/.
  const paths = ['../../../package.json', '../../../../package.json'].map(
    (path) => new URL(path, import.meta.url),
  );
  const found = paths.find((path) => existsSync(path));
  return found
    ? z.object({ version: z.string() }).parse(JSON.parse(readFileSync(found, 'utf8'))).version
    : 'unknown';
}
