import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { startProduct } from '../helpers/product.ts';
import { temporaryFolder } from '../helpers/temp.ts';

const FIRST = fileURLToPath(new URL('../stores/fixtures/first-version', import.meta.url));

const keySchema = z.object({ set: z.boolean(), source: z.string(), last4: z.string() });
const keysSchema = z.object({ credentials: z.object({ shadowPay: keySchema, statum: keySchema }) });

it('an upgrade from the first version takes up its orders, keys and customers, and sells on', async (t) => {
  const folder = temporaryFolder('first-version');
  t.after(folder.remove);
  cpSync(FIRST, folder.path, { recursive: true });
  const product = await startProduct({
    dataDir: folder.path,
    env: { DATA_KEY: 'first-version-data-key-0123456789abcdef' },
  });
  try {
    const before = await product.orders();
    assert.equal(before.length, 12);
    // Paid for and waiting for float when that release was killed; the simulated network still has none.
    await product.faults({ statum: { mode: 'ok' } });
    await product.api('POST', '/api/v1/orders/GP74F385/actions', { action: 'resend', reason: 'Topped up' });
    await product.waitFor('the waiting airtime to be delivered', async () => {
      const [held] = await product.orders({ q: 'GP74F385' });
      return held?.status === 'delivered';
    });
    const [unknown] = await product.orders({ q: 'WZDJ8MS3' });
    assert.equal(unknown?.status, 'attention', 'what nobody knows stays with a person');
    const { credentials } = await product.call(keysSchema, 'GET', '/api/v1/clients/cl_4m5CgbEFyIsKTqI7');
    const keys = { set: true, source: 'client' };
    assert.deepEqual(
      credentials,
      { shadowPay: { ...keys, last4: '1111' }, statum: { ...keys, last4: '3333' } },
      'the sealed keys open with the same data key',
    );
    const shopId = before[0]?.clientId ?? '';
    await product.readyClient(shopId);
    const customer = new Customer(product, shopId, '254700000001');
    // What she heard then ends with this.
    await customer.next(screens.airtime);
    await customer.upToPrompt(35);
    await customer.answer('pay');
    await customer.next(screens.airtime);
    assert.deepEqual(await audit(product), []);
  } finally {
    await product.close();
  }
});
