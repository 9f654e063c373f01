/**
 * Brings a data folder from one format version to the next. It reads `from` and writes a whole folder of the next version into `to`, which
 * is empty; it never changes `from`. It may be broken off at any moment and is then begun anew with an empty `to`.
 */
export interface MigrationStep {
  /** The version that it reads; it writes the next one. */
  readonly from: number;
  run(from: string, to: string): Promise<void>;
}

/**
 * The steps of this product, by rising version. None yet: every folder ever written is of version 1.
 *
 * A new version is due when a release would misread, or an older one would damage, what the other wrote. A new collection or a new optional
 * field needs none: folders name their collections, and a release refuses a folder with one that it does not know.
 */
export const migrationSteps: readonly MigrationStep[] = [];
