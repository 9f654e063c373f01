import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { aPicture } from '../helpers/a-picture.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { startProduct } from '../helpers/product.ts';

test('a shop’s picture greets each customer once, over restarts, until it is taken away; it goes with its bot', async () => {
  const product = await startProduct();
  try {
    const { id } = await product.sandboxClient('Mama Njeri Airtime');
    const { id: pictureId } = await product.givePicture(id, aPicture());
    const pictures = async ({ phone }: Customer) =>
      (await product.messages(id, phone))
        .filter(({ direction }) => direction === 'out')
        .map((message) => message.pictureId);
    const first = new Customer(product, id, '254700000501');
    await first.say('hi', screens.menu);
    await product.restart();
    await product.readyClient(id);
    await first.say('00', screens.menu);
    assert.deepEqual(await pictures(first), [pictureId, undefined]);
    const second = new Customer(product, id, '254700000502');
    await second.say('hi', screens.menu);
    assert.deepEqual(await pictures(second), [pictureId]);

    assert.equal((await product.api('DELETE', `/api/v1/clients/${id}/picture`)).status, 204);
    const third = new Customer(product, id, '254700000503');
    await third.say('hi', screens.menu);
    assert.deepEqual(await pictures(third), [undefined]);

    await product.givePicture(id, aPicture());
    const folder = join(product.dataDir, 'pictures');
    assert.equal(readdirSync(folder).length, 1);
    assert.equal((await product.api('DELETE', `/api/v1/clients/${id}`)).status, 204);
    await product.waitFor('its picture to go', () => readdirSync(folder).length === 0);
  } finally {
    await product.close();
  }
});
