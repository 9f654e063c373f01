import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { startProduct } from '../helpers/product.ts';
import { temporaryFolder } from '../helpers/temp.ts';

const AMOUNT_KES = 60;
const DATA_KEY = 'the-data-key-of-this-test-0123456789';

it('a product that is restored from its backup delivers nothing twice, and has what was on record', async (t) => {
  const place = temporaryFolder('backup');
  t.after(place.remove);
  const backups = join(place.path, 'backups');
  const restored = join(place.path, 'restored');
  const product = await startProduct({ env: { DATA_KEY } });
  let second: typeof product | undefined;
  try {
    const { id: clientId } = await product.sandboxClient();
    const [served, paying, held] = [1, 2, 3].map((n) => new Customer(product, clientId, `25470000001${n}`));
    assert.ok(served && paying && held);
    const buy = async (customer: Customer, thenHears: RegExp): Promise<void> => {
      await customer.upToConfirm(AMOUNT_KES);
      await customer.say('1', screens.prompted);
      await customer.prompt();
      if (thenHears === screens.prompted) return;
      await customer.answer('pay');
      await customer.next(thenHears);
    };
    await buy(served, screens.airtime);
    await product.faults({ statum: { mode: 'insufficient', times: 1 } });
    await buy(paying, screens.prompted);
    await buy(held, screens.paid);
    await product.waitFor('the delivery to be held', async () =>
      (await product.orders()).some(({ delivery }) => delivery.state === 'held'),
    );

    execFileSync(process.execPath, ['dist/supervisor/stores/backup/backup-cli.js', '--to', backups], {
      env: { ...process.env, DATA_DIR: product.dataDir },
    });
    // What happens now is not in the backup: both get their airtime.
    await paying.answer('pay');
    await paying.next(screens.airtime);
    await product.waitFor('the held delivery', async () => (await product.ledger()).topUps.length === 3);
    await product.stop();

    const [archive = ''] = readdirSync(backups);
    execFileSync(process.execPath, [
      'dist/supervisor/stores/backup/restore-cli.js',
      join(backups, archive),
      '--to',
      restored,
    ]);
    // The world outside is the same one, and it has gone on.
    cpSync(join(product.dataDir, 'sandbox'), join(restored, 'sandbox'), { recursive: true });
    rmSync(join(restored, 'sandbox', 'world.json'));
    second = await startProduct({ env: { DATA_KEY }, dataDir: restored });
    const orders = await second.waitFor('the open payment to be found paid', async () => {
      const all = await second?.orders();
      return all?.every(({ payment }) => payment.state === 'paid') && all;
    });
    const standing = new Map(orders.map((order) => [order.payerPhone, [order.status, order.delivery.state]]));
    assert.deepEqual(standing.get(served.phone), ['delivered', 'delivered']);
    assert.deepEqual(standing.get(paying.phone), ['attention', 'unknown']);
    assert.deepEqual(standing.get(held.phone), ['attention', 'unknown']);
    assert.equal((await second.ledger()).topUps.length, 3, 'nothing was delivered a second time');
    assert.deepEqual(await audit(second), []);
  } finally {
    await second?.close();
    await product.close();
  }
});
