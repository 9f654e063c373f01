import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { SystemModel } from '../../../web/pages/system.tsx';
import { healthReasons } from '../health.ts';
import type { Services } from '../types.ts';

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
    health: healthReasons(services),
  };
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
