import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Restart } from '../../shared/restart.ts';
import type { Stores } from '../stores/types.ts';

/** How many restarts of one client are remembered. */
const KEPT_RESTARTS = 50;

/** The clients' restarts with their reasons, over restarts of the supervisor too. */
export class RestartBook {
  readonly #stores: Pick<Stores, 'restarts' | 'transact'>;
  readonly #logger: Logger;

  constructor(stores: Pick<Stores, 'restarts' | 'transact'>, logger: Logger) {
    this.#stores = stores;
    this.#logger = logger;
  }

  /** Nobody waits for it: a worker's life does not depend on its history. */
  note(clientId: string, restart: Restart): void {
    this.#stores
      .transact((tx) => {
        // A client that is deleted meanwhile takes its history with it.
        if (!tx.clients.get(clientId)) return;
        const known = tx.restarts.get(clientId)?.restarts ?? [];
        tx.restarts.put({ clientId, restarts: [restart, ...known].slice(0, KEPT_RESTARTS) });
      })
      .catch((error: unknown) => {
        this.#logger.error({ clientId, error: errorText(error) }, 'A restart could not be noted');
      });
  }

  /** Newest first. */
  list(clientId: string): readonly Restart[] {
    return this.#stores.restarts.get(clientId)?.restarts ?? [];
  }
}
