import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { createWorkerPool } from '../../supervisor/workers/pool.ts';
import { aClient } from '../helpers/a-client.ts';
import { memoryStores } from '../helpers/memory-stores.ts';

/** Our pool with one worker that runs the comparison's bot, with the settings that a product starts with. */
export async function startOurs(folder: string, bot: string): Promise<() => Promise<void>> {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const pool = createWorkerPool({
    stores: memoryStores([aClient('a')]),
    turns: {
      begin: async () => ({ status: 'duplicate' }),
      ask: async () => {
        throw new Error('Nobody asks here');
      },
      commit: async () => ({ status: 'duplicate' }),
    },
    clock: systemClock,
    logger: silentLogger,
    dataDir,
    // What the fault worker is told through the one text that a worker is given.
    world: () => ({ host: '127.0.0.1', chatPort: 1, token: JSON.stringify({ bot, folder }) }),
    entry: fileURLToPath(new URL('./fault-worker.ts', import.meta.url)),
  });
  await pool.startAll();
  return () => pool.shutdown();
}
