import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newSecret } from '../../../shared/ids.ts';

/** Shorter than this is a file that somebody has emptied or cut, not a secret. */
const MIN_SECRET_LENGTH = 16;

/**
 * Reads a secret of its own file, making both on the first call. The file is mode 0600 and appears whole or not at all: a crash
 * while it is being made leaves none, so that the next start makes it again.
 *
 * @throws Error naming the file when it is there but holds no usable secret; guessing a new one would hide a mistake.
 */
export async function loadSecretFile(dataDir: string, name: string): Promise<string> {
  const file = join(dataDir, name);
  const existing = await readIfThere(file);
  if (existing === undefined) return await makeSecretFile(file);
  const secret = existing.trim();
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new Error(
      `${file} holds no secret of at least ${MIN_SECRET_LENGTH} characters; delete the file to get a new one`,
    );
  }
  await chmod(file, 0o600);
  return secret;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeSecretFile(file: string): Promise<string> {
  const secret = newSecret();
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  return secret;
}
