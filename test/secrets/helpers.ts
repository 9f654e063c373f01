import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import { shadowPayKeysSchema, statumKeysSchema } from '../../shared/credentials.ts';
import { silentLogger } from '../../shared/logger.ts';
import { Vault } from '../../supervisor/secrets/vault.ts';
import type { OpenOptions } from '../../supervisor/stores/open.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';

export const SHADOW_PAY = { apiKey: 'pk-0123456789', apiSecret: 'sk-planted-secret', accountId: 10 };
export const STATUM = { consumerKey: 'ck-0123456789', consumerSecret: 'cs-planted-secret' };
export const DATA_KEY = 'the-first-data-key-0123456789abcdef';
export const NEW_DATA_KEY = 'the-second-data-key-0123456789abcde';

/** What is to be closed before its folder goes. */
const opened = new Map<string, Stores[]>();

/** A folder for the data folder and what stands beside it; gone after the test. */
export function place(t: TestContext): { readonly around: string; readonly dataDir: string } {
  const folder = temporaryFolder('secrets');
  const dataDir = join(folder.path, 'data');
  mkdirSync(dataDir);
  t.after(async () => {
    for (const stores of opened.get(dataDir) ?? []) await stores.close();
    folder.remove();
  });
  return { around: folder.path, dataDir };
}

/** As the product starts: the stores, then the vault over them. */
export async function start(
  dataDir: string,
  dataKey?: string,
  options: Partial<OpenOptions> = {},
): Promise<{ stores: Stores; vault: Vault }> {
  const stores = await openTestStores(dataDir, options);
  opened.set(dataDir, [...(opened.get(dataDir) ?? []), stores]);
  try {
    const vault = await Vault.open({ stores, place: { dataDir, dataKey }, logger: silentLogger });
    return { stores, vault };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** Stores keys of the platform and of one client. */
export async function storeKeys({ stores, vault }: { stores: Stores; vault: Vault }): Promise<void> {
  await vault.prepare();
  await stores.transact((tx) => {
    const at = systemClock.now();
    vault.put(tx, { setId: 'platform:shadow-pay', gateway: 'shadow-pay' }, SHADOW_PAY, at);
    vault.put(tx, { setId: 'client:cl_one:statum', gateway: 'statum' }, STATUM, at);
  });
}

/** What can be read back of {@link storeKeys}. */
export function readKeys(vault: Vault): { shadowPay: unknown; statum: unknown } {
  return {
    shadowPay: vault.read({ setId: 'platform:shadow-pay', version: 1 }, shadowPayKeysSchema),
    statum: vault.read({ setId: 'client:cl_one:statum', version: 1 }, statumKeysSchema),
  };
}
