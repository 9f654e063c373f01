import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const CHECK_EVERY_MS = 20;
const END_WITHIN_MS = 5_000;

/**
 * Kills every browser that holds `profile`, and waits until none does. A browser names its profile in its command line, so that one
 * is found whose launch was not waited for, or which an earlier worker left. Its profile is safe against a kill. Without a /proc
 * nothing is found.
 */
export async function endBrowsersOf(profile: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < END_WITHIN_MS; waitedMs += CHECK_EVERY_MS) {
    const pids = await browsersOf(profile);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    await wait(CHECK_EVERY_MS);
  }
}

async function browsersOf(profile: string): Promise<number[]> {
  const argument = `--user-data-dir=${profile}`;
  // Anything but Linux has no /proc: nothing is found there. Elsewhere "no browser runs" must not be guessed.
  const names = existsSync('/proc') ? await readdir('/proc') : [];
  const pids = names.map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Gone meanwhile, or another user's. A zombie has no command line any more.
      const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return commandLine.split('\0').includes(argument);
    }),
  );
  return pids.filter((_, index) => found[index]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
