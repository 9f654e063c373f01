import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { type OpenOptions, openStores } from '../../supervisor/stores/open.ts';
import type { Stores } from '../../supervisor/stores/types.ts';

/**
 * The product's own stores, as most tests want them: without most of the room that is kept for the day the disk is full, which takes
 * longer to write than a test runs. A fatal error is the test's, unless it says otherwise.
 */
export function openTestStores(dataDir: string, options: Partial<OpenOptions> = {}): Promise<Stores> {
  return openStores({
    dataDir,
    clock: systemClock,
    logger: silentLogger,
    reserveBytes: 4_096,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
}
