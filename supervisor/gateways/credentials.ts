import type { Client } from '../../shared/client.ts';
import { type Clock, HOUR_MS, type Timer } from '../../shared/clock.ts';
import {
  type CredentialsPatch,
  type CredentialView,
  type GatewayName,
  shadowPayKeysSchema,
  statumKeysSchema,
} from '../../shared/credentials.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CredentialRef } from '../../shared/order.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Stores, Transaction } from '../stores/types.ts';
import type { CallbackTokens } from './callback-tokens.ts';
import {
  type HeldKeys,
  missingCredentials,
  type OwnedKeys,
  type ResolvedCredentials,
  type ResolvedKeys,
  resolveCredentials,
} from './resolve-credentials.ts';
import { clientOfSet, collectorOf, environmentSetId, type SetOwner, storedSetId } from './set-ids.ts';
import type { ShadowPayKeys, StatumKeys } from './types.ts';

/** What people may see of one owner's keys. */
export interface CredentialsView {
  readonly shadowPay: CredentialView;
  readonly statum: CredentialView;
  /** The secret part of the callback URL of this owner's own Statum set; only for admins' eyes. */
  readonly statumCallbackToken?: string;
}

/** The credential sets: which keys count for whom, what is shown of them, how they change. */
export interface CredentialService {
  /**
   * The keys that count for a client right now.
   * @param chargedWith the Shadow Pay set of the order in question: who was paid for it must pay for the airtime too.
   */
  resolve(clientId: string, chargedWith?: CredentialRef): ResolvedCredentials;
  /** The keys to ask about an order that was charged with `ref`: that very version, and others that its owner has now. */
  shadowPayAt(ref: CredentialRef): {
    readonly charged: HeldKeys<ShadowPayKeys> | undefined;
    readonly present: HeldKeys<ShadowPayKeys> | undefined;
  };
  /** Every Statum set that orders may have been delivered with, except the simulated one. */
  statumSetIds(): readonly string[];

  viewOf(clientId: string): CredentialsView;
  platformView(): CredentialsView;
  /** What keeps a client from selling, in words for people. Simulated money needs no keys. */
  missingFor(client: Pick<Client, 'id' | 'mode'>): readonly string[];

  /** To be awaited before a transaction in which keys are set. @throws DataKeyError when no key can be kept. */
  prepare(patch: CredentialsPatch): Promise<void>;
  /** Sets and removes keys, with the audit entry; the values that stood before stay for the orders charged with them. */
  change(tx: Transaction, owner: SetOwner, patch: CredentialsPatch, by: string): void;
  /** The client is being removed: its keys count no more. */
  removeOwner(tx: Transaction, clientId: string): void;
  /** Erases old versions that no order needs any more, now and every hour. @returns what ends it. */
  startTidying(): () => void;
}

export interface CredentialServiceOptions {
  readonly stores: Pick<Stores, 'clients' | 'credentials' | 'transact'>;
  readonly vault: Vault;
  /** The sets of the environment's variables. */
  readonly environment: OwnedKeys;
  readonly callbackTokens: CallbackTokens;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createCredentials(options: CredentialServiceOptions): CredentialService {
  const { stores, vault, environment, callbackTokens, clock, logger } = options;

  function stored(owner: SetOwner): OwnedKeys {
    const held = <K>(gateway: GatewayName, read: (ref: CredentialRef) => HeldKeys<K> | undefined) => {
      const ref = vault.currentRef(storedSetId(owner, gateway));
      return ref && read(ref);
    };
    return { shadowPay: held('shadow-pay', readShadowPay), statum: held('statum', readStatum) };
  }

  function readShadowPay(ref: CredentialRef): HeldKeys<ShadowPayKeys> | undefined {
    const keys = vault.read(ref, shadowPayKeysSchema);
    return keys && { ref, keys };
  }

  function readStatum(ref: CredentialRef): HeldKeys<StatumKeys> | undefined {
    const keys = vault.read(ref, statumKeysSchema);
    return keys && { ref, keys };
  }

  function resolve(clientId: string, chargedWith?: CredentialRef): ResolvedCredentials {
    return resolveCredentials({
      client: stored({ clientId }),
      platform: stored('platform'),
      environment,
      mayUsePlatformFloat: stores.clients.get(clientId)?.mayUsePlatformFloat ?? false,
      collector: chargedWith && collectorOf(chargedWith.setId),
    });
  }

  function currentOfOwner(setId: string): HeldKeys<ShadowPayKeys> | undefined {
    const clientId = clientOfSet(setId);
    if (clientId !== undefined) return stored({ clientId }).shadowPay;
    const platform = stored('platform').shadowPay;
    // Rather the same set with other keys than the other one of the platform's two.
    return setId === environmentSetId('shadow-pay')
      ? (environment.shadowPay ?? platform)
      : (platform ?? environment.shadowPay);
  }

  function viewOf(
    { shadowPay, statum }: ResolvedCredentials,
    ownSources: readonly string[],
  ): CredentialsView {
    return {
      shadowPay: viewOfKeys(shadowPay, (keys) => keys.apiKey),
      statum: viewOfKeys(statum, (keys) => keys.consumerKey),
      ...(statum.source !== 'none' &&
        ownSources.includes(statum.source) && {
          statumCallbackToken: callbackTokens.tokenOf(statum.held.ref.setId),
        }),
    };
  }

  /** @param keys null takes the set away. @param publicKey the one whose end people may see */
  function changeOne(
    tx: Transaction,
    { owner, gateway, by }: { owner: SetOwner; gateway: GatewayName; by: string },
    keys: object | null,
    publicKey: string | undefined,
  ): void {
    const setId = storedSetId(owner, gateway);
    const at = clock.now();
    let note = 'removed';
    if (keys === null) {
      if (!vault.remove(tx, setId)) return;
    } else {
      const { version } = vault.put(tx, { setId, gateway }, keys, at);
      const end = publicKey === undefined ? undefined : lastFour(publicKey);
      note = `set${end === undefined ? '' : `, key …${end}`}, version ${version}`;
    }
    vault.eraseUnused(tx);
    tx.audit.append({
      at,
      by,
      action: keys === null ? 'credentials.remove' : 'credentials.set',
      subject: setId,
      ...(owner !== 'platform' && { clientId: owner.clientId }),
      note,
    });
  }

  return {
    resolve,

    shadowPayAt(ref) {
      const charged =
        environment.shadowPay?.ref.setId === ref.setId && environment.shadowPay.ref.version === ref.version
          ? environment.shadowPay
          : readShadowPay(ref);
      const present = currentOfOwner(ref.setId);
      const isCharged = present?.ref.setId === ref.setId && present.ref.version === ref.version;
      return { charged, present: isCharged ? undefined : present };
    },

    statumSetIds() {
      const storedIds = [...stores.credentials.values()].flatMap((set) =>
        set.gateway === 'statum' ? [set.setId] : [],
      );
      return [environmentSetId('statum'), ...storedIds];
    },

    viewOf: (clientId) => viewOf(resolve(clientId), ['client']),

    platformView() {
      const nobody: OwnedKeys = { shadowPay: undefined, statum: undefined };
      const resolved = resolveCredentials({
        client: nobody,
        platform: stored('platform'),
        environment,
        mayUsePlatformFloat: true,
      });
      return viewOf(resolved, ['global', 'env']);
    },

    missingFor: ({ id, mode }) => (mode === 'live' ? missingCredentials(resolve(id)) : []),

    async prepare({ shadowPay, statum }) {
      if (shadowPay || statum) await vault.prepare();
    },

    change(tx, owner, { shadowPay, statum }, by) {
      if (shadowPay !== undefined)
        changeOne(tx, { owner, gateway: 'shadow-pay', by }, shadowPay, shadowPay?.apiKey);
      if (statum !== undefined) changeOne(tx, { owner, gateway: 'statum', by }, statum, statum?.consumerKey);
    },

    removeOwner(tx, clientId) {
      for (const gateway of ['shadow-pay', 'statum'] as const)
        vault.remove(tx, storedSetId({ clientId }, gateway));
      vault.eraseUnused(tx);
    },

    startTidying() {
      let timer: Timer | undefined;
      const tidy = (): void => {
        timer = clock.schedule(HOUR_MS, tidy);
        stores
          .transact((tx) => vault.eraseUnused(tx))
          .catch((error: unknown) => {
            logger.warn({ err: error }, 'Old credentials could not be erased; it is tried again in an hour');
          });
      };
      tidy();
      return () => timer?.cancel();
    },
  };
}

function viewOfKeys<K>(resolved: ResolvedKeys<K>, publicKey: (keys: K) => string): CredentialView {
  if (resolved.source === 'none') return { set: false, source: 'none' };
  const last4 = lastFour(publicKey(resolved.held.keys));
  return { set: true, source: resolved.source, ...(last4 !== undefined && { last4 }) };
}

/** Of a key so short that its end would be most of it, nothing is shown. */
const SHOWN_FROM_LENGTH = 8;

function lastFour(key: string): string | undefined {
  return key.length >= SHOWN_FROM_LENGTH ? key.slice(-4) : undefined;
}
