import type { LogChange, LogFile } from './log-file.ts';

/** So much is written over in one go. */
const BATCH_BYTES = 1 << 18;

/** Changes to a log's entries, written over in batches, so that a long log is not held in memory. */
export class LogChanges {
  readonly #file: Pick<LogFile, 'overwrite'>;
  #waiting: LogChange[] = [];
  #bytes = 0;

  constructor(file: Pick<LogFile, 'overwrite'>) {
    this.#file = file;
  }

  add(change: LogChange): void {
    this.#waiting.push(change);
    this.#bytes += change.jsonBytes;
  }

  /** Writes once a batch is full. @throws as {@link LogFile.overwrite} */
  async writeBatch(): Promise<void> {
    if (this.#bytes >= BATCH_BYTES) await this.writeAll();
  }

  /** @throws as {@link LogFile.overwrite} */
  async writeAll(): Promise<void> {
    const changes = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    await this.#file.overwrite(changes);
  }
}
