import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { type ApiClient, apiClientSchema } from '../helpers/api-shapes.ts';
import { audit } from '../helpers/audit.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { descendants, endProcess, type ProcessInfo, processInfo, stillRuns } from '../helpers/processes.ts';
import { type Product, type ProductOptions, startProduct } from '../helpers/product.ts';

const MANY = 20;
const defects = new URL('../helpers/defects.mjs', import.meta.url).href;

const withProduct = (test: (product: Product) => Promise<void>, options?: ProductOptions) => async () => {
  const product = await startProduct(options);
  try {
    await test(product);
  } finally {
    await product.close();
  }
};

function workerOf({ id, pid }: ApiClient): ProcessInfo {
  const info = pid === undefined ? undefined : processInfo(pid);
  if (!info) throw new Error(`client ${id} has no process`);
  return info;
}

describe('however the product ends', { concurrency: 2 }, () => {
  it(
    'a second signal ends at once a stop that hangs; the next start takes everything up',
    withProduct(async (product) => {
      const client = await product.sandboxClient();
      const customer = new Customer(product, client.id, '254700000310');
      await customer.upToPrompt(50);
      const worker = workerOf(client);
      for (const child of descendants(product.supervisor.pid)) endProcess(child, 'SIGSTOP');
      product.supervisor.signal('SIGTERM');
      await product.supervisor.line('stopping');
      product.supervisor.signal('SIGTERM');
      assert.deepEqual(await product.supervisor.ended, { code: 1, signal: null });
      assert.match(product.logs(), /second SIGTERM, exiting/);
      assert.doesNotMatch(product.logs(), /"msg":"stopped"/);

      // What stood still could not follow its supervisor; the next one sees to it.
      assert.ok(stillRuns(worker));
      await product.restart();
      await product.readyClient(client.id);
      assert.ok(!stillRuns(worker));
      await customer.answer('pay');
      await customer.next(screens.airtime);
      assert.deepEqual(await audit(product), []);
    }),
  );

  it(
    'by a defect of its own: it says which, exits with an error, leaves nothing behind, and the next start takes up the purchase',
    withProduct(
      async (product) => {
        const { id } = await product.sandboxClient();
        for (const [signal, text] of [
          ['SIGPWR', 'a defect, thrown'],
          ['SIGURG', 'a defect, rejected'],
        ] as const) {
          const customer = new Customer(product, id, signal === 'SIGPWR' ? '254700000311' : '254700000312');
          await customer.upToPrompt(50);
          assert.deepEqual(await product.kill(signal), { code: 1, signal: null });
          const said = product.supervisor.lines.find((line) => line.includes('unexpected error'));
          const line = z
            .object({ level: z.literal('error'), err: z.object({ message: z.string(), stack: z.string() }) })
            .parse(JSON.parse(said ?? 'null'));
          assert.equal(line.err.message, text);
          assert.match(line.err.stack, /defects\.mjs/);
          assert.match(product.logs(), /"msg":"stopped"/, 'the last lines were written out');
          assert.deepEqual(product.leftovers(), []);
          await product.restart();
          await customer.answer('pay');
          await customer.next(screens.airtime);
        }
        assert.deepEqual(await audit(product), []);
      },
      { env: { NODE_OPTIONS: `--import=${defects}` } },
    ),
  );

  it(
    `by SIGTERM with ${MANY} bots, in every state of theirs: in time, with exit code 0, nothing left, and all come back`,
    withProduct(
      async (product) => {
        await product.call(z.unknown(), 'PATCH', '/api/v1/settings', {
          crashRetrySeconds: [600],
          sandboxStartSpacingMs: 0,
        });
        const make = (mode: string) =>
          product.call(apiClientSchema, 'POST', '/api/v1/clients', { name: `A ${mode} shop`, mode });
        const reach = (what: string, { id }: ApiClient, holds: (client: ApiClient) => boolean) =>
          product.waitFor(`a bot to be ${what}`, async () => {
            const client = await product.client(id);
            return holds(client) && client;
          });
        const made: ApiClient[] = [];
        for (let n = 1; n < MANY; n += 1) made.push(await make('sandbox'));
        const [crashed, hung, stopped, ...others] = await Promise.all(
          made.map(({ id }) => product.readyClient(id)),
        );
        assert.ok(crashed && hung && stopped);

        const failed = await reach(
          'failed',
          await make('test'),
          ({ state, pid }) => state === 'failed' && pid === undefined,
        );
        assert.match(failed.stateReason ?? '', /names \/nowhere\/chromium, which is no program here/);
        await product.killWorker(crashed.id);
        await reach('backing off', crashed, ({ state }) => state === 'backing-off');
        await product.api('POST', `/api/v1/clients/${stopped.id}/stop`);
        await reach('stopped', stopped, ({ state }) => state === 'stopped');
        endProcess(workerOf(hung), 'SIGSTOP');
        // Some are just starting: one of them stands still before it has said a word.
        const starting = await Promise.all(
          others.slice(0, 4).map(async (other) => {
            await product.api('POST', `/api/v1/clients/${other.id}/restart`);
            return reach('starting', other, ({ pid }) => pid !== undefined && pid !== other.pid);
          }),
        );
        const [mute] = starting;
        assert.ok(mute);
        endProcess(workerOf(mute), 'SIGSTOP');

        assert.deepEqual(await product.stop(), { code: 0, signal: null });
        assert.deepEqual(product.leftovers(), []);

        await product.restart();
        for (const { id } of [hung, ...others]) await product.readyClient(id);
        await reach('failed again', failed, ({ state, pid }) => state === 'failed' && pid === undefined);
        assert.equal((await product.client(stopped.id)).state, 'stopped');
        // Its back-off is over with the restart; the count of its crashes is not.
        const back = await product.readyClient(crashed.id);
        assert.equal(back.desired, 'running');
      },
      { env: { PUPPETEER_EXECUTABLE_PATH: '/nowhere/chromium' } },
    ),
  );
});
