import type { OutboxEntry } from '../../shared/conversation.ts';
import type { TableObserver } from './object-table.ts';

/** The outbox by client, and the number of its next entry. Numbers are never used twice, so the highest one is remembered. */
export class OutboxIndex implements TableObserver<OutboxEntry> {
  readonly #byClient = new Map<string, OutboxEntry[]>();
  #highestSeq = 0;

  get highestSeq(): number {
    return this.#highestSeq;
  }

  /** From a snapshot: entries with these numbers have been, even if none is left. */
  raiseSeq(seq: number): void {
    this.#highestSeq = Math.max(this.#highestSeq, seq);
  }

  byClient(clientId: string): readonly OutboxEntry[] {
    return this.#byClient.get(clientId)?.slice() ?? [];
  }

  changed(before: OutboxEntry | undefined, after: OutboxEntry | undefined): void {
    if (before) this.#remove(before);
    if (after) this.#add(after);
  }

  #add(entry: OutboxEntry): void {
    this.raiseSeq(entry.seq);
    const entries = this.#byClient.get(entry.clientId);
    if (!entries) {
      this.#byClient.set(entry.clientId, [entry]);
      return;
    }
    let position = entries.length;
    while (position > 0 && (entries[position - 1]?.seq ?? 0) > entry.seq) position -= 1;
    entries.splice(position, 0, entry);
  }

  #remove(entry: OutboxEntry): void {
    const entries = this.#byClient.get(entry.clientId);
    const position = entries?.findIndex((other) => other.id === entry.id) ?? -1;
    if (!entries || position === -1) return;
    entries.splice(position, 1);
    if (entries.length === 0) this.#byClient.delete(entry.clientId);
  }
}
