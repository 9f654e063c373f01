import type { CredentialView } from '../../shared/credentials.ts';
import type { CredentialRef } from '../../shared/order.ts';
import type { ShadowPayKeys, StatumKeys } from './types.ts';

/** Keys together with the set and version that they are. They come from one place and stay together. */
export interface HeldKeys<K> {
  readonly ref: CredentialRef;
  readonly keys: K;
}

/** What one owner has for the two gateways. */
export interface OwnedKeys {
  readonly shadowPay: HeldKeys<ShadowPayKeys> | undefined;
  readonly statum: HeldKeys<StatumKeys> | undefined;
}

export type CredentialSource = Exclude<CredentialView['source'], 'none'>;

export type ResolvedKeys<K> =
  | { readonly source: CredentialSource; readonly held: HeldKeys<K> }
  | {
      readonly source: 'none';
      /** `platform-float`: there are keys, but this client may not use the platform's float with its own Shadow Pay. */
      readonly why: 'not-set' | 'platform-float';
    };

export interface ResolvedCredentials {
  readonly shadowPay: ResolvedKeys<ShadowPayKeys>;
  readonly statum: ResolvedKeys<StatumKeys>;
}

/** Who gets the customers' money: a client that has own Shadow Pay keys, else the platform. */
export type Collector = 'client' | 'platform';

/**
 * Whose keys count, for each gateway apart: the client's own set, else the platform's from the UI, else the environment's. A set
 * is taken whole or not at all.
 *
 * Whoever collects the money pays for the airtime: with a client that collects itself, the platform's float does not count unless
 * an admin allows it, else the client would be paid and the platform would deliver.
 *
 * @param facts.collector who was paid for the order in question; left out: who would be paid now.
 */
export function resolveCredentials(facts: {
  readonly client: OwnedKeys;
  readonly platform: OwnedKeys;
  readonly environment: OwnedKeys;
  readonly mayUsePlatformFloat: boolean;
  readonly collector?: Collector | undefined;
}): ResolvedCredentials {
  const { client, platform, environment, mayUsePlatformFloat } = facts;
  const shadowPay = first(client.shadowPay, platform.shadowPay, environment.shadowPay);
  const statum = first(client.statum, platform.statum, environment.statum);
  const collector = facts.collector ?? (shadowPay.source === 'client' ? 'client' : 'platform');
  const onPlatformFloat = statum.source === 'global' || statum.source === 'env';
  if (collector === 'client' && onPlatformFloat && !mayUsePlatformFloat)
    return { shadowPay, statum: { source: 'none', why: 'platform-float' } };
  return { shadowPay, statum };
}

function first<K>(
  own: HeldKeys<K> | undefined,
  global: HeldKeys<K> | undefined,
  env: HeldKeys<K> | undefined,
): ResolvedKeys<K> {
  if (own) return { source: 'client', held: own };
  if (global) return { source: 'global', held: global };
  if (env) return { source: 'env', held: env };
  return { source: 'none', why: 'not-set' };
}

/** What keeps a live client from selling, in words for people; empty when nothing does. */
export function missingCredentials({ shadowPay, statum }: ResolvedCredentials): string[] {
  const missing: string[] = [];
  if (shadowPay.source === 'none')
    missing.push('Shadow Pay keys are not set, neither for this client nor for the platform');
  if (statum.source === 'none')
    missing.push(
      statum.why === 'platform-float'
        ? "Own Statum keys are not set, and with own Shadow Pay keys the platform's float may not be used unless an admin allows it"
        : 'Statum keys are not set, neither for this client nor for the platform',
    );
  return missing;
}
