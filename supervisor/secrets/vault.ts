import type { z } from 'zod';
import type { CredentialSet, GatewayName } from '../../shared/credentials.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CredentialRef } from '../../shared/order.ts';
import type { Reader, Stores, Transaction } from '../stores/types.ts';
import { type DataKey, keyIdOf } from './data-key.ts';
import { DataKeyError, FORGET_ADVICE } from './errors.ts';
import { findDataKey, type KeyPlace, keyFile, makeDataKey } from './key-source.ts';

export interface VaultOptions {
  readonly stores: Pick<Stores, 'credentials'>;
  readonly place: KeyPlace;
  readonly logger: Logger;
}

/** The stored credential sets: versions sealed at rest, opened at each use. */
export class Vault {
  readonly #options: VaultOptions;
  /** Opened versions, for as long as the stores hold them: deciding whose keys count must not cost a decryption each time. */
  readonly #opened = new WeakMap<object, unknown>();
  #key: DataKey | undefined;
  #making: Promise<void> | undefined;

  private constructor(options: VaultOptions, key: DataKey | undefined) {
    this.#options = options;
    this.#key = key;
  }

  /**
   * Finds the key and tries it on everything that is stored.
   * @throws {DataKeyError} naming the fix.
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const { stores, place } = options;
    const key = await findDataKey(place, usedKeyId(stores.credentials));
    if (key) tryKey(key, stores.credentials);
    return new Vault(options, key);
  }

  /** Makes sure that there is a key to seal with; to be awaited before the transaction in which {@link put} is called. */
  async prepare(): Promise<void> {
    if (this.#key) return;
    // One at a time: a second key file would take the first one's place while something is being sealed with that.
    this.#making ??= this.#makeKey().finally(() => {
      this.#making = undefined;
    });
    await this.#making;
  }

  async #makeKey(): Promise<void> {
    const { place, logger } = this.#options;
    const { key, made } = await makeDataKey(place);
    this.#key = key;
    if (made)
      logger.warn(
        { file: keyFile(place.dataDir) },
        'A key for the stored credentials was generated; keep a copy of its file apart from the backups of the data folder',
      );
  }

  /** The version of a set that counts now. */
  currentRef(setId: string): CredentialRef | undefined {
    const version = this.#options.stores.credentials.get(setId)?.currentVersion;
    return version === undefined ? undefined : { setId, version };
  }

  /** The keys of one version; undefined when that version is not kept any more. */
  read<K>(ref: CredentialRef, schema: z.ZodType<K>): K | undefined {
    const set = this.#options.stores.credentials.get(ref.setId);
    const found = set?.versions.find(({ version }) => version === ref.version);
    if (!found) return undefined;
    if (!this.#key) throw new DataKeyError('Credentials are stored, but their key was never loaded');
    const known = this.#opened.get(found) ?? JSON.parse(this.#key.open(found.sealed, sealContext(ref)));
    const keys = schema.parse(known);
    this.#opened.set(found, keys);
    return keys;
  }

  /** Adds a version, which counts from now on. */
  put(
    tx: Transaction,
    set: { setId: string; gateway: GatewayName },
    keys: object,
    at: number,
  ): CredentialRef {
    if (!this.#key) throw new DataKeyError('There is no key yet; prepare() comes first');
    const before = tx.credentials.get(set.setId);
    const ref = { setId: set.setId, version: (before?.latestVersion ?? 0) + 1 };
    const sealed = this.#key.seal(JSON.stringify(keys), sealContext(ref));
    tx.credentials.put({
      setId: set.setId,
      gateway: set.gateway,
      latestVersion: ref.version,
      currentVersion: ref.version,
      versions: [...(before?.versions ?? []), { version: ref.version, sealed, savedAt: at }],
    });
    return ref;
  }

  /** Nothing counts from now on. @returns false when nothing did before. */
  remove(tx: Transaction, setId: string): boolean {
    const before = tx.credentials.get(setId);
    if (before?.currentVersion === undefined) return false;
    const { currentVersion: _removed, ...rest } = before;
    tx.credentials.put(rest);
    return true;
  }

  /**
   * Erases versions that neither count now nor belong to an order that may still be asked about. A set itself stays, so that its
   * numbers are never used twice and its callback address is still known.
   */
  eraseUnused(tx: Transaction): void {
    const stale = [...tx.credentials.values()].filter(({ versions, currentVersion }) =>
      versions.some(({ version }) => version !== currentVersion),
    );
    if (stale.length === 0) return;
    const used = usedRefs(tx);
    for (const set of stale) {
      const versions = set.versions.filter(
        ({ version }) =>
          version === set.currentVersion || used.has(sealContext({ setId: set.setId, version })),
      );
      if (versions.length < set.versions.length) tx.credentials.put({ ...set, versions });
    }
  }
}

/** What a sealed text is bound to. */
export function sealContext({ setId, version }: CredentialRef): string {
  return `${setId}@${version}`;
}

/**
 * The key that all stored versions are sealed with; undefined when none is stored.
 * @throws {DataKeyError} when they do not agree, which no command leaves behind.
 */
export function usedKeyId(sets: Reader<CredentialSet>): string | undefined {
  const ids = new Set<string>();
  for (const { setId, versions } of sets.values()) {
    for (const { version, sealed } of versions) ids.add(explained({ setId, version }, () => keyIdOf(sealed)));
  }
  const [id, ...more] = ids;
  if (more.length > 0)
    throw new DataKeyError(
      `The stored credentials are sealed with different keys (${[...ids].join(', ')}). Restore the data folder from a backup. ${FORGET_ADVICE}`,
    );
  return id;
}

function tryKey(key: DataKey, sets: Reader<CredentialSet>): void {
  for (const { setId, versions } of sets.values()) {
    for (const { version, sealed } of versions)
      explained({ setId, version }, () => key.open(sealed, sealContext({ setId, version })));
  }
}

function explained<T>(ref: CredentialRef, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw new DataKeyError(
      `The credentials ${sealContext(ref)} cannot be opened: ${errorText(error)}. Restore the data folder from a backup. ${FORGET_ADVICE}`,
    );
  }
}

/** The versions that orders were charged or delivered with about which something may still be asked. */
function usedRefs(tx: Transaction): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { payment, delivery } of tx.orders.unsettled()) {
    used.add(sealContext(payment.credentials));
    if (delivery.credentials) used.add(sealContext(delivery.credentials));
  }
  return used;
}
