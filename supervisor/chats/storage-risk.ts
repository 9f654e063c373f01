import type { ClientMode } from '../../shared/client.ts';
import type { Settings } from '../../shared/settings.ts';

/**
 * What real money would be risked on: a disk that is wiped at each restart forgets who has paid and whose airtime is still owed.
 * @param ephemeralDisk the machine is known to have only such a disk.
 * @returns what keeps a live client from selling, in words for the dashboard; undefined when nothing does.
 */
export function storageRisk(
  mode: ClientMode,
  settings: Pick<Settings, 'acceptEphemeralStorage'>,
  ephemeralDisk: boolean,
): string | undefined {
  if (mode !== 'live' || !ephemeralDisk || settings.acceptEphemeralStorage) return undefined;
  return (
    'This machine forgets its disk at every restart: orders and logins would be lost. Move to one with a lasting disk, or accept the ' +
    'risk under Settings, Platform'
  );
}
