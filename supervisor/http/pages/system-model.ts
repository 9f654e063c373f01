import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { workerStateText } from '../../../web/components/status.tsx';
import type { SystemModel } from '../../../web/pages/system.tsx';
import type { Services } from '../types.ts';

/** The states in which a bot that should run is not selling. */
const TROUBLED = new Set(['reconnecting', 'backing-off', 'failed', 'logged-out', 'awaiting-scan']);

/** What the system page shows, as it is now. */
export async function systemModel(services: Services): Promise<SystemModel> {
  const { config, stores, clients, clock, startedAt, version } = services;
  const status = stores.status();
  const { rss, heapUsed } = process.memoryUsage();
  const diskFreeBytes = await freeBytes(config.dataDir);
  return {
    now: clock.now(),
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    production: config.production,
    ...(config.baseUrl === undefined ? {} : { baseUrl: config.baseUrl }),
    startedAt,
    pid: process.pid,
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    machine: {
      cores: availableParallelism(),
      load1: loadavg()[0] ?? 0,
      totalBytes: totalmem(),
      freeBytes: freemem(),
    },
    storage: {
      folder: config.dataDir,
      writable: status.writable,
      low: status.low,
      journalBytes: status.journalBytes,
      ...(status.lastSnapshotAt === undefined ? {} : { lastSnapshotAt: status.lastSnapshotAt }),
      ...(diskFreeBytes === undefined ? {} : { diskFreeBytes }),
    },
    counts: {
      clients: clients.list().length,
      orders: stores.orders.size,
      conversations: stores.conversations.size,
      outbox: stores.outbox.size,
    },
    troubles: troubles(services),
  };
}

/** Everything that keeps the product from being well, in words for people. */
function troubles({ stores, clients, alerts }: Services): readonly string[] {
  const { writable, low } = stores.status();
  const open = alerts.list({ open: true });
  return [
    ...(writable ? [] : ['Nothing can be written to the disk. Selling is stopped.']),
    ...(writable && low ? ['The disk is nearly full: no new order is taken until there is room again.'] : []),
    ...clients
      .list()
      .filter(({ client, worker }) => client.desired === 'running' && TROUBLED.has(worker.state))
      .map(({ client, worker }) => {
        const reason = worker.stateReason === undefined ? '' : `: ${worker.stateReason}`;
        return `${client.name}: ${workerStateText(worker.state).toLowerCase()}${reason}`;
      }),
    // A bot's own alerts say what stands above already.
    ...open.filter(({ clientId }) => clientId === null).map(({ title, text }) => `${title}. ${text}`),
  ];
}

/** Undefined where the system does not tell. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
