import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { freshOrder } from '../orders/fixtures.ts';
import { Engine } from './engine.ts';
import { ProcessLife } from './process-life.ts';
import { Medium, SimulatedStores } from './simulated-stores.ts';

/** Opens stores on the same data again and again; each time as a process that starts anew. */
interface Place {
  open(): Promise<Stores>;
  close(stores: Stores): Promise<void>;
  remove(): void;
}

function realPlace(): Place {
  const folder = temporaryFolder('contract');
  return {
    open: () => openTestStores(folder.path, { checkOrderChange }),
    close: (stores) => stores.close(),
    remove: () => folder.remove(),
  };
}

function simulatedPlace(): Place {
  const engine = new Engine();
  const medium = new Medium();
  let isOpen = true;
  // The engine's time goes by as long as somebody waits for something.
  const tick = (): void => {
    void engine.run(engine.now + 1).then(() => isOpen && setImmediate(tick));
  };
  tick();
  return {
    open: async () => {
      const life = new ProcessLife({ engine, killer: () => false, onDeath: () => undefined });
      return new SimulatedStores(medium, life, { writeMs: () => 1 });
    },
    close: (stores) => stores.close(),
    remove: () => {
      isOpen = false;
    },
  };
}

for (const [name, makePlace] of [
  ['the real stores', realPlace],
  ['the simulated stores', simulatedPlace],
] as const) {
  describe(`${name} keep the contract that the simulation stands on`, () => {
    const withPlace = (test: (place: Place) => Promise<void>) => async () => {
      const place = makePlace();
      try {
        await test(place);
      } finally {
        place.remove();
      }
    };
    const withStores = (test: (stores: Stores) => Promise<void>) =>
      withPlace(async (place) => {
        const stores = await place.open();
        await test(stores).finally(() => place.close(stores));
      });

    it(
      'apply at once, tell later, in order, with what was before and after',
      withStores(async (stores) => {
        const heard: string[] = [];
        stores.onCommit((changes) => {
          for (const { collection, before, after } of changes)
            heard.push(`${collection} ${before ? 'changed' : 'new'} ${after ? 'kept' : 'gone'}`);
        });
        const order = freshOrder();
        const first = stores
          .transact((tx) => tx.orders.put(order))
          .then(() => heard.push('the first one is told'));
        const second = stores.transact((tx) => {
          assert.deepEqual(tx.orders.byConfirmId(order.confirmId), order, 'sees what is not durable yet');
          tx.orders.put({ ...order, updatedAt: order.updatedAt + 1 });
          tx.timelines.append(order.orderNo, { at: 1, event: 'created', by: 'customer' });
        });
        assert.equal(stores.orders.size, 1, 'applied at once');
        assert.equal(heard.length, 0, 'but nobody told');
        await Promise.all([first, second]);
        await stores.durable();
        assert.deepEqual(
          heard.filter((line) => line.startsWith('orders')),
          ['orders new kept', 'orders changed kept'],
        );
        assert.deepEqual(await stores.timelines.read(order.orderNo), [
          { at: 1, event: 'created', by: 'customer' },
        ]);
      }),
    );

    it(
      'change nothing when the work throws, or writes an impossible order',
      withStores(async (stores) => {
        const order = freshOrder();
        await stores.transact((tx) => tx.orders.put(order));
        const thrown = stores.transact((tx) => {
          tx.orders.put({ ...order, updatedAt: 5 });
          tx.settings.put({ id: 'platform', values: { minAmountKes: 50 } });
          throw new Error('no');
        });
        await assert.rejects(thrown, /no/);
        const impossible = stores.transact((tx) =>
          tx.orders.put({ ...order, payment: { ...order.payment, state: 'paid' } }),
        );
        await assert.rejects(impossible, /impossible/);
        assert.deepEqual(stores.orders.get(order.orderNo), order);
        assert.equal(stores.settings.size, 0);
      }),
    );

    it(
      'answer a transaction that wrote nothing only when what it read is durable',
      withStores(async (stores) => {
        const told: string[] = [];
        const order = freshOrder();
        const written = stores.transact((tx) => tx.orders.put(order)).then(() => told.push('written'));
        const read = stores.transact((tx) => tx.orders.size).then((size) => told.push(`read ${size}`));
        await Promise.all([written, read]);
        assert.deepEqual(told, ['written', 'read 1']);
      }),
    );

    it(
      'give a new process everything, and never the same outbox number twice',
      withPlace(async (place) => {
        const stores = await place.open();
        const order = freshOrder();
        await stores.transact((tx) => {
          tx.orders.put(order);
          const seq = tx.outbox.nextSeq();
          tx.outbox.put({ id: 'ob_1', clientId: 'cl_1', chatId: 'a', seq, text: 'x', createdAt: 1 });
        });
        await stores.transact((tx) => tx.outbox.delete('ob_1'));
        await place.close(stores);
        const again = await place.open();
        assert.deepEqual([...again.orders.unsettled()], [order]);
        assert.equal(again.outbox.size, 0);
        assert.equal(again.outbox.nextSeq(), 2);
        await place.close(again);
      }),
    );
  });
}
