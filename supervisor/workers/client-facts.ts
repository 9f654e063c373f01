import type { Client } from '../../shared/client.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Stores } from '../stores/types.ts';

/** What a worker told of itself or how it fares, as the client's record keeps it. */
export type ClientFacts = Pick<Partial<Client>, 'phone' | 'retryCount'>;

/** Stores a client's facts where they differ. Nobody waits for it: the worker's life does not depend on it. */
export function rememberFacts(
  stores: Pick<Stores, 'clients' | 'transact'>,
  logger: Logger,
  clientId: string,
  facts: ClientFacts,
): void {
  const known = stores.clients.get(clientId);
  if (!known) return;
  const changed =
    known.retryCount !== (facts.retryCount ?? known.retryCount) ||
    known.phone !== (facts.phone ?? known.phone);
  if (!changed) return;
  stores
    .transact((tx) => {
      const client = tx.clients.get(clientId);
      if (client) tx.clients.put({ ...client, ...facts });
    })
    .catch((error: unknown) => {
      logger.error({ clientId, error: errorText(error) }, "A worker's facts could not be stored");
    });
}
