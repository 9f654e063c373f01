import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { runStoreCommand } from '../../supervisor/stores/command.ts';
import { aClient, anOrder, open, temporaryFolder } from './helpers.ts';

async function store(...args: string[]): Promise<{ code: number; output: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await runStoreCommand(args, 'no-such-folder', { stdout, stderr });
  return { code, output: `${stdout.read() ?? ''}${stderr.read() ?? ''}` };
}

/** A folder as a crash leaves it: snapshots, logs and a journal behind them. */
async function crashedFolder(t: TestContext): Promise<string> {
  const folder = temporaryFolder(t);
  for (const round of [0, 1]) {
    const stores = await open(folder);
    for (let n = round * 5; n < round * 5 + 5; n += 1)
      await stores.transact((tx) => {
        tx.orders.put(anOrder(n));
        tx.clients.put(aClient('cl_one', { retryCount: n }));
        tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
        tx.audit.append({ at: n, by: 'amina', action: `deed-${n}` });
      });
    if (round === 0) await stores.close();
  }
  const crashed = temporaryFolder(t);
  cpSync(folder, crashed, { recursive: true, filter: (path) => !/\/(lock|owner\.json|reserve)$/.test(path) });
  return crashed;
}

const lastSegment = (folder: string): string =>
  join(
    folder,
    readdirSync(folder)
      .filter((name) => name.startsWith('journal-'))
      .sort()
      .at(-1) ?? '',
  );

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]));

test('verify checks every file of a sound folder and changes nothing', async (t) => {
  const folder = await crashedFolder(t);
  const before = contents(folder);
  const { code, output } = await store('verify', folder);
  assert.equal(code, 0, output);
  assert.match(output, /ok\s+orders\.json: 5 records as of transaction 5/);
  assert.match(output, /ok\s+orders\.previous\.json: 0 records/);
  assert.match(output, /ok\s+journal-000000000006\.jsonl: 5 transactions/);
  assert.match(output, /a start finds everything up to transaction 10/);
  assert.deepEqual(contents(folder), before);
});

test('verify names every damaged file, also those that a start does not read', async (t) => {
  const folder = await crashedFolder(t);
  for (const name of ['clients.previous.json', 'timelines.jsonl', 'journal-000000000001.jsonl']) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 4;
    writeFileSync(path, bytes);
  }
  const { code, output } = await store('verify', folder);
  assert.equal(code, 1);
  assert.match(output, /DAMAGED\s+clients\.previous\.json/);
  assert.match(output, /DAMAGED\s+timelines\.jsonl.*byte \d+/);
  assert.match(output, /DAMAGED\s+journal-000000000001\.jsonl.*line \d+, byte \d+/);
});

test('repair cuts a torn tail, and verify tells of it before', async (t) => {
  const folder = await crashedFolder(t);
  const path = lastSegment(folder);
  truncateSync(path, statSync(path).size - 7);
  const told = await store('verify', folder);
  assert.equal(told.code, 0);
  assert.match(told.output, /bytes of a broken-off write at the end/);
  const repaired = await store('repair', folder);
  assert.equal(repaired.code, 0, repaired.output);
  assert.match(repaired.output, /broken off before it was acknowledged/);
  assert.doesNotMatch((await store('verify', folder)).output, /broken-off/);
  assert.equal((await open(folder)).orders.size, 9);
});

test('repair cuts a damaged end only when asked, and keeps what it cut', async (t) => {
  const folder = await crashedFolder(t);
  const path = lastSegment(folder);
  const bytes = readFileSync(path);
  bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const refused = await store('repair', folder);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /transaction 10 is damaged.*npm run store -- repair --cut-damaged-end/);
  const repaired = await store('repair', '--cut-damaged-end', folder);
  assert.equal(repaired.code, 0, repaired.output);
  assert.ok(readdirSync(folder).some((name) => name.includes('.cut-at-')));
  assert.equal((await open(folder)).orders.size, 9);
});

test('repair never cuts damage with good lines behind it', async (t) => {
  const folder = await crashedFolder(t);
  const path = lastSegment(folder);
  const bytes = readFileSync(path);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const refused = await store('repair', '--cut-damaged-end', folder);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /latest backup/);
  assert.doesNotMatch(refused.output, /cut-damaged-end/, 'advice that would not help');
  assert.deepEqual(readFileSync(path), bytes);
});

test('export writes everything as plain JSON, timelines with their orders', async (t) => {
  const folder = await crashedFolder(t);
  const before = contents(folder);
  const file = join(temporaryFolder(t), 'all.json');
  const { code, output } = await store('export', '--to', file, folder);
  assert.equal(code, 0, output);
  const all = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(
    all.orders,
    Array.from({ length: 10 }, (_, n) => ({
      ...anOrder(n),
      timeline: [{ at: n, event: 'created', by: 'customer' }],
    })),
  );
  assert.equal(all.clients[0].retryCount, 9);
  assert.deepEqual(
    all.audit.map(({ action }: { action: string }) => action),
    Array.from({ length: 10 }, (_, n) => `deed-${n}`),
  );
  assert.deepEqual([all.settings, all.outbox, all.conversations], [[], [], []]);
  assert.equal(all.credentials, undefined, 'keys stay where they are');
  assert.deepEqual(contents(folder), before);
  const again = await store('export', '--to', file, folder);
  assert.equal(again.code, 1, 'never over an existing file');
  assert.match(again.output, /all\.json already\. Delete it, or name another one/);
});

test('an export that breaks off leaves no file that looks like a whole one, and one that was killed is begun anew', async (t) => {
  const folder = await crashedFolder(t);
  const target = temporaryFolder(t);
  const file = join(target, 'all.json');
  writeFileSync(`${file}.partial`, '{"clients":[');
  assert.equal((await store('export', '--to', file, folder)).code, 0);
  assert.deepEqual(readdirSync(target), ['all.json']);
  rmSync(file);
  // A timeline is damaged: the export reads so far and no further.
  const timelines = readFileSync(join(folder, 'timelines.jsonl'));
  timelines.fill(0x58, 30, 40);
  writeFileSync(join(folder, 'timelines.jsonl'), timelines);
  const broken = await store('export', '--to', file, folder);
  assert.equal(broken.code, 1);
  assert.match(broken.output, /timelines\.jsonl/);
  assert.deepEqual(readdirSync(target), []);
});

test('a long audit is exported whole and oldest first', async (t) => {
  const folder = temporaryFolder(t);
  const stores = await open(folder);
  await stores.transact((tx) => {
    for (let n = 0; n < 2_500; n += 1) tx.audit.append({ at: n, by: 'amina', action: 'deed' });
  });
  await stores.close();
  const file = join(temporaryFolder(t), 'all.json');
  assert.equal((await store('export', '--to', file, folder)).code, 0);
  const { audit } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(
    audit.map(({ at }: { at: number }) => at),
    Array.from({ length: 2_500 }, (_, n) => n),
  );
});

test('a folder in use, a folder that is none and wrong words are refused with the reason', async (t) => {
  const folder = temporaryFolder(t);
  await open(folder);
  const journal = join(folder, 'journal-000000000001.jsonl');
  appendFileSync(journal, '0123');
  for (const words of [['verify'], ['repair'], ['repair', '--cut-damaged-end'], ['export']]) {
    const used = await store(...words, folder);
    assert.equal(used.code, 1);
    assert.match(used.output, new RegExp(`in use by process ${process.pid}.* Stop that process first`));
  }
  assert.equal(readFileSync(journal, 'utf8'), '0123', 'nothing is cut under a running product');
  const none = await store('repair', temporaryFolder(t));
  assert.equal(none.code, 1);
  assert.match(none.output, /is not a data folder/);
  for (const words of [['mend'], [], ['verify', '--force']]) {
    const { code, output } = await store(...words);
    assert.equal(code, 2);
    assert.match(output, /Usage: npm run store/);
  }
});
