import type { Clock } from '../../shared/clock.ts';
import type { Stores, Transaction } from '../stores/types.ts';
import { DataKey } from './data-key.ts';
import { DataKeyError } from './errors.ts';
import {
  adoptNextKey,
  findDataKey,
  type KeyPlace,
  keyFile,
  removeKeyFiles,
  writeNextKey,
} from './key-source.ts';
import { sealContext, usedKeyId } from './vault.ts';

export interface RotationOptions {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly place: KeyPlace;
  /** The value that DATA_KEY will have from now on. */
  readonly newDataKey: string | undefined;
}

export interface Rotation {
  /** How many versions of credential sets were sealed anew; 0: they were sealed with the new key already, or there are none. */
  readonly resealed: number;
  /** Where the new key is. */
  readonly keptIn: 'NEW_DATA_KEY' | 'DATA_KEY' | 'key file';
}

/**
 * Seals all stored credentials with another key. All of them change in one transaction, and a new key file is durable before it:
 * whenever this is killed, the product starts with the key it had or with the new one, and running this again completes it.
 * @throws {DataKeyError}
 */
export async function rotateDataKey(options: RotationOptions): Promise<Rotation> {
  const { stores, place, newDataKey } = options;
  const usedId = usedKeyId(stores.credentials);
  if (newDataKey !== undefined) {
    const target = await DataKey.from(newDataKey);
    // With the new value in both, a run that was broken off after its write is recognised as done.
    const source = target.id === usedId ? target : await findDataKey(place, usedId);
    const resealed = await reseal(options, source, target);
    removeKeyFiles(place.dataDir);
    return { resealed, keptIn: 'NEW_DATA_KEY' };
  }
  if (place.dataKey !== undefined) return fromFileToEnvironment(options, place.dataKey, usedId);
  const source = await findDataKey(place, usedId);
  const resealed = await reseal(options, source, await writeNextKey(place.dataDir));
  adoptNextKey(place.dataDir);
  return { resealed, keptIn: 'key file' };
}

/** DATA_KEY is set and nothing newer: it takes over from the key file. */
async function fromFileToEnvironment(
  options: RotationOptions,
  dataKey: string,
  usedId: string | undefined,
): Promise<Rotation> {
  const { dataDir } = options.place;
  const target = await DataKey.from(dataKey);
  if (target.id === usedId)
    throw new DataKeyError(
      'The stored credentials are sealed with DATA_KEY already. To go over to another value, set NEW_DATA_KEY to it (openssl rand -base64 32)',
    );
  const source = await findDataKey({ dataDir, dataKey: undefined }, usedId).catch((error: unknown) => {
    if (!(error instanceof DataKeyError)) throw error;
    throw new DataKeyError(
      `The stored credentials are sealed neither with DATA_KEY nor with the key in ${keyFile(dataDir)}. ` +
        'Set DATA_KEY to the old value and NEW_DATA_KEY to the new one',
    );
  });
  const resealed = await reseal(options, source, target);
  removeKeyFiles(dataDir);
  return { resealed, keptIn: 'DATA_KEY' };
}

async function reseal(
  { stores, clock }: RotationOptions,
  source: DataKey | undefined,
  target: DataKey,
): Promise<number> {
  if (!source || source.id === target.id) return 0;
  return stores.transact((tx) => {
    let resealed = 0;
    for (const set of tx.credentials.values()) {
      const versions = set.versions.map((entry) => {
        const context = sealContext({ setId: set.setId, version: entry.version });
        return { ...entry, sealed: target.seal(source.open(entry.sealed, context), context) };
      });
      resealed += versions.length;
      tx.credentials.put({ ...set, versions });
    }
    audit(tx, clock, 'credentials.rotate-key', `${resealed} versions, key ${source.id} → ${target.id}`);
    return resealed;
  });
}

/** Removes all stored credentials, for when their key is lost. Orders charged with them stay; a person settles them. */
export function forgetCredentials({
  stores,
  clock,
}: Pick<RotationOptions, 'stores' | 'clock'>): Promise<number> {
  return stores.transact((tx) => {
    let forgotten = 0;
    for (const { currentVersion: _current, ...set } of tx.credentials.values()) {
      forgotten += set.versions.length;
      tx.credentials.put({ ...set, versions: [] });
    }
    if (forgotten > 0) audit(tx, clock, 'credentials.forget', `${forgotten} versions, key lost`);
    return forgotten;
  });
}

function audit(tx: Transaction, clock: Clock, action: string, note: string): void {
  tx.audit.append({ at: clock.now(), by: 'command line', action, note });
}
