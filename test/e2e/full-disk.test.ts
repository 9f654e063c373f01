import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { dataFolderOn, mountSmallDisk } from '../helpers/small-disk.ts';
import { temporaryFolder } from '../helpers/temp.ts';

const PLATFORM_ADMIN = '254700000431';
const DISK_MEGABYTES = 64;

const healthSchema = z.object({
  status: z.string(),
  reasons: z.array(z.string()),
  storage: z.object({ writable: z.boolean() }),
});

test('a full disk: nothing is sold that could not be kept, everybody is told the truth, and room is all it takes to go on', async (t) => {
  const disk = mountSmallDisk(DISK_MEGABYTES);
  if (!disk)
    return t.diagnostic('mounting is not permitted here; the parts are tested in alerts/ and stores/');
  const worldFolder = temporaryFolder('full-disk-world');
  const product = await startProduct({ dataDir: dataFolderOn(disk, worldFolder.path) });
  t.after(async () => {
    disk.empty();
    await product.close().finally(() => {
      disk.remove();
      worldFolder.remove();
    });
  });
  const shop = (await product.sandboxClient('Duka Moja')).id;
  const sender = (await product.sandboxClient('Main shop')).id;
  await change(product, `/clients/${sender}`, { alertSender: true });
  await change(product, '/settings', {
    adminPhones: [PLATFORM_ADMIN],
    alertSettleSeconds: 0,
    lowDiskMegabytes: 0,
  });
  const admin = new Customer(product, sender, PLATFORM_ADMIN);
  const sold = new Customer(product, shop, '254700000432');
  const refused = new Customer(product, shop, '254700000433');
  const unheard = new Customer(product, shop, '254700000434');
  await sold.upToPrompt(50);
  await refused.upToConfirm(20);
  const overviewShows = async (title: string) =>
    assert.ok(String((await product.api('GET', '/')).body).includes(title), `the overview shows: ${title}`);

  disk.fill();
  // What finds no room in the journal's last block any more lives on the reserve.
  const talker = new Customer(product, shop, '254700000435');
  await product.waitFor('the disk to be found full', async () => {
    await talker.say('hi', screens.menu);
    return (await health(product)).status !== 'ok';
  });
  assert.match(await refused.say('1'), /cannot take new orders.*Nothing was charged/);
  assert.deepEqual(await health(product), {
    httpStatus: 200,
    status: 'degraded',
    reasons: ['The disk is full: running orders are recorded, new ones refused'],
    storage: { writable: true },
  });
  await admin.next(/🔴 \*The disk is full: selling has stopped\*/);
  await overviewShows('The disk is full: selling has stopped');
  await sold.answer('pay');
  await sold.next(screens.airtime);

  await withoutReserve(disk.fill, async () => {
    // Taken, and then answered when there is room; or refused, which is as honest.
    const refusal = await unheard.send('hi').catch((error: Error) => error.message);
    assert.match(refusal, /^in_|Nothing was done/);
    await product.waitFor('/health to say that nothing can be kept', async () => {
      const { httpStatus, status, storage } = await health(product);
      return httpStatus === 503 && status === 'down' && !storage.writable;
    });
  });
  const { status: answer, body } = await product.api('POST', `/api/v1/clients/${shop}/stop`);
  assert.deepEqual([answer, JSON.stringify(body).includes('Nothing was done')], [503, true]);
  assert.match(await metrics(product), /^airtime_storage_writable 0\nairtime_storage_low 1$/m);
  await product.waitFor('the alert to say how bad it is', async () =>
    JSON.stringify((await product.api('GET', '/api/v1/alerts?open=true')).body).includes(
      'Nothing can be saved',
    ),
  );
  await overviewShows('Nothing can be saved: selling has stopped');

  disk.empty();
  await product.waitFor('/health to be well', async () => (await health(product)).status === 'ok');
  if (unheard.sent === 0) await unheard.send('hi');
  await unheard.next(screens.menu);
  await refused.upToPrompt(20);
  await refused.answer('pay');
  await refused.next(screens.airtime);
  await admin.next(/✅ \*The disk has room again\*/);
  const heard = (await admin.history()).filter(({ direction }) => direction === 'out');
  assert.equal(heard.length, 2, heard.map(({ text }) => text).join('\n---\n'));
  assert.deepEqual(await audit(product), []);
});

async function change(product: Product, path: string, body: object): Promise<void> {
  await product.call(z.unknown(), 'PATCH', `/api/v1${path}`, body);
}

async function health(product: Product) {
  const { status: httpStatus, body } = await product.api('GET', '/health');
  return { httpStatus, ...healthSchema.parse(body) };
}

async function metrics(product: Product): Promise<string> {
  const lines = String((await product.api('GET', '/metrics')).body).split('\n');
  return lines.filter((line) => /^airtime_storage_/.test(line)).join('\n');
}

/** Somebody else takes all room of the disk at once, whenever there is some. */
async function withoutReserve(fill: () => void, work: () => Promise<void>): Promise<void> {
  const timer = setInterval(fill, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
