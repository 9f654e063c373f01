import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { sessionFolder } from './orphans.ts';

/** What a login becomes between being given up and being removed; a start of the product removes what a crash left of it. */
const GIVEN_UP = '.given-up';

/** What a person has to do after a login was given up of which WhatsApp could not be told. */
export const LOGIN_GIVEN_UP =
  'The login was removed here, but WhatsApp could not be told: on the phone, remove this device under Linked devices';

/** There is something by which this client is logged in, or was, or has begun to be. */
export function hasLogin(dataDir: string, clientId: string): boolean {
  return existsSync(join(sessionFolder(dataDir, clientId), 'session'));
}

/** A phone may list this client among its linked devices. Without a record that tells, it may. */
export function isLinked(dataDir: string, clientId: string): boolean {
  if (!hasLogin(dataDir, clientId)) return false;
  try {
    const text = readFileSync(join(sessionFolder(dataDir, clientId), 'session.json'), 'utf8');
    return recordSchema.parse(JSON.parse(text)).loggedIn;
  } catch {
    // None, or cut short by a kill.
    return true;
  }
}

/** Of what the worker notes of its login, what matters here. */
const recordSchema = z.object({ loggedIn: z.boolean() });

/**
 * Gives up a client's WhatsApp login where no worker is there to log out. Gone when this returns, so that a worker that is started
 * at once begins anew; its removal from the disk follows. Only while none of its workers runs.
 * @returns true: a phone may still list it
 */
export function giveUpLogin(dataDir: string, clientId: string, logger: Logger): boolean {
  const folder = sessionFolder(dataDir, clientId);
  if (!hasLogin(dataDir, clientId)) return false;
  const linked = isLinked(dataDir, clientId);
  const aside = `${folder}${GIVEN_UP}`;
  rmSync(aside, { recursive: true, force: true, maxRetries: 4 });
  renameSync(folder, aside);
  removeLogin(aside, logger);
  return linked;
}

/** Removes what a crash left of logins that had been given up. */
export async function removeGivenUpLogins(dataDir: string, logger: Logger): Promise<void> {
  const sessions = sessionFolder(dataDir, '');
  // No bot was ever on WhatsApp here.
  if (!existsSync(sessions)) return;
  for (const name of await readdir(sessions)) {
    if (name.endsWith(GIVEN_UP)) removeLogin(join(sessions, name), logger);
  }
}

/** Removes a login's folder; a failure is logged, and no reason to wait. */
export function removeLogin(folder: string, logger: Logger): void {
  rm(folder, { recursive: true, force: true, maxRetries: 4 }).catch((error: unknown) => {
    logger.error(
      { folder, error: errorText(error) },
      'A login that was given up could not be removed; remove it by hand',
    );
  });
}
