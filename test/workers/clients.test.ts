import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import type { ClientCommand } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import { createClientService } from '../../supervisor/workers/clients.ts';
import { noCredentials } from '../helpers/credentials.ts';
import { waitFor } from '../helpers/wait.ts';
import { accepted, after, expired, freshOrder } from '../orders/fixtures.ts';
import { client, isAlive, poolHarness } from './pool-harness.ts';

let harnesses: ReturnType<typeof poolHarness>[] = [];
async function start({
  credentials = noCredentials,
  ...options
}: Parameters<typeof poolHarness>[0] & { credentials?: typeof noCredentials } = {}) {
  const harness = poolHarness(options);
  harnesses.push(harness);
  const clients = createClientService({ ...harness, credentials, logger: silentLogger });
  await harness.pool.startAll();
  const actions = (): string[] => harness.stores.audited.map(({ by, action }) => `${by} ${action}`);
  return { ...harness, harness, clients, actions };
}
afterEach(async () => {
  const ending = harnesses;
  harnesses = [];
  await Promise.all(ending.map((harness) => harness.dispose()));
});

const appError =
  (code: string, field?: string) =>
  (error: unknown): boolean =>
    error instanceof AppError && error.code === code && error.field === field;

describe('clients', () => {
  it('are created with numbers in one form, started, and audited', async () => {
    const { clients, harness, actions } = await start({ clients: [] });
    const { client: created } = await clients.create(
      { name: 'Duka', mode: 'sandbox', adminPhones: ['0700 000 001', '+254700000001', '0110000002'] },
      'Asha',
    );
    assert.deepEqual(created.adminPhones, ['254700000001', '254110000002']);
    assert.equal(created.desired, 'running');
    const { pid } = await harness.ready(created.id);
    assert.deepEqual(
      clients.list().map(({ client: { id }, worker }) => [id, worker.pid]),
      [[created.id, pid]],
    );
    assert.deepEqual(actions(), ['Asha client.create']);
  });

  it('refuse a wrong number, naming it', async () => {
    const { clients, stores } = await start({ clients: [] });
    await assert.rejects(
      clients.create({ name: 'Duka', mode: 'sandbox', adminPhones: ['0700000001', '12345'] }, 'Asha'),
      appError('invalid', 'adminPhones.1'),
    );
    assert.equal(stores.clients.size, 0);
  });

  it('refuse overrides that contradict the platform’s settings or each other', async () => {
    const { clients, stores } = await start({ clients: [client('a', { desired: 'stopped' })] });
    await stores.transact((tx) =>
      tx.settings.put({ id: 'platform', values: { minAmountKes: 50, maxAmountKes: 500 } }),
    );
    const refused = [
      [{ minAmountKes: 501 }, 'overrides.minAmountKes'],
      [{ maxAmountKes: 49 }, 'overrides.maxAmountKes'],
      [{ minAmountKes: 100, maxAmountKes: 60 }, 'overrides.minAmountKes'],
    ] as const;
    for (const [overrides, field] of refused) {
      await assert.rejects(clients.patch('a', { overrides }, 'Asha', 'admin'), appError('invalid', field));
    }
    const { client: patched } = await clients.patch(
      'a',
      { overrides: { maxAmountKes: 60 } },
      'Asha',
      'admin',
    );
    assert.deepEqual(patched.overrides, { maxAmountKes: 60 });
  });

  it('have a few pairing codes within ten minutes, for WhatsApp troubles the owner of the number with each', async () => {
    const { clients, harness } = await start({ clients: [client('a', { mode: 'live' })] });
    await harness.ready('a');
    const ask = (phone = '254700000009') => clients.pairingCode('a', phone, 'Asha');
    await assert.rejects(ask(), appError('conflict'));
    void harness.say('show a code');
    await harness.until('a', ({ state }) => state === 'awaiting-scan');
    // WhatsApp was asked for this one as well.
    await assert.rejects(ask('254700000099'), appError('unavailable'));
    const burst = await Promise.allSettled(Array.from({ length: 5 }, () => ask()));
    assert.deepEqual(
      burst.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
      [
        ...Array<string>(4).fill('ABCD2345'),
        'AppError: This bot has asked for 5 pairing codes within ten minutes. Scan the QR code, or try again in 10 minutes',
      ],
    );
  });

  it('are not given rights by their owners', async () => {
    const { clients, stores } = await start({ clients: [client('a', { desired: 'stopped' })] });
    const before = stores.clients.get('a');
    for (const field of ['mayUsePlatformFloat', 'approved', 'alertSender'] as const) {
      const change = { name: 'Duka Zetu', [field]: true };
      await assert.rejects(clients.patch('a', change, 'Owner', 'owner'), appError('forbidden', field));
    }
    assert.deepEqual(stores.clients.get('a'), before);
  });

  it('are not made generous by their owners while they sell the platform’s airtime', async () => {
    let source: 'client' | 'global' = 'global';
    const key = { ref: { setId: 'x', version: 1 }, keys: { consumerKey: 'k', consumerSecret: 's' } };
    const credentials: typeof noCredentials = {
      ...noCredentials,
      resolve: () => ({ ...noCredentials.resolve('a'), statum: { source, held: key } }),
    };
    const { clients, stores } = await start({
      clients: [client('a', { mode: 'live', desired: 'stopped' }), client('b', { desired: 'stopped' })],
      credentials,
    });
    await stores.transact((tx) =>
      tx.settings.put({ id: 'platform', values: { discountPercent: 5, kesPerShopPerDay: 50_000 } }),
    );
    const asOwner = (change: Parameters<typeof clients.patch>[1], id = 'a') =>
      clients.patch(id, change, 'Owner', 'owner');
    for (const [name, value] of Object.entries({
      discountPercent: 5.5,
      kesPerShopPerDay: 0,
      kesPerRecipientPerDay: 20_001,
      promptsPerPayerPerHour: 4,
      payersPerChatPerDay: 4,
    })) {
      await assert.rejects(
        asOwner({ overrides: { [name]: value } }),
        appError('forbidden', `overrides.${name}`),
      );
    }
    const strict = { discountPercent: 1, kesPerShopPerDay: 10_000 };
    assert.deepEqual((await asOwner({ overrides: strict })).client.overrides, strict);
    // In the sandbox nothing is given away.
    await asOwner({ overrides: { discountPercent: 50 } }, 'b');

    // With keys of his own, in the same change or before, he is free; without them he is not left with what he took.
    const statum = { consumerKey: 'own-key', consumerSecret: 'own-secret' };
    await asOwner({ statum, overrides: { discountPercent: 30 } });
    source = 'client';
    await asOwner({ overrides: { discountPercent: 40 } });
    await assert.rejects(asOwner({ statum: null }), appError('forbidden', 'overrides.discountPercent'));
    await asOwner({ statum: null, overrides: {} });

    // What an admin grants stays while the owner changes something else.
    source = 'global';
    await clients.patch('a', { overrides: { discountPercent: 10 } }, 'Asha', 'admin');
    await asOwner({ overrides: { discountPercent: 10, contact: 'Us' } });
    assert.deepEqual(stores.clients.get('a')?.overrides, { discountPercent: 10, contact: 'Us' });
  });

  it('change only what is named', async () => {
    const before = client('a', {
      desired: 'stopped',
      adminPhones: ['254700000001'],
      overrides: { contact: 'Us' },
    });
    const { clients, actions } = await start({ clients: [before] });
    const { client: after } = await clients.patch('a', { name: 'New name' }, 'Asha', 'admin');
    assert.deepEqual({ ...after, updatedAt: 1 }, { ...before, name: 'New name' });
    await clients.patch('a', {}, 'Asha', 'admin');
    assert.deepEqual(actions(), ['Asha client.change']);
  });

  it('tell the audit what was changed from what into what, in words', async () => {
    const before = client('a', { adminPhones: ['254700000001'], overrides: { discountPercent: 2 } });
    const { clients, harness } = await start({ clients: [before] });
    const overrides = { quickAmountsKes: [20, 50], minAmountKes: 10 };
    await clients.patch(
      'a',
      { name: 'Duka Zetu', adminPhones: [], overrides, alertSender: true },
      'Asha',
      'admin',
    );
    await clients.patch('a', { name: 'Duka Zetu', overrides }, 'Asha', 'admin');
    const notes = harness.stores.audited.map(({ note }) => note);
    assert.deepEqual(notes, [
      [
        'Name: “Shop a” → “Duka Zetu”',
        'Admin numbers: 0700 000 001 → none',
        'Sends alerts: no → yes',
        'Discount: 2 % → the platform’s 0 %',
        'Quick amounts: the platform’s KES 20, 50, 100, 200, 500, 1000 → KES 20, 50',
        'Smallest purchase: the platform’s KES 5 → KES 10',
      ].join('; '),
    ]);
  });

  it('cannot be removed while orders are open or need attention', async () => {
    const { clients, stores, harness } = await start();
    const { pid } = await harness.ready('a');
    for (const status of ['open', 'attention'] as const) {
      stores.orderCounts[status] = 1;
      await assert.rejects(clients.remove('a', 'Asha'), appError('conflict'));
      stores.orderCounts[status] = 0;
    }
    assert.equal(clients.get('a').worker.pid, pid);
    await clients.remove('a', 'Asha');
    assert.ok(pid !== undefined && !isAlive(pid));
    assert.throws(() => clients.get('a'), appError('not-found'));
    await assert.rejects(clients.command('a', 'start', 'Asha'), appError('not-found'));
  });

  it('that take real money cannot be removed while a prompt may still turn out to be paid', async () => {
    const { clients, stores } = await start({ clients: [client('a', { mode: 'live' }), client('b')] });
    const late = (clientId: string) => {
      const order = after(freshOrder(), accepted, expired);
      return { ...order, clientId };
    };
    stores.unsettledOrders.push(late('a'), late('b'));
    await assert.rejects(clients.remove('a', 'Asha'), /1 prompt of .* may still turn out to be paid/);
    await clients.remove('b', 'Asha');
    stores.unsettledOrders.length = 0;
    await clients.remove('a', 'Asha');
  });

  it('are stopped and started; the same command again changes nothing', async () => {
    const { clients, harness, stores, actions } = await start();
    const { pid } = await harness.ready('a');
    await clients.command('a', 'start', 'Asha');
    assert.equal(clients.get('a').worker.pid, pid);
    const { client: stopping, worker } = await clients.command('a', 'stop', 'Asha');
    assert.equal(stopping.desired, 'stopped');
    assert.equal(worker.state, 'stopping');
    await clients.command('a', 'stop', 'Asha');
    await harness.until('a', ({ state }) => state === 'stopped');
    await clients.command('a', 'stop', 'Asha');
    await clients.command('a', 'start', 'Asha');
    await clients.command('a', 'start', 'Asha');
    const again = await harness.ready('a');
    assert.notEqual(again.pid, pid);
    assert.equal(stores.clients.get('a')?.desired, 'running');
    assert.deepEqual(actions(), ['Asha client.stop', 'Asha client.start']);
  });

  it('close and open the shop without touching the worker', async () => {
    const { clients, harness, actions } = await start();
    const { pid } = await harness.ready('a');
    for (const command of ['pause', 'pause', 'resume', 'resume'] as const) {
      const { client: record, worker } = await clients.command('a', command, 'Asha');
      assert.equal(record.paused, command === 'pause');
      assert.equal(worker.pid, pid);
    }
    assert.deepEqual(actions(), ['Asha client.pause', 'Asha client.resume']);
  });

  it('end as the last of many commands at once wants, with one process at most', async () => {
    const { clients, harness, actions } = await start();
    await harness.ready('a');
    const commands: ClientCommand[] = ['restart', 'stop', 'start', 'stop', 'restart'];
    await Promise.all(commands.map((command) => clients.command('a', command, 'Asha')));
    assert.deepEqual(
      actions(),
      commands.map((command) => `Asha client.${command}`),
    );
    const { pid } = await harness.ready('a');
    assert.equal(clients.get('a').client.desired, 'running');
    assert.deepEqual(
      [...harness.pids].filter((seen) => isAlive(seen)),
      [pid],
    );
    await Promise.all([clients.command('a', 'start', 'Asha'), clients.command('a', 'stop', 'Asha')]);
    await harness.until('a', ({ state }) => state === 'stopped');
    assert.deepEqual([...harness.pids].filter(isAlive), []);
  });

  it('end as the last of fifty random commands at once wants, and nothing else is left', async () => {
    const { clients, harness } = await start();
    await harness.ready('a');
    const all = ['start', 'stop', 'restart', 'pause', 'resume', 'rescan', 'disconnect'] as const;
    // A fixed seed: a failure can be looked at again.
    let seed = 20_261_122;
    const commands = Array.from({ length: 50 }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return all[Math.floor((seed / 2_147_483_648) * all.length)] ?? 'start';
    });
    await Promise.all(commands.map((command) => clients.command('a', command, 'Asha')));
    const last = (of: readonly ClientCommand[]) => commands.findLast((command) => of.includes(command));
    const stopped = ['stop', 'disconnect'].includes(
      last(['start', 'stop', 'restart', 'rescan', 'disconnect']) ?? '',
    );
    const { client: record } = clients.get('a');
    assert.equal(record.desired, stopped ? 'stopped' : 'running');
    assert.equal(record.paused, last(['pause', 'resume']) === 'pause');
    const alive = () => [...harness.pids].filter((seen) => isAlive(seen));
    for (const desired of [record.desired, 'running', 'stopped'] as const) {
      await clients.command('a', desired === 'running' ? 'start' : 'stop', 'Asha');
      const { pid } = await harness.until(
        'a',
        ({ state }) => state === (desired === 'running' ? 'ready' : 'stopped'),
      );
      assert.deepEqual(alive(), pid === undefined ? [] : [pid]);
    }
  });

  it('start at once, with fresh retries, when a person does not want to wait for the back-off', async () => {
    const { clients, harness, stores } = await start({ behaviour: 'dies-at-birth' });
    await harness.until('a', ({ state }) => state === 'backing-off');
    harness.world.token = 'behaves';
    await clients.command('a', 'start', 'Asha');
    await harness.ready('a');
    assert.equal(stores.clients.get('a')?.retryCount, 0);
    assert.deepEqual(
      harness.clock.delays().filter((delayMs) => delayMs === 10_000),
      [],
    );
  });

  it('log out before they stop (disconnect) or start anew (rescan)', async () => {
    const { clients, harness } = await start();
    const { pid } = await harness.ready('a');
    await clients.command('a', 'rescan', 'Asha');
    const second = await harness.until('a', (status) => status.state === 'ready' && status.pid !== pid);
    await clients.command('a', 'disconnect', 'Asha');
    await harness.until('a', ({ state }) => state === 'stopped');
    assert.ok(second.pid !== undefined && !isAlive(second.pid));
    assert.equal(clients.get('a').client.desired, 'stopped');
    assert.deepEqual(
      clients.logLines('a').map(({ message }) => message),
      ['logged out', 'logged out'],
    );
  });

  it('tell of every change of the record and of the worker', async () => {
    const { clients, harness } = await start({ clients: [client('a', { desired: 'stopped' })] });
    const seen: string[] = [];
    clients.onChange((clientId) => {
      const { client: record, worker } = clients.get(clientId);
      seen.push(`${record.desired}, ${worker.state}`);
    });
    await clients.command('a', 'start', 'Asha');
    await harness.ready('a');
    assert.equal(seen[0], 'running, stopped');
    assert.ok(seen.includes('running, starting'));
    assert.ok(seen.includes('running, ready'));
  });

  it('lose their login by a disconnect although no worker runs, and the next start begins anew', async () => {
    const { clients, harness } = await start({
      clients: [client('a', { mode: 'test', desired: 'stopped' })],
    });
    const login = writeLogin(harness.dataDir);
    await clients.command('a', 'disconnect', 'Asha');
    const { stateReason } = await harness.until('a', (status) => status.stateReason !== undefined);
    assert.match(stateReason ?? '', /on the phone, remove this device/);
    assert.equal(existsSync(login), false);
    await clients.command('a', 'disconnect', 'Asha');
    assert.equal(harness.stores.audited.length, 1, 'a disconnect of what has no login is nothing to do');
  });

  it('lose their login by a disconnect although the worker cannot log out', async () => {
    const { clients, harness } = await start({ clients: [client('a', { mode: 'test' })] });
    await harness.ready('a');
    const login = writeLogin(harness.dataDir);
    await harness.say('forget how to log out');
    await clients.command('a', 'disconnect', 'Asha');
    const { stateReason } = await harness.until('a', ({ state }) => state === 'stopped');
    assert.match(stateReason ?? '', /on the phone, remove this device/);
    assert.equal(existsSync(login), false);
  });

  it('begin without the old login when a re-scan finds a worker that cannot log out', async () => {
    const { clients, harness } = await start({ clients: [client('a', { mode: 'test' })] });
    const { pid: before } = await harness.ready('a');
    const login = writeLogin(harness.dataDir);
    await harness.say('forget how to log out');
    await clients.command('a', 'rescan', 'Asha');
    await harness.until(
      'a',
      ({ state, stateReason }) => state === 'starting' && /turn/.test(stateReason ?? ''),
    );
    harness.clock.advance(3_000);
    const { pid } = await harness.ready('a');
    assert.notEqual(pid, before);
    assert.equal(existsSync(login), false);
  });

  it('go at the next start where a crash came between a deletion and its logout, and no living client’s does', async () => {
    const harness = poolHarness({ clients: [client('a', { mode: 'test', desired: 'stopped' })] });
    harnesses.push(harness);
    const sessions = join(harness.dataDir, 'sessions');
    writeLogin(harness.dataDir);
    for (const [id, record] of [
      [named('gone'), '{"loggedIn":true}'],
      [named('never-linked'), '{"loggedIn":false}'],
      [named('cut-short'), '{"logg'],
    ] as const) {
      writeLogin(harness.dataDir, id);
      writeFileSync(join(sessions, id, 'session.json'), record);
    }
    mkdirSync(join(sessions, named('empty')));
    // What somebody else has put there.
    for (const name of ['lost+found', 'backup', `${named('gone')}-old`]) mkdirSync(join(sessions, name));
    writeFileSync(join(sessions, '.gitkeep'), '');
    await harness.pool.startAll();
    await waitFor('the others to go', () => readdirSync(sessions).length === 5);
    assert.deepEqual(readdirSync(sessions).sort(), [
      '.gitkeep',
      'a',
      'backup',
      `${named('gone')}-old`,
      'lost+found',
    ]);
    assert.ok(existsSync(join(sessions, 'a/session')));
    const told = harness.stores.audited.filter(({ action }) => action === 'client.disconnect');
    assert.deepEqual(told.map(({ by, subject }) => [by, subject]).sort(), [
      ['system', named('cut-short')],
      ['system', named('gone')],
    ]);
    assert.ok(told.every(({ note }) => /may still list this device under Linked devices/.test(note ?? '')));
  });

  it('keep no bot from starting where they cannot be removed, on a full disk for instance', async () => {
    const harness = poolHarness({ clients: [client('a')] });
    harnesses.push(harness);
    writeFileSync(join(writeLogin(harness.dataDir, named('gone')), '../session.json'), '{"loggedIn":true}');
    harness.stores.transact = async () => {
      throw new AppError('storage-full', 'The disk is full');
    };
    await harness.pool.startAll();
    await harness.ready('a');
    assert.ok(existsSync(join(harness.dataDir, 'sessions', named('gone'), 'session')));
  });
});

function writeLogin(dataDir: string, clientId = 'a'): string {
  const login = join(dataDir, 'sessions', clientId, 'session');
  mkdirSync(login, { recursive: true });
  return login;
}

/** An id as a client's is made, readable. */
const named = (name: string): string => `cl_${name.padEnd(16, '_')}`;
