import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { realDisk } from './disk.ts';
import { loadFolder, type OpenLogs, openLogs } from './recovery.ts';
import { State } from './state.ts';

/**
 * Writes everything in a data folder as one plain JSON document: an array for each collection, each order with its timeline, and
 * the audit, oldest first. Gateway credentials stay out. Changes nothing in the folder.
 */
export async function exportFolder(
  dataDir: string,
  to: Writable,
  options: { end: boolean } = { end: false },
): Promise<void> {
  const state = new State({ freeze: false });
  const loaded = loadFolder(state, dataDir);
  const logs = await openLogs(state, dataDir, realDisk, loaded, constants.O_RDONLY);
  try {
    await pipeline(document(state, logs), to, { end: options.end });
  } finally {
    for (const file of logs.logFiles) await file.close();
  }
}

/** The same, into a new file that only its owner may read. @throws when there is a file already. */
export async function exportToFile(dataDir: string, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await exportFolder(dataDir, file.createWriteStream({ flush: true }), { end: true });
  } finally {
    await file.close();
  }
}

async function* document(state: State, logs: OpenLogs): AsyncGenerator<string> {
  yield '{';
  for (const { name, table } of [
    state.clients,
    state.settings,
    state.conversations,
    state.outbox,
    state.callbacks,
    state.bans,
    state.texts,
    state.alerts,
    state.restarts,
  ]) {
    yield `"${name}":`;
    yield* array(table.values());
    yield ',\n';
  }
  yield '"orders":';
  yield* array(ordersWithTimelines(state, logs));
  yield ',\n"audit":';
  yield* array(auditOldestFirst(logs));
  yield '}\n';
}

async function* ordersWithTimelines(state: State, logs: OpenLogs): AsyncGenerator<unknown> {
  for (const order of state.orders.table.values())
    yield { ...order, timeline: await logs.timelines.read(order.orderNo) };
}

async function* auditOldestFirst(logs: OpenLogs): AsyncGenerator<unknown> {
  const { items } = await logs.audit.page({ limit: Number.MAX_SAFE_INTEGER });
  yield* [...items].reverse();
}

async function* array(items: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]' : '\n]';
}
