import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Customer, screens } from '../helpers/customer.ts';
import { startProduct } from '../helpers/product.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { docPages, runnableBlocks } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where the documents put things on a server. */
const SERVER_FOLDER = '/var/lib/airtime-bots';

it('every command block of the documents that is marked as runnable works as written, beside a running product', async (t) => {
  const blocks = docPages(root).flatMap(runnableBlocks);
  const pages = new Set(blocks.map(({ path }) => path));
  for (const path of ['docs/api.md', 'docs/deployment.md', 'docs/privacy.md', 'docs/runbooks.md'])
    assert.ok(pages.has(path), `${path} has a runnable block`);
  const place = temporaryFolder('documents');
  t.after(place.remove);
  const product = await startProduct();
  try {
    const { id } = await product.sandboxClient();
    const customer = new Customer(product, id, '254700000001');
    await customer.upToPrompt(20);
    await customer.answer('pay');
    await customer.next(screens.airtime);
    for (const { path, line, script } of blocks) {
      const here = script.replaceAll(SERVER_FOLDER, place.path);
      const { code, output } = await bash(here, {
        TOKEN: product.token,
        URL: product.url,
        DATA_DIR: product.dataDir,
      });
      assert.equal(code, 0, `${path}:${line}\n${script}\n${output}`);
    }
    assert.deepEqual(readdirSync(place.path).sort(), ['backups', 'restored', 'restored.json']);
    assert.match((await product.orders())[0]?.payerPhone ?? '', /^erased-/, 'the block of docs/privacy.md');
  } finally {
    await product.close();
  }
});

function bash(script: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    };
    execFile('bash', ['-eu', '-o', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` });
    });
  });
}
