import type { GatewayName } from '../../shared/credentials.ts';
import type { CredentialRef } from '../../shared/order.ts';
import type { Collector } from './resolve-credentials.ts';

/** Names of credential sets. They stand in orders for ever, so they never change. */

/** The only keys of clients in mode `sandbox` and `test`. */
export const SIMULATED: CredentialRef = { setId: 'simulated', version: 1 };

/** Whose a stored set is. */
export type SetOwner = 'platform' | { readonly clientId: string };

export function storedSetId(owner: SetOwner, gateway: GatewayName): string {
  return owner === 'platform' ? `platform:${gateway}` : `client:${owner.clientId}:${gateway}`;
}

export function environmentSetId(gateway: GatewayName): string {
  return `environment:${gateway}`;
}

/** The client whose own set this is; undefined for the platform's and the simulated one. */
export function clientOfSet(setId: string): string | undefined {
  return /^client:(.+):[^:]+$/.exec(setId)?.[1];
}

/** Who was paid by an order that was charged with this set. */
export function collectorOf(setId: string): Collector {
  return clientOfSet(setId) === undefined ? 'platform' : 'client';
}
