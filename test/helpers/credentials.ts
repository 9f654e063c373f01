import type { Clock } from '../../shared/clock.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { Config } from '../../supervisor/config.ts';
import { createCallbackTokens } from '../../supervisor/gateways/callback-tokens.ts';
import { type CredentialService, createCredentials } from '../../supervisor/gateways/credentials.ts';
import { environmentKeys } from '../../supervisor/gateways/environment-keys.ts';
import { Vault } from '../../supervisor/secrets/vault.ts';
import type { Stores } from '../../supervisor/stores/types.ts';

/** Keys the callback tokens and the versions of the environment's sets in tests. */
export const CALLBACK_SECRET = 'a-callback-secret-that-is-the-same-each-time';

/** The product's own credential service over some stores. A generated key stands beside the data folder. */
export async function credentialsOver(options: {
  readonly stores: Stores;
  readonly config: Pick<Config, 'dataDir' | 'dataKey' | 'globals'>;
  readonly clock: Clock;
  readonly logger?: Logger;
}): Promise<CredentialService> {
  const { stores, config, clock, logger = silentLogger } = options;
  return createCredentials({
    stores,
    vault: await Vault.open({ stores, place: config, logger }),
    environment: environmentKeys(config.globals, CALLBACK_SECRET),
    callbackTokens: createCallbackTokens(CALLBACK_SECRET),
    clock,
    logger,
  });
}

/** For tests in which no keys are set. */
export const noCredentials: Pick<CredentialService, 'prepare' | 'change' | 'removeOwner' | 'resolve'> = {
  prepare: async () => undefined,
  change: () => undefined,
  removeOwner: () => undefined,
  resolve: () => ({
    shadowPay: { source: 'none', why: 'not-set' },
    statum: { source: 'none', why: 'not-set' },
  }),
};
