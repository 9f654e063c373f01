import type { Transaction } from './types.ts';

/** Forgets who had access to a client that is no more. */
export function removeAccessTo(tx: Pick<Transaction, 'access'>, clientId: string): void {
  for (const record of [...tx.access.values()]) {
    if (record.kind !== 'invite' || record.clientId !== clientId) continue;
    tx.access.delete(record.id);
    tx.access.delete(`epoch:owner:${record.id}`);
  }
}
