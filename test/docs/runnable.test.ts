import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Customer, screens } from '../helpers/customer.ts';
import { startProduct } from '../helpers/product.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { cloneCommands, docPages, runnableBlocks } from './pages.ts';

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

it('the commands that the README gives for a clone start the product, signed in by the link it prints, and test it', async (t) => {
  const readme = docPages(root).find(({ path }) => path === 'README.md');
  assert.ok(readme);
  const [start, test, ...more] = cloneCommands(readme);
  assert.deepEqual([start, test, more], ['npm start', 'npm test', []]);
  const place = temporaryFolder('readme');
  t.after(place.remove);
  const env = { ...machine(), PORT: '0', DATA_DIR: join(place.path, 'data') };
  const product = spawn('bash', ['-c', `exec ${start}`], { cwd: root, env, detached: true });
  const ended = once(product, 'close');
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  // npm and the product.
  const end = (): void => {
    if (product.pid !== undefined && !hasEnded) process.kill(-product.pid);
  };
  t.after(end);
  const link = /^\s+(http:\S+\/sign-in\/once\/\S+)$/;
  let url: string | undefined;
  for await (const line of createInterface(product.stdout)) {
    url = link.exec(line)?.[1];
    if (url !== undefined) break;
  }
  assert.ok(url, 'it prints a link for signing in');
  assert.match(await firstPageFor(url), /Open the phone/, 'as the README says');
  end();
  product.stdout.resume();
  await ended;
  // One file stands for all: this test is one of them.
  const tested = await bash(`${test} -- test/shared/money.test.ts`, {});
  assert.equal(tested.code, 0, tested.output);
  assert.match(tested.output, /pass [1-9]/);
});

/** What somebody sees who opens a one-time link. */
async function firstPageFor(link: string): Promise<string> {
  const signedIn = await fetch(link, { redirect: 'manual' });
  const cookie = signedIn.headers.getSetCookie().map((set) => set.split(';')[0]);
  const page = await fetch(new URL(signedIn.headers.get('location') ?? '', link), {
    headers: { cookie: cookie.join('; ') },
  });
  return page.text();
}

/** What a command needs of this machine's environment, and no more. */
const machine = () => ({ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' });

function bash(script: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      env: { ...machine(), ...env },
    };
    execFile('bash', ['-eu', '-o', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` });
    });
  });
}
