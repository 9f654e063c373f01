import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { Customer, screens } from '../helpers/customer.ts';
import { descendants, endProcess } from '../helpers/processes.ts';
import { Product, startProduct } from '../helpers/product.ts';

const withProduct = (test: (product: Product) => Promise<void>) => async () => {
  const product = await startProduct();
  try {
    await test(product);
  } finally {
    await product.close();
  }
};

describe('the product as a process', { concurrency: 2 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(
      `ends by ${signal} with exit code 0 and leaves nothing behind, in the middle of a purchase`,
      withProduct(async (product) => {
        const { id } = await product.sandboxClient();
        const customer = new Customer(product, id, '254700000300');
        await customer.upToPrompt(50);
        const children = descendants(product.supervisor.pid);
        assert.ok(children.length >= 2, 'a worker and the simulated world were expected');
        assert.deepEqual(await product.kill(signal), { code: 0, signal: null });
        await product.waitFor('nothing to be left', () => product.leftovers().length === 0);
        await product.restart();
        await customer.answer('pay');
        await customer.next(screens.airtime);
      }),
    );
  }

  it(
    'leaves nothing behind when it is told to stop while it starts',
    withProduct(async (product) => {
      await product.stop();
      for (const moment of ['the simulated world is there', 'listening']) {
        const starting = product.rival();
        await starting.line(moment);
        starting.signal('SIGTERM');
        assert.deepEqual(await starting.ended, { code: 0, signal: null }, moment);
        await product.waitFor('nothing to be left', () => product.leftovers().length === 0);
      }
    }),
  );

  it('leaves nothing behind when it cannot start, because its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = z.object({ port: z.number() }).parse(other.address());
    const product = new Product({ env: { PORT: String(port) } });
    try {
      await assert.rejects(
        product.restart(),
        new RegExp(`Port ${port} is taken by another program.*EADDRINUSE`),
      );
      assert.deepEqual(product.leftovers(), []);
    } finally {
      other.close();
      await product.close();
    }
  });

  it(
    'ends in time with exit code 0 although worker, gateway and simulated world hang',
    withProduct(async (product) => {
      const { id } = await product.sandboxClient();
      const customer = new Customer(product, id, '254700000302');
      await customer.upToConfirm(50);
      await product.faults({ shadowPay: { mode: 'timeout-after', op: 'push' } });
      await customer.say('1', screens.ordering);
      for (const child of descendants(product.supervisor.pid)) endProcess(child, 'SIGSTOP');
      assert.deepEqual(await product.kill('SIGTERM'), { code: 0, signal: null });
      assert.deepEqual(product.leftovers(), []);
    }),
  );

  it(
    'does not call a bot ready whose simulated world stands still, and goes on when that does',
    withProduct(async (product) => {
      const { id } = await product.sandboxClient();
      const customer = new Customer(product, id, '254700000303');
      await customer.upToConfirm(50);
      const world = descendants(product.supervisor.pid).find(({ command }) =>
        command.includes('sandbox/main'),
      );
      assert.ok(world);
      endProcess(world, 'SIGSTOP');
      const { stateReason } = await product.waitFor('word of it', async () => {
        const client = await product.client(id);
        return client.state === 'reconnecting' && client;
      });
      assert.match(stateReason ?? '', /does not answer any more/);
      endProcess(world, 'SIGCONT');
      await product.readyClient(id);
      await customer.say('1', screens.ordering);
      await customer.answer('pay');
      await customer.next(screens.airtime);
      assert.deepEqual(await customer.repeats(), []);
    }),
  );

  it(
    'refuses a second supervisor on the same data folder by name, and the first goes on',
    withProduct(async (product) => {
      const { id } = await product.sandboxClient();
      const rival = product.rival();
      const { code } = await rival.ended;
      assert.notEqual(code, 0);
      assert.match(
        rival.tail(),
        new RegExp(`\\b${product.supervisor.pid}\\b`),
        'the message names the living owner',
      );
      const customer = new Customer(product, id, '254700000301');
      await customer.say('hi', screens.menu);
    }),
  );

  it(
    'has its sandbox client ready on the first start, and one only on the second',
    withProduct(async (product) => {
      const clients = async () =>
        (
          await product.call(
            z.object({ items: z.array(z.object({ id: z.string() })) }),
            'GET',
            '/api/v1/clients',
          )
        ).items;
      const first = await clients();
      assert.equal(first.length, 1);
      await product.readyClient(first[0]?.id ?? '');
      await product.restart();
      assert.deepEqual(
        (await clients()).map(({ id }) => id),
        first.map(({ id }) => id),
      );
    }),
  );
});
