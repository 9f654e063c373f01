import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { apiOrderPageSchema } from '../helpers/api-shapes.ts';
import { startProduct } from '../helpers/product.ts';
import { chanceOf } from '../simulate/crowd.ts';
import { readOptions, UsageError } from '../simulate/options.ts';
import { Samples } from '../simulate/samples.ts';

async function simulate(...args: string[]): Promise<{ code: number | null; output: string }> {
  const command = ['--import', 'tsx', 'test/simulate/main.ts', ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  return { code, output };
}

test('a simulated crowd buys, every order is audited, and a running product keeps its settings', async (t) => {
  const product = await startProduct();
  t.after(() => product.close());
  const target = ['--url', product.url, '--token', product.token];
  const load = ['--clients', '2', '--customers', '20', '--rate', '40', '--seconds', '2', '--warm-up', '1'];
  const { code, output } = await simulate(...target, ...load);
  assert.equal(code, 0, output);
  assert.match(output, /airtime told [1-9]/);
  assert.match(output, /message → reply +p50 [\d.]+ ms/);
  assert.match(output, /failures +0\n/);
  assert.match(output, /audit against the ledger +no difference/);
  const delivered = await product.call(apiOrderPageSchema, 'GET', '/api/v1/orders?status=delivered');
  assert.ok(delivered.items.length > 0);
  const settings = await product.api('GET', '/api/v1/settings');
  assert.match(JSON.stringify(settings.body), /"promptsPerPayerPerHour":3/);
});

test('a wrong call of the simulation says what is wrong', async () => {
  const { code, output } = await simulate('--rate', 'fast');
  assert.equal(code, 2);
  assert.match(output, /--rate takes a whole number.*"fast"/);
  for (const args of [['--url', 'http://localhost:1'], ['--clients', '5', '--customers', '4'], ['--bogus']]) {
    assert.throws(() => readOptions(args, {}), UsageError);
  }
});

test('quantiles are values that were measured, and a seed draws the same customers', () => {
  const samples = new Samples();
  assert.equal(samples.quantile(0.5), undefined);
  for (let value = 100; value >= 1; value -= 1) samples.add(value);
  assert.deepEqual([samples.quantile(0.5), samples.quantile(0.99), samples.quantile(1)], [50, 99, 100]);
  const drawn = (seed: number) => Array.from({ length: 5 }, chanceOf(seed).number);
  assert.deepEqual(drawn(7), drawn(7));
  assert.notDeepEqual(drawn(7), drawn(8));
});
