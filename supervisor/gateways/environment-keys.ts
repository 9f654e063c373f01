import { createHmac } from 'node:crypto';
import type { GatewayName } from '../../shared/credentials.ts';
import type { Config } from '../config.ts';
import type { HeldKeys, OwnedKeys } from './resolve-credentials.ts';
import { environmentSetId } from './set-ids.ts';

const VERSION_BYTES = 6;

/**
 * The sets that the environment's variables are. Nothing of them is stored, so their version is a digest of the keys: other keys
 * give another version, the same keys the same one after each restart. Keyed with a secret, because the version stands in
 * orders and must not help to guess the keys.
 */
export function environmentKeys(globals: Config['globals'], secret: string): OwnedKeys {
  const held = <K extends object>(gateway: GatewayName, keys: K | undefined): HeldKeys<K> | undefined => {
    if (!keys) return undefined;
    const digest = createHmac('sha256', secret)
      .update(`environment:${gateway}:${JSON.stringify(keys)}`)
      .digest();
    return {
      ref: { setId: environmentSetId(gateway), version: digest.readUIntBE(0, VERSION_BYTES) },
      keys,
    };
  };
  return { shadowPay: held('shadow-pay', globals.shadowPay), statum: held('statum', globals.statum) };
}
