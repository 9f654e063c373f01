import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { restoreBackup, takeBackup } from '../../supervisor/stores/backup/archive.ts';
import { runBackupCommand, runRestoreCommand } from '../../supervisor/stores/backup/command.ts';
import { aClient, anOrder, open, temporaryFolder } from './helpers.ts';

const facts = { version: '1.2.3', now: 1_750_000_000_000 };

async function command(
  run: typeof runBackupCommand,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await run(args, 'no-such-folder', { stdout, stderr });
  return { code, output: `${stdout.read() ?? ''}${stderr.read() ?? ''}` };
}

function folders(t: TestContext): { data: string; backups: string; restored: string } {
  const folder = temporaryFolder(t);
  return { data: join(folder, 'data'), backups: join(folder, 'backups'), restored: join(folder, 'restored') };
}

test('backups taken while orders are written and snapshots run hold everything acknowledged before', async (t) => {
  const { data, backups, restored } = folders(t);
  const stores = await open(data, { snapshotMinBytes: 20_000 });
  let acknowledged = 0;
  let writing = true;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = writer; writing; n += 8) {
      await stores.transact((tx) => {
        tx.orders.put(anOrder(n));
        tx.timelines.append(anOrder(n).orderNo, { at: n, event: 'created', by: 'customer' });
        tx.audit.append({ at: n, by: 'amina', action: `deed-${n}` });
      });
      acknowledged += 1;
    }
  });
  for (let round = 0; round < 6; round += 1) {
    const before = acknowledged;
    const { path } = await takeBackup(data, backups, { ...facts, now: facts.now + round * 1_000 });
    const to = `${restored}-${round}`;
    await restoreBackup(path, to);
    const copy = await open(to);
    assert.ok(copy.orders.size >= before, `${copy.orders.size} of at least ${before}`);
    const { items } = copy.orders.page({}, { limit: 10 });
    for (const { orderNo } of items) assert.equal((await copy.timelines.read(orderNo)).length, 1);
    assert.ok((await copy.audit.page({ limit: 1 })).items.length === 1 || before === 0);
    await copy.close();
  }
  writing = false;
  await Promise.all(writers);
});

test('a backup holds no key that opens anything, and only its owner reads it', async (t) => {
  const { data, backups, restored } = folders(t);
  const stores = await open(data);
  await stores.transact((tx) => tx.clients.put(aClient('cl_one')));
  await stores.close();
  const secrets = ['session-key', 'admin-token', 'data-key', '.data-key-data'];
  for (const name of secrets) writeFileSync(join(data, name), 'the secret itself');
  mkdirSync(join(data, 'sessions'));
  writeFileSync(join(data, 'sessions', 'cookies'), 'a login');
  writeFileSync(join(data, 'callback-key'), 'kept on purpose');
  const { path } = await takeBackup(data, backups, facts);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(backups), ['airtime-backup-20250615T150640Z.tar.gz']);
  await restoreBackup(path, restored);
  const names = readdirSync(restored);
  for (const name of [...secrets, 'sessions', 'lock', 'owner.json', 'reserve'])
    assert.ok(!names.includes(name), name);
  assert.equal(readFileSync(join(restored, 'callback-key'), 'utf8'), 'kept on purpose');
});

test('the commands back up, keep the youngest, and restore; what goes wrong is named', async (t) => {
  const { data, backups, restored } = folders(t);
  const stores = await open(data);
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  mkdirSync(backups);
  const old = ['airtime-backup-20240101T000000Z.tar.gz', 'airtime-backup-20240102T000000Z.tar.gz'];
  for (const name of [...old, 'holiday.tar.gz']) writeFileSync(join(backups, name), '');
  const taken = await command(runBackupCommand, '--to', backups, '--keep', '2', data);
  assert.equal(taken.code, 0, taken.output);
  assert.match(taken.output, /everything up to transaction 1 .*checked/);
  assert.match(taken.output, new RegExp(`deleted ${old[0]}`));
  const [archive = ''] = taken.output.split('\n');
  assert.deepEqual(readdirSync(backups).sort(), [old[1], archive.split('/').at(-1), 'holiday.tar.gz'].sort());

  const into = await command(runRestoreCommand, archive, '--to', data);
  assert.equal(into.code, 1);
  assert.match(into.output, /is not empty. Move it away/);
  const done = await command(runRestoreCommand, archive, '--to', restored);
  assert.equal(done.code, 0, done.output);
  assert.equal((await open(restored)).orders.size, 1);

  for (const [run, args, expected] of [
    [runBackupCommand, [], /^Usage: npm run backup/],
    [runBackupCommand, ['--to', backups, '--keep', 'few'], /^Usage: npm run backup/],
    [runBackupCommand, ['--to', backups, backups], /is not a data folder/],
    [runRestoreCommand, [], /^Usage: npm run restore/],
    [runRestoreCommand, [join(backups, 'none.tar.gz')], /There is no .*none\.tar\.gz/],
    [runRestoreCommand, [join(backups, 'holiday.tar.gz')], /cannot be unpacked|not a backup/],
  ] as const) {
    const answer = await command(run, ...args);
    assert.notEqual(answer.code, 0);
    assert.match(answer.output, expected);
  }
});

test('a backup that was changed or cut is refused and leaves nothing behind', async (t) => {
  const { data, backups, restored } = folders(t);
  const stores = await open(data);
  await stores.transact((tx) => tx.orders.put(anOrder(1)));
  await stores.close();
  const { path } = await takeBackup(data, backups, facts);
  const cut = join(backups, 'cut.tar.gz');
  writeFileSync(cut, readFileSync(path).subarray(0, 300));
  await assert.rejects(restoreBackup(cut, restored));
  const changed = join(backups, 'changed');
  mkdirSync(changed);
  execFileSync('tar', ['-xzf', path, '-C', changed]);
  const [inner = ''] = readdirSync(changed);
  const orders = join(changed, inner, 'orders.json');
  copyFileSync(join(data, 'orders.previous.json'), orders);
  const repacked = join(backups, 'repacked.tar.gz');
  execFileSync('tar', ['-czf', repacked, '-C', changed, inner]);
  await assert.rejects(restoreBackup(repacked, restored), /orders\.json.*not what was backed up/);
  assert.ok(!existsSync(restored));
  assert.deepEqual(
    readdirSync(join(restored, '..')).filter((name) => name.startsWith('.restore')),
    [],
  );
});
