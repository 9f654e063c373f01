import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { AlertBook } from '../../supervisor/alerts/alert-book.ts';
import { OrderTrouble } from '../../supervisor/alerts/order-trouble.ts';
import { Teller } from '../../supervisor/alerts/teller.ts';
import { AlertWatch } from '../../supervisor/alerts/watch.ts';
import type { WorkerStatus } from '../../supervisor/workers/types.ts';
import { aClient } from '../helpers/a-client.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { type DiskWatch, open, systemError, temporaryFolder, watchedDisk } from '../stores/helpers.ts';

const OWNER = '254700000001';
const ADMIN = '254700000009';

/** The watch over real stores, with bots whose state a test sets. */
async function platform(t: TestContext, disk: DiskWatch = {}) {
  const clock = new FakeClock();
  const stores = await open(temporaryFolder(t), { clock, disk: watchedDisk(disk) });
  await stores.transact((tx) => {
    tx.clients.put(aClient('cl_shop', { name: 'Duka Moja', phone: OWNER, adminPhones: [OWNER] }));
    tx.clients.put(aClient('cl_one', { alertSender: true }));
    tx.clients.put(aClient('cl_two', { alertSender: true }));
    tx.clients.put(aClient('cl_other', { adminPhones: ['254700000005'] }));
  });
  const workers = new Map<string, WorkerStatus>();
  const status = (id: string): WorkerStatus => workers.get(id) ?? { state: 'ready', restarts: 0 };
  const book = new AlertBook({ stores, clock, logger: silentLogger });
  let stopping = false;
  const saidAtOnce: string[] = [];
  const watch = new AlertWatch({
    ...{ stores, book, clock, logger: silentLogger, dataDir: '/' },
    clients: {
      list: () => [...stores.clients.values()].map((client) => ({ client, worker: status(client.id) })),
      onChange: () => () => undefined,
    },
    float: { list: () => [] },
    gateways: { health: () => [], clockOffsetsMs: () => new Map() },
    orders: new OrderTrouble(stores, () => undefined),
    teller: new Teller({
      ...{ stores, clock, adminPhones: [ADMIN], dashboardUrl: 'https://bots.example/' },
      logger: silentLogger,
      sender: {
        canSend: (id) => status(id).state === 'ready',
        send: async ({ clientId, chatId, text }) => {
          saidAtOnce.push(`${clientId} → ${chatId}\n${text}`);
          return { outcome: 'sent', messageId: 'm1' };
        },
      },
    }),
    chatClockOffsetMs: () => undefined,
    stopping: () => stopping,
  });
  return {
    ...{ clock, stores, book, workers, saidAtOnce },
    stop: () => {
      stopping = true;
    },
    /** Lets time pass and looks. @returns what is to be sent since the last look, by whom to whom, and sends it. */
    async after(ms: number): Promise<string[]> {
      clock.advance(ms);
      await watch.look();
      const sent = [...stores.outbox.values()];
      await stores.transact((tx) => {
        for (const { id } of sent) tx.outbox.delete(id);
      });
      return sent.map(({ clientId, chatId, text }) => `${clientId} → ${chatId}\n${text}`);
    },
  };
}

test('a bot that is down is told to the platform by a sender, and to its owner by itself when it is back', async (t) => {
  const { after, workers } = await platform(t);
  workers.set('cl_shop', { state: 'failed', stateReason: 'The worker exited with code 1', restarts: 3 });
  workers.set('cl_one', { state: 'reconnecting', restarts: 0 });
  assert.deepEqual(await after(0), []);
  assert.deepEqual(await after(30 * SECOND_MS), [
    `cl_two → ${ADMIN}@c.us
⚠️ *Airtime Bots: attention please*

🔴 *Duka Moja: the bot is down*
It did not come up after all retries; slow attempts go on. Last reason: The worker exited with code 1. Open the bot's page, look at its log and press Restart.

Dashboard: https://bots.example/`,
  ]);
  assert.deepEqual(await after(HOUR_MS), []);
  workers.set('cl_shop', { state: 'ready', restarts: 4 });
  workers.set('cl_one', { state: 'ready', restarts: 0 });
  assert.deepEqual(await after(SECOND_MS), []);
  const back = await after(30 * SECOND_MS);
  assert.deepEqual(
    back.map((message) => message.split('\n')[0]),
    [`cl_shop → ${OWNER}@c.us`, `cl_one → ${ADMIN}@c.us`],
  );
  assert.match(back[0] ?? '', /✅ \*Duka Moja: the bot is back\*\nIt was so from \d\d:\d\d to \d\d:\d\d\.$/);
});

test('what nothing can carry waits for the first bot that can, and is told once', async (t) => {
  const { after, workers } = await platform(t);
  workers.set('cl_shop', { state: 'failed', restarts: 3 });
  for (const id of ['cl_one', 'cl_two']) workers.set(id, { state: 'starting', restarts: 0 });
  for (let minute = 0; minute < 4; minute += 1) assert.deepEqual(await after(MINUTE_MS), []);
  workers.set('cl_one', { state: 'ready', restarts: 0 });
  assert.equal((await after(SECOND_MS)).length, 1);
  workers.set('cl_two', { state: 'ready', restarts: 0 });
  assert.deepEqual(await after(MINUTE_MS), []);
});

test('a bot stopped by a person, and a product that is being stopped, alarm nobody', async (t) => {
  const { after, workers, stores, stop, book } = await platform(t);
  workers.set('cl_shop', { state: 'failed', restarts: 3 });
  await after(0);
  assert.equal((await after(MINUTE_MS)).length, 1);
  await stores.transact((tx) =>
    tx.clients.put(aClient('cl_shop', { desired: 'stopped', adminPhones: [OWNER] })),
  );
  workers.set('cl_shop', { state: 'stopped', restarts: 3 });
  assert.deepEqual(await after(MINUTE_MS), []);
  assert.deepEqual(await after(HOUR_MS), []);
  assert.equal(book.list()[0]?.ending, 'stopped');
  stop();
  workers.set('cl_other', { state: 'failed', restarts: 0 });
  await after(0);
  assert.deepEqual(await after(HOUR_MS), []);
});

test('alerts by WhatsApp can be switched off; the dashboard has them all the same', async (t) => {
  const { after, workers, stores, book } = await platform(t);
  await stores.transact((tx) => tx.settings.put({ id: 'platform', values: { alertsByWhatsApp: false } }));
  workers.set('cl_shop', { state: 'failed', restarts: 3 });
  await after(0);
  assert.deepEqual(await after(HOUR_MS), []);
  assert.equal(book.list({ open: true }).length, 1);
});

test('a disk that takes nothing at all is told without the outbox, once, also after it takes something again', async (t) => {
  let full = false;
  const { after, saidAtOnce, clock, stores, workers } = await platform(t, {
    onWrite(path) {
      if (full && path.includes('journal-')) throw systemError('ENOSPC');
    },
    freeBytes: () => (full ? 0 : 1 << 30),
  });
  full = true;
  const customersTurn = stores.transact((tx) => tx.clients.put(aClient('cl_new')));
  await assert.rejects(customersTurn, { code: 'storage-full' });
  workers.set('cl_shop', { state: 'failed', restarts: 3 });
  await after(0);
  await after(MINUTE_MS);
  await after(MINUTE_MS);
  const [said, ...more] = saidAtOnce;
  assert.deepEqual(more, []);
  assert.match(
    said ?? '',
    /^cl_one → 254700000009@c\.us\n⚠️.*🔴 \*Nothing can be saved: selling has stopped\*\n/s,
  );
  assert.doesNotMatch(said ?? '', /Duka Moja/, 'what can wait for the outbox does');

  full = false;
  const [waited] = await after(MINUTE_MS);
  assert.match(waited ?? '', /Duka Moja: the bot is down/);
  while (stores.status().low) {
    clock.advance(5 * SECOND_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await after(0);
  const over = await after(MINUTE_MS);
  assert.match(over.join(), /✅ \*The disk has room again\*/);
  assert.equal(saidAtOnce.length, 1);
});
