/**
 * Starts the built product as production does, buys airtime once through the sandbox API, looks into the ledger of the simulated
 * world, and stops it by SIGTERM. Plain Node: it shows that dist/ runs on whatever Node runs this script.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './lib/steps.mjs';

const DEADLINE_MS = 60_000;
const POLL_MS = 50;
const STOP_MS = 25_000;
const CUSTOMER = '254700000001';
const AMOUNT_KES = 50;

const token = 'smoke-run-admin-token';
const dataDir = mkdtempSync(join(tmpdir(), 'airtime-smoke-'));
const product = spawn(process.execPath, [join(root, 'dist/supervisor/main.js')], {
  cwd: root,
  env: {
    ...process.env,
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    ADMIN_UI_TOKEN: token,
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const exited = new Promise((done) => product.on('exit', (code, signal) => done(signal ?? code)));
const log = [];
let base;
for (const stream of [product.stdout, product.stderr]) {
  createInterface({ input: stream }).on('line', (line) => {
    log.push(line);
    if (line.includes('"msg":"listening"')) base = JSON.parse(line).url;
  });
}

async function until(what, probe) {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    if (product.exitCode !== null)
      throw new Error(`the product ended with exit code ${product.exitCode} before: ${what}`);
    const found = await probe();
    if (found) return found;
    await delay(POLL_MS);
  }
  throw new Error(`not within ${DEADLINE_MS / 1000} s: ${what}`);
}

async function api(method, path, body) {
  const response = await fetch(new URL(path, base), {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function buy() {
  await until('the product listens', () => base);
  await until('/health/ready', async () => (await fetch(new URL('/health/ready', base))).ok);
  const { id } = await api('POST', '/api/v1/clients', { name: 'Smoke shop', mode: 'sandbox' });
  let after = '';
  for (const text of ['hi', '1', '1', String(AMOUNT_KES), '1']) {
    await api('POST', `/api/v1/sandbox/${id}/messages`, { from: CUSTOMER, text });
    await until(`an answer to "${text}"`, async () => {
      const { items } = await api(
        'GET',
        `/api/v1/sandbox/${id}/messages?phone=${CUSTOMER}${after && `&after=${after}`}`,
      );
      const answer = items.findLast((message) => message.direction === 'out');
      if (answer) after = answer.id;
      return answer;
    });
  }
  await until(
    'the M-Pesa prompt',
    async () => (await api('GET', `/api/v1/sandbox/phones/${CUSTOMER}`)).prompt,
  );
  await api('POST', `/api/v1/sandbox/phones/${CUSTOMER}/prompt`, { answer: 'pay' });
  const order = await until('a delivered order', async () => {
    const { items } = await api('GET', `/api/v1/orders?clientId=${id}`);
    return items.length === 1 && items[0].status === 'delivered' && items[0];
  });
  const { prompts, topUps } = await api('GET', '/api/v1/sandbox/ledger');
  const told = JSON.stringify({ prompts, topUps });
  if (prompts.length !== 1 || prompts[0].state !== 'paid' || prompts[0].amountKes !== AMOUNT_KES)
    throw new Error(`ledger: ${told}`);
  if (topUps.length !== 1 || topUps[0].phone !== CUSTOMER || topUps[0].amountKes !== AMOUNT_KES)
    throw new Error(`ledger: ${told}`);
  return order.orderNo;
}

/** After a failure: the simulated world outlives a killed supervisor. */
function endWorld() {
  const file = join(dataDir, 'sandbox/world.json');
  if (existsSync(file)) process.kill(JSON.parse(readFileSync(file, 'utf8')).pid, 'SIGTERM');
}

const startedAt = Date.now();
try {
  const orderNo = await buy();
  product.kill('SIGTERM');
  const end = await Promise.race([exited, delay(STOP_MS, 'still running', { ref: false })]);
  if (end !== 0) throw new Error(`after SIGTERM: expected exit 0, got ${end}`);
  console.log(
    `✔ smoke run on Node ${process.versions.node}: order ${orderNo} paid and delivered, clean stop (${Date.now() - startedAt} ms)`,
  );
} catch (error) {
  console.error(`✖ smoke run on Node ${process.versions.node}: ${error.message}`);
  console.error(log.slice(-60).join('\n'));
  process.exitCode = 1;
} finally {
  if (product.exitCode === null && product.signalCode === null) {
    product.kill('SIGKILL');
    await exited;
    endWorld();
  }
  rmSync(dataDir, { recursive: true, force: true });
}
