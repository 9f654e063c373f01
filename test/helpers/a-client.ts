import type { Client } from '../../shared/client.ts';

/** A stored sandbox client that runs and has nothing of its own. */
export function aClient(id: string, changes: Partial<Client> = {}): Client {
  return {
    id,
    name: `Shop ${id}`,
    mode: 'sandbox',
    desired: 'running',
    paused: false,
    adminPhones: [],
    overrides: {},
    mayUsePlatformFloat: false,
    retryCount: 0,
    createdAt: 1,
    updatedAt: 1,
    ...changes,
  };
}
