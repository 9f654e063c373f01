import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { createClientService } from '../../supervisor/workers/clients.ts';
import { createWorkerPool } from '../../supervisor/workers/pool.ts';
import { noCredentials } from '../helpers/credentials.ts';
import { nobodyAsks } from '../helpers/nobody-asks.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { waitFor } from '../helpers/wait.ts';
import { fixtureWorker } from './pool-harness.ts';

/** A supervisor's part that matters here, on real files and with a real worker. */
async function open(dataDir: string, behaviour: string) {
  const stores = await openTestStores(dataDir);
  const pool = createWorkerPool({
    stores,
    turns: {
      begin: async () => ({ status: 'duplicate' }),
      ask: nobodyAsks,
      commit: async () => ({ status: 'duplicate' }),
    },
    clock: systemClock,
    logger: silentLogger,
    dataDir,
    world: () => ({ host: '127.0.0.1', chatPort: 1, token: behaviour }),
    entry: fixtureWorker(),
    execArgv: [],
  });
  const clients = createClientService({
    stores,
    pool,
    credentials: noCredentials,
    clock: systemClock,
    logger: silentLogger,
  });
  await pool.startAll();
  const state = (clientId: string) => clients.get(clientId).worker.state;
  return {
    stores,
    clients,
    state,
    async close(): Promise<void> {
      await pool.shutdown();
      await stores.close();
    },
  };
}

it('what is wanted of a client, and how often it failed, outlives the supervisor', async () => {
  const folder = temporaryFolder('clients');
  let close: (() => Promise<void>) | undefined;
  const next = async (behaviour: string) => {
    await close?.();
    close = undefined;
    const opened = await open(folder.path, behaviour);
    close = opened.close;
    return opened;
  };
  try {
    const first = await next('dies-at-birth');
    const { client: running } = await first.clients.create({ name: 'Duka', mode: 'sandbox' }, 'Asha');
    const { client: stopped } = await first.clients.create({ name: 'Kiosk', mode: 'sandbox' }, 'Asha');
    await first.clients.command(stopped.id, 'stop', 'Asha');
    await waitFor('the first failure', () => first.state(running.id) === 'backing-off');

    const second = await next('behaves');
    assert.equal(second.clients.get(running.id).client.retryCount, 1);
    await waitFor('the client that is to run', () => second.state(running.id) === 'ready');
    assert.equal(second.state(stopped.id), 'stopped');
    const { items } = await second.stores.audit.page({ limit: 10 });
    assert.deepEqual(
      items.map(({ by, action }) => `${by} ${action}`),
      ['Asha client.stop', 'Asha client.create', 'Asha client.create'],
    );
    await second.clients.remove(running.id, 'Asha');

    const third = await next('behaves');
    assert.deepEqual(
      third.clients.list().map(({ client }) => client.name),
      ['Kiosk'],
    );
  } finally {
    await close?.();
    folder.remove();
  }
});
