import { constants, existsSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { realDisk } from './disk.ts';
import { StoreCorruptError } from './errors.ts';
import { namedPictures, soundPicture } from './picture-files.ts';
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
    await pipeline(document(state, logs, dataDir), to, { end: options.end });
  } finally {
    for (const file of logs.logFiles) await file.close();
  }
}

/**
 * The same, into a new file that only its owner may read. It has its name only once it is whole.
 * @throws when there is a file of that name already
 */
export async function exportToFile(dataDir: string, path: string): Promise<void> {
  if (existsSync(path)) throw new Error(`There is a file ${path} already. Delete it, or name another one`);
  const partial = `${path}.partial`;
  // Of an export that was killed. The new file is ours alone: one that is there already would keep its own mode.
  rmSync(partial, { force: true });
  const file = await open(partial, 'wx', 0o600);
  try {
    await exportFolder(dataDir, file.createWriteStream({ flush: true }), { end: true });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function* document(state: State, logs: OpenLogs, dataDir: string): AsyncGenerator<string> {
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
  yield '"pictures":';
  yield* array(pictures(state, dataDir));
  yield ',\n"orders":';
  yield* array(ordersWithTimelines(state, logs));
  yield ',\n"audit":';
  yield* array(auditOldestFirst(logs));
  yield '}\n';
}

/** One at a time: together they may be more than memory has room for. Of one that is damaged, what is wrong with it. */
function* pictures({ clients }: State, dataDir: string): Generator<unknown> {
  for (const named of namedPictures(clients.table.values())) {
    const about = { clientId: named.client.id, file: named.file, type: named.picture.type };
    try {
      yield { ...about, base64: soundPicture(dataDir, named).toString('base64') };
    } catch (error) {
      if (!(error instanceof StoreCorruptError)) throw error;
      yield { ...about, problem: error.message };
    }
  }
}

async function* ordersWithTimelines(state: State, logs: OpenLogs): AsyncGenerator<unknown> {
  for (const order of state.orders.table.values())
    yield { ...order, timeline: await logs.timelines.read(order.orderNo) };
}

/** The log is read from its end: first where its pages begin, then the pages, so that no more than one is in memory. */
async function* auditOldestFirst({ audit }: OpenLogs): AsyncGenerator<unknown> {
  const starts: { cursor?: string }[] = [];
  for (let start: { cursor?: string } | undefined = {}; start; ) {
    starts.push(start);
    const { nextCursor } = await audit.page({ ...start, limit: AUDIT_PAGE });
    start = nextCursor === undefined ? undefined : { cursor: nextCursor };
  }
  for (const start of starts.reverse()) {
    const { items } = await audit.page({ ...start, limit: AUDIT_PAGE });
    yield* [...items].reverse();
  }
}
const AUDIT_PAGE = 1_000;

async function* array(items: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]' : '\n]';
}
