import { existsSync, renameSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { sessionFolder } from './orphans.ts';

/** What a login becomes between being given up and being removed; a start of the product removes what a crash left of it. */
const GIVEN_UP = '.given-up';

/** There is something by which this client is logged in, or was. */
export function hasLogin(dataDir: string, clientId: string): boolean {
  return existsSync(join(sessionFolder(dataDir, clientId), 'session'));
}

/**
 * Gives up a client's WhatsApp login where no worker is there to log out. Gone when this returns, so that a worker that is started
 * at once begins anew; its removal from the disk follows. Only while none of its workers runs.
 * @returns false when there was none
 */
export function giveUpLogin(dataDir: string, clientId: string, logger: Logger): boolean {
  const folder = sessionFolder(dataDir, clientId);
  if (!hasLogin(dataDir, clientId)) return false;
  const aside = `${folder}${GIVEN_UP}`;
  rmSync(aside, { recursive: true, force: true, maxRetries: 4 });
  renameSync(folder, aside);
  remove(aside, logger);
  return true;
}

/** Removes what a crash left of logins that had been given up. */
export async function removeGivenUpLogins(dataDir: string, logger: Logger): Promise<void> {
  const sessions = sessionFolder(dataDir, '');
  for (const name of await readdir(sessions).catch(() => [])) {
    if (name.endsWith(GIVEN_UP)) remove(join(sessions, name), logger);
  }
}

function remove(folder: string, logger: Logger): void {
  rm(folder, { recursive: true, force: true, maxRetries: 4 }).catch((error: unknown) => {
    logger.error(
      { folder, error: errorText(error) },
      'A login that was given up could not be removed; remove it by hand',
    );
  });
}
