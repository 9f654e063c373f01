import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { StoreCorruptError, StoreVersionError } from '../../supervisor/stores/errors.ts';
import { loadFolder } from '../../supervisor/stores/recovery.ts';
import { State } from '../../supervisor/stores/state.ts';
import { aClient, anOrder, aReply, open, temporaryFolder } from './helpers.ts';

/** A folder with everything in it: snapshots, previous snapshots, two segments, logs, and a journal behind the snapshots. */
const sample = mkdtempSync(join(tmpdir(), 'stores-sample-'));
after(() => rmSync(sample, { recursive: true, force: true }));

before(async () => {
  const working = mkdtempSync(join(tmpdir(), 'stores-sample-'));
  for (let round = 0; round < 3; round += 1) {
    const stores = await open(working);
    for (let n = round * 8; n < round * 8 + 8; n += 1)
      await stores.transact((tx) => {
        tx.orders.put(anOrder(n));
        tx.clients.put(aClient('cl_one', { retryCount: n }));
        tx.outbox.put(aReply(n));
        tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
        tx.audit.append({ at: n, by: 'amina', action: `deed-${n}` });
      });
    if (round < 2) {
      await stores.close();
      continue;
    }
    cpSync(working, sample, {
      recursive: true,
      filter: (path) => !/\/(lock|owner\.json|reserve)$/.test(path),
    });
    await stores.close();
  }
  rmSync(working, { recursive: true, force: true });
});

function copy(t: TestContext): string {
  const folder = temporaryFolder(t);
  cpSync(sample, folder, { recursive: true });
  return folder;
}

const summary = (state: State): unknown => ({
  orders: [...state.orders.table.values()],
  clients: [...state.clients.table.values()],
  outbox: [...state.outbox.table.values()],
});

function loaded(folder: string): unknown {
  const state = new State({ freeze: false });
  loadFolder(state, folder);
  return summary(state);
}

/** What a start reads. The older segment and the previous snapshots are for restoring only. */
const filesRead = (): string[] =>
  readdirSync(sample).filter(
    (name) => !name.includes('previous') && name !== 'format.json' && name !== 'journal-000000000009.jsonl',
  );

test('one flipped bit anywhere in any file that a start reads stops it, by file, and never changes what is read', async (t) => {
  const folder = copy(t);
  const expected = loaded(folder);
  for (const name of filesRead()) {
    const path = join(folder, name);
    const good = readFileSync(path);
    // Logs are read by the start only behind what the snapshot noted; `verify` reads them whole.
    const isLog = name === 'timelines.jsonl' || name === 'audit.jsonl';
    const property = fc.property(fc.nat({ max: good.length * 8 - 1 }), (bit) => {
      const bad = Buffer.from(good);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(path, bad);
      try {
        assert.deepEqual(loaded(folder), expected);
        assert.ok(isLog, `bit ${bit} of ${name} went unnoticed`);
      } catch (error) {
        if (error instanceof StoreVersionError) return;
        assert.ok(error instanceof StoreCorruptError, String(error));
        assert.equal(error.place.file, name);
        assert.match(error.message, /backup|previous/);
      }
    });
    fc.assert(property, { numRuns: 150 });
    writeFileSync(path, good);
  }
});

test('every file that a start needs is missed by name', async (t) => {
  for (const name of [...filesRead(), 'format.json']) {
    const folder = copy(t);
    rmSync(join(folder, name));
    await assert.rejects(open(folder), (error: Error) => {
      assert.equal(error.name, 'StoreCorruptError', name);
      assert.ok(error.message.startsWith(name), error.message);
      return true;
    });
    assert.ok(!existsSync(join(folder, 'lock')), 'the folder is free for whoever mends it');
  }
});

test('a folder that lost all snapshots but not its journal is not taken for a new one', async (t) => {
  const folder = copy(t);
  for (const name of readdirSync(folder)) if (name.endsWith('.json')) rmSync(join(folder, name));
  await assert.rejects(open(folder), {
    name: 'StoreCorruptError',
    message: /format\.json: the file is missing although/,
  });
});

test('a snapshot cut short at any place is not read as a smaller one', async (t) => {
  const folder = copy(t);
  const path = join(folder, 'orders.json');
  const good = readFileSync(path);
  for (let length = good.length - 2; length >= 0; length -= 97) {
    truncateSync(path, length);
    assert.throws(() => loaded(folder), { name: 'StoreCorruptError', message: /^orders\.json/ });
  }
});

test('a snapshot of which a line was deleted, doubled or moved is not read', async (t) => {
  const folder = copy(t);
  const path = join(folder, 'orders.json');
  const lines = readFileSync(path, 'utf8').split('\n');
  const [header = '', first = '', second = '', ...rest] = lines;
  for (const changed of [
    [header, second, ...rest],
    [header, first, first, second, ...rest],
    [header, second, first, ...rest],
  ]) {
    writeFileSync(path, changed.join('\n'));
    assert.throws(() => loaded(folder), { name: 'StoreCorruptError' });
  }
});

test('an older journal segment put back, or its end lost, is a gap and not the end', async (t) => {
  const folder = copy(t);
  const last = join(folder, 'journal-000000000017.jsonl');
  const lines = readFileSync(last, 'utf8').split('\n');
  writeFileSync(last, [...lines.slice(0, 2), ...lines.slice(3)].join('\n'));
  assert.throws(() => loaded(folder), {
    name: 'StoreCorruptError',
    message: /line 3.*transaction 19 is missing/,
  });
});

test('another format version is refused, by file and number', async (t) => {
  const folder = copy(t);
  writeFileSync(join(folder, 'format.json'), '{"format":2}\n');
  await assert.rejects(open(folder), {
    name: 'StoreVersionError',
    message: /format\.json.*version 2.*version 1/,
  });
});

test('a damaged timeline is reported where it is read, not shown as empty', async (t) => {
  const folder = copy(t);
  const path = join(folder, 'timelines.jsonl');
  const bytes = readFileSync(path);
  const damage = bytes.indexOf('"created"');
  bytes[damage + 2] = 0x58;
  writeFileSync(path, bytes);
  const stores = await open(folder);
  await assert.rejects(stores.timelines.read(anOrder(0).orderNo), {
    name: 'StoreCorruptError',
    message: /timelines\.jsonl, byte \d+/,
  });
});

test('the advice for a damaged snapshot works: the previous one in its place loses nothing', async (t) => {
  const folder = copy(t);
  const expected = loaded(folder);
  writeFileSync(join(folder, 'orders.json'), '');
  await assert.rejects(open(folder), /copy orders\.previous\.json over orders\.json/);
  cpSync(join(folder, 'orders.previous.json'), join(folder, 'orders.json'));
  assert.deepEqual(loaded(folder), expected);
});

test('a folder made before a collection existed gets it, and keeps what it has', async (t) => {
  const folder = copy(t);
  const expected = loaded(folder);
  const older = ['clients', 'orders', 'settings', 'conversations', 'outbox'];
  for (const name of readdirSync(folder))
    if (/^(credentials|callbacks|bans|texts|alerts|access|restarts)\./.test(name)) rmSync(join(folder, name));
  writeFileSync(join(folder, 'format.json'), JSON.stringify({ format: 1, collections: older }));
  const stores = await open(folder);
  assert.equal(stores.credentials.size, 0);
  await stores.close();
  assert.deepEqual(loaded(folder), expected);
  rmSync(join(folder, 'credentials.json'));
  await assert.rejects(open(folder), { message: /^credentials\.json: the file is missing/ });
});
