import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Clock } from '../../../shared/clock.ts';
import { silentLogger } from '../../../shared/logger.ts';
import { openStores } from '../../../supervisor/stores/open.ts';
import type { Stores } from '../../../supervisor/stores/types.ts';
import { type Site, type SiteOptions, startSite } from './site.ts';

/** The product's own stores for a test: without most of the room they keep for the day the disk is full. */
export function openTestStores(
  dataDir: string,
  clock: Clock,
  options: { freeze?: boolean } = {},
): Promise<Stores> {
  return openStores({
    dataDir,
    clock,
    logger: silentLogger,
    reserveBytes: 4_096,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
}

/** A site over the product's own stores, in place of those in memory. */
export async function startSiteOnDisk(
  test: Pick<TestContext, 'after'>,
  options: Omit<SiteOptions, 'realStores'> = {},
  storeOptions?: { freeze?: boolean },
): Promise<{ site: Site; stores: Stores }> {
  let stores: Stores | undefined;
  const site = await startSite(test, {
    ...options,
    realStores: async (dataDir, clock) => {
      stores = await openTestStores(dataDir, clock, storeOptions);
      return stores;
    },
  });
  assert.ok(stores);
  return { site, stores };
}
