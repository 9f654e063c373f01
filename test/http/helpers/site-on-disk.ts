import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Stores } from '../../../supervisor/stores/types.ts';
import { openTestStores } from '../../helpers/test-stores.ts';
import { type Site, type SiteOptions, startSite } from './site.ts';

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
      stores = await openTestStores(dataDir, { clock, ...storeOptions });
      return stores;
    },
  });
  assert.ok(stores);
  return { site, stores };
}
