import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { loadFolder } from '../../supervisor/stores/recovery.ts';
import { repairFolder } from '../../supervisor/stores/repair.ts';
import { State } from '../../supervisor/stores/state.ts';
import { aClient, anOrder, aReply, listeningLogger, open, temporaryFolder } from './helpers.ts';

const WRITER = new URL('./writer.ts', import.meta.url).pathname;

/** Runs the writer until it has acknowledged `count` transactions, then kills it. @returns all that it acknowledged. */
async function writeAndKill(folder: string, count: number): Promise<number[]> {
  const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    if (line !== 'ready') acknowledged.push(Number(line));
    if (acknowledged.length === count) writer.kill('SIGKILL');
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
  assert.equal(writer.signalCode, 'SIGKILL');
  return acknowledged;
}

test('a supervisor killed while it writes and snapshots loses nothing that it acknowledged', async (t) => {
  const folder = temporaryFolder(t);
  let acknowledged: number[] = [];
  for (const count of [40, 700, 300]) {
    acknowledged = acknowledged.concat(await writeAndKill(folder, count));
    const stores = await open(folder);
    for (const n of acknowledged) {
      assert.deepEqual(stores.orders.get(anOrder(n).orderNo), anOrder(n));
      assert.deepEqual(await stores.timelines.read(anOrder(n).orderNo), [
        { at: n, event: 'created', by: 'customer' },
      ]);
    }
    const size = stores.orders.size;
    assert.equal(stores.clients.get('cl_one')?.retryCount, size - 1, 'no half transactions, no holes');
    await stores.close();
  }
});

/** The folder as a crash right after the last acknowledgement would leave it: without what closing writes. */
function copyAsCrashed(folder: string, to: string): void {
  cpSync(folder, to, { recursive: true, filter: (path) => !/\/(lock|owner\.json|reserve)$/.test(path) });
}

function lastSegment(folder: string): string {
  const name = readdirSync(folder)
    .filter((file) => file.startsWith('journal-'))
    .sort()
    .at(-1);
  assert.ok(name);
  return join(folder, name);
}

test('a journal cut at any byte of its last fifty records starts with a prefix of what was acknowledged', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  for (let n = 1; n <= 55; n += 1)
    await stores.transact((tx) => {
      tx.settings.put({ id: 'platform', values: { minAmountKes: n } });
      tx.outbox.put(aReply(n, { text: '' }));
    });
  const crashed = temporaryFolder(t);
  copyAsCrashed(folder, crashed);
  const path = lastSegment(crashed);
  const journal = readFileSync(path);
  const ends: number[] = [];
  for (let end = journal.indexOf(0x0a); end !== -1; end = journal.indexOf(0x0a, end + 1)) ends.push(end);
  assert.equal(ends.length, 55);
  for (let length = journal.length; length > (ends[4] ?? 0); length -= 1) {
    truncateSync(path, length);
    const state = new State({ freeze: false });
    const { segments } = loadFolder(state, crashed);
    // A line whose newline alone is missing is whole.
    const complete = ends.filter((end) => end <= length).length;
    assert.equal(
      state.settings.table.get('platform')?.values.minAmountKes,
      complete,
      `cut at byte ${length}`,
    );
    assert.equal(state.outbox.table.size, complete);
    const torn = Math.max(0, length - (ends[complete - 1] ?? 0) - 1);
    assert.equal(segments.at(-1)?.end.tornBytes, torn);
  }
});

test('after a torn tail was cut, the store reports it and goes on writing', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  for (let n = 0; n < 5; n += 1) await stores.transact((tx) => tx.orders.put(anOrder(n)));
  const crashed = temporaryFolder(t);
  copyAsCrashed(folder, crashed);
  const size = readFileSync(lastSegment(crashed)).length;
  truncateSync(lastSegment(crashed), size - 10);
  const logger = listeningLogger();
  const again = await open(crashed, { logger });
  assert.equal(again.orders.size, 4);
  assert.ok(logger.sentences.some((sentence) => sentence.includes('broken off')));
  await again.transact((tx) => tx.orders.put(anOrder(9)));
  const second = temporaryFolder(t);
  copyAsCrashed(crashed, second);
  assert.equal((await open(second)).orders.size, 5);
});

test('what no broken-off write can leave at the journal’s end stops the start: it may stand where something acknowledged stood', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  for (let n = 0; n < 3; n += 1) await stores.transact((tx) => tx.orders.put(anOrder(n)));
  const whole = readFileSync(lastSegment(folder));
  const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
  for (const [name, tail] of [
    ['a worn-out block in place of the last line', Buffer.alloc(whole.length - lastLine, 0xff)],
    ['half of the last line worn out', [whole.subarray(lastLine, -40), Buffer.alloc(20, 0xff)]],
    ['something else', Buffer.from('<html>502</html>')],
  ] as const) {
    const crashed = temporaryFolder(t);
    copyAsCrashed(folder, crashed);
    const path = lastSegment(crashed);
    writeFileSync(path, Buffer.concat([whole.subarray(0, lastLine), ...[tail].flat()]));
    const refusal = {
      name: 'StoreCorruptError',
      message: /^journal-000000000001\.jsonl, line 3, byte \d+: transaction 3/,
    };
    await assert.rejects(open(crashed), refusal, name);
    await assert.rejects(open(crashed), /repair --cut-damaged-end/, name);
    repairFolder(crashed, true, listeningLogger());
    assert.equal((await open(crashed)).orders.size, 2, name);
  }
});

test('a line that lacks only its newline is kept, and the next one starts on a line of its own', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  const crashed = temporaryFolder(t);
  copyAsCrashed(folder, crashed);
  truncateSync(lastSegment(crashed), readFileSync(lastSegment(crashed)).length - 1);
  const again = await open(crashed);
  await again.transact((tx) => tx.orders.put(anOrder(2)));
  const second = temporaryFolder(t);
  copyAsCrashed(crashed, second);
  assert.equal((await open(second)).orders.size, 2);
});

test('holes of zeros in the last, unacknowledged batch are a torn tail, also with whole lines behind them', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  await stores.transact((tx) => tx.orders.put(anOrder(0)));
  await Promise.all([1, 2, 3].map((n) => stores.transact((tx) => tx.orders.put(anOrder(n)))));
  const crashed = temporaryFolder(t);
  copyAsCrashed(folder, crashed);
  const journal = readFileSync(lastSegment(crashed));
  const secondLine = journal.indexOf(0x0a) + 1;
  journal.fill(0, secondLine + 20, secondLine + 60);
  writeFileSync(lastSegment(crashed), journal);
  const again = await open(crashed);
  assert.deepEqual([...again.orders.values()], [anOrder(0)]);
});

test('a crash at any point of a snapshot run is harmless', async (t) => {
  const folder = temporaryFolder(t);
  const before = await open(folder);
  for (let n = 0; n < 20; n += 1)
    await before.transact((tx) => {
      tx.orders.put(anOrder(n));
      tx.clients.put(aClient('cl_one', { retryCount: n }));
      tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
    });
  const old = temporaryFolder(t);
  copyAsCrashed(folder, old);
  await before.close();
  const snapshots = ['clients', 'orders', 'settings', 'conversations', 'outbox'];
  for (let installed = 0; installed <= snapshots.length; installed += 1) {
    // The run had written everything, and renamed some of it.
    const crashed = temporaryFolder(t);
    copyAsCrashed(folder, crashed);
    for (const name of snapshots.slice(installed)) {
      cpSync(join(folder, `${name}.json`), join(crashed, `${name}.json.tmp`));
      cpSync(join(old, `${name}.json`), join(crashed, `${name}.json`));
    }
    const stores = await open(crashed);
    assert.equal(stores.orders.size, 20);
    assert.equal(stores.clients.get('cl_one')?.retryCount, 19);
    assert.equal((await stores.timelines.read(anOrder(7).orderNo)).length, 1);
    await stores.close();
    assert.deepEqual(
      readdirSync(crashed).filter((name) => name.endsWith('.tmp')),
      [],
    );
  }
});

test('a first start that was broken off is begun anew', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  await stores.close();
  writeFileSync(join(folder, 'format.json'), '{"format":1,"creating":true}\n');
  rmSync(join(folder, 'clients.json'));
  const again = await open(folder);
  await again.transact((tx) => tx.clients.put(aClient('cl_one')));
  assert.equal(again.clients.size, 1);
});

test('a crash while the journal moves to its next segment is mended', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  for (let n = 0; n < 3; n += 1) await stores.transact((tx) => tx.orders.put(anOrder(n)));
  for (const mark of ['', '4d1e', '4d1e0f3a 1', 'deadbeef 9 {"end":3']) {
    const crashed = temporaryFolder(t);
    copyAsCrashed(folder, crashed);
    writeFileSync(lastSegment(crashed), mark, { flag: 'a' });
    writeFileSync(join(crashed, 'journal-000000000004.jsonl'), '');
    const again = await open(crashed);
    await again.transact((tx) => tx.orders.put(anOrder(3)));
    const second = temporaryFolder(t);
    copyAsCrashed(crashed, second);
    assert.equal((await open(second)).orders.size, 4, `after the half mark "${mark}"`);
  }
});
