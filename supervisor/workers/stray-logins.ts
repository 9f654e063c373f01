import { readdir } from 'node:fs/promises';
import type { Clock } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { systemCode } from '../stores/errors.ts';
import type { Stores } from '../stores/types.ts';
import { giveUpLogin, hasLogin, isLinked, removeLogin } from './login.ts';
import { sessionFolder } from './orphans.ts';

/** What the audit says of a login that was found without its client. */
const STRAY_LOGIN =
  'The bot was deleted and a crash came before its logout. The login was removed now; the phone may still list this device under Linked devices';

/** As `newId` makes it: a copy that somebody put beside it has another name. */
const CLIENT_ID = /^cl_[\w-]{16}$/;

/**
 * The clients of which there is a folder but no record: a crash came between their deletion and their logout. What is no folder, or is not named as
 * one of ours, is somebody else's.
 */
export async function strayLogins(
  dataDir: string,
  isClient: (clientId: string) => boolean,
): Promise<readonly string[]> {
  const entries = await readdir(sessionFolder(dataDir, ''), { withFileTypes: true }).catch(
    (error: unknown) => {
      // No client has ever been on WhatsApp here.
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isDirectory() && CLIENT_ID.test(entry.name) && !isClient(entry.name))
    .map(({ name }) => name);
}

/** Removes them. The audit says so first where a phone may still list the device: rather twice than never. Only while nothing runs on them. */
export async function dropStrayLogins({
  dataDir,
  stores,
  clock,
  logger,
}: {
  readonly dataDir: string;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<void> {
  for (const clientId of await strayLogins(dataDir, (id) => stores.clients.get(id) !== undefined)) {
    try {
      await drop(clientId);
    } catch (error) {
      // The other bots do not wait for it, on a full disk for instance; the next start tries again.
      logger.error({ clientId, error: errorText(error) }, 'The login of a deleted bot could not be removed');
    }
  }

  async function drop(clientId: string): Promise<void> {
    const linked = isLinked(dataDir, clientId);
    if (!linked)
      logger.info({ clientId }, 'Removing the folder of a bot that was deleted before it was ever linked');
    else {
      logger.warn({ clientId }, STRAY_LOGIN);
      const about = { subject: clientId, clientId, note: STRAY_LOGIN };
      await stores.transact((tx) =>
        tx.audit.append({ at: clock.now(), by: 'system', action: 'client.disconnect', ...about }),
      );
    }
    if (hasLogin(dataDir, clientId)) giveUpLogin(dataDir, clientId, logger);
    else removeLogin(sessionFolder(dataDir, clientId), logger);
  }
}
