import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import type { CredentialsPatch } from '../../shared/credentials.ts';
import { createTurns } from '../../supervisor/chats/turns.ts';
import { readConfig } from '../../supervisor/config.ts';
import { createCallbackTokens } from '../../supervisor/gateways/callback-tokens.ts';
import { GatewayWatch } from '../../supervisor/gateways/gateway-watch.ts';
import { createGateways } from '../../supervisor/gateways/gateways.ts';
import { createLogger } from '../../supervisor/log.ts';
import { DaySales } from '../../supervisor/orders/day-sales.ts';
import { OrderDesk } from '../../supervisor/orders/desk.ts';
import { FloatKeeper } from '../../supervisor/orders/float.ts';
import { createOrderBook } from '../../supervisor/orders/order-book.ts';
import { type Behaviour, misbehavingServer, type Received } from '../gateways/misbehaving-server.ts';
import { aClient } from '../helpers/a-client.ts';
import { CALLBACK_SECRET, credentialsOver } from '../helpers/credentials.ts';
import { textsInMemory } from '../helpers/process-memory.ts';
import { descendants } from '../helpers/processes.ts';
import { Product } from '../helpers/product.ts';
import { openTestStores } from '../helpers/test-stores.ts';
import { waitFor } from '../helpers/wait.ts';
import { FakeWorld } from '../http/helpers/fake-services.ts';
import { quote } from '../orders/fixtures.ts';

/** A secret that is recognised wherever it turns up. The signs in it are those that encodings change. */
const secret = (name: string): string => `${name}+/&"${randomBytes(12).toString('hex')}==`;
const payKeys = (name: string) => ({
  apiKey: secret(`${name}-pay-key`),
  apiSecret: secret(`${name}-pay-secret`),
  accountId: 10,
});
const airtimeKeys = (name: string) => ({
  consumerKey: secret(`${name}-air-key`),
  consumerSecret: secret(`${name}-air-secret`),
});

const PLANTED = {
  environment: { ...payKeys('env'), ...airtimeKeys('env') },
  global: { ...payKeys('global'), ...airtimeKeys('global') },
  client: { ...payKeys('client'), ...airtimeKeys('client') },
  newer: { ...payKeys('newer'), ...airtimeKeys('newer') },
};
const DATA_KEY = secret('data-key');
const patchOf = ({ apiKey, apiSecret, accountId, consumerKey, consumerSecret }: typeof PLANTED.client) =>
  ({
    shadowPay: { apiKey, apiSecret, accountId },
    statum: { consumerKey, consumerSecret },
  }) satisfies CredentialsPatch;

const pairs = Object.values(PLANTED).flatMap(({ apiKey, apiSecret, consumerKey, consumerSecret }) => [
  [apiKey, apiSecret] as const,
  [consumerKey, consumerSecret] as const,
]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Every form of every secret that must be found nowhere, with a name that may be printed. */
function forbidden(adminToken: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  const add = (what: string, text: string): void => {
    forms.set(text, what);
  };
  const singles = [...pairs.flat(), DATA_KEY, adminToken];
  for (const text of singles) {
    const name = text.slice(0, 14);
    add(`${name}… in the clear`, text);
    // Its random part is the same under every escaping.
    add(`${name}…, escaped somehow`, /[0-9a-f]{24}/.exec(text)?.[0] ?? text);
    add(`${name}… as base64`, base64(text));
    add(`${name}… as base64url`, Buffer.from(text).toString('base64url'));
    add(`${name}… escaped for a URL`, encodeURIComponent(text));
    add(`${name}… escaped for JSON`, JSON.stringify(text).slice(1, -1));
    add(`${name}… as hex`, Buffer.from(text).toString('hex'));
  }
  for (const [key, other] of pairs) {
    add(`${key.slice(0, 14)}… as Basic`, base64(`${key}:${other}`));
    add(`${key.slice(0, 14)}… as Basic, reversed`, base64(`${other}:${key}`));
  }
  return forms;
}

/** What came in, repeated in every form that a careless server could think of. */
function echo({ headers, body }: Received): string {
  const basic = Buffer.from(String(headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  const given = [headers['x-api-key'], headers['x-api-secret'], basic].filter(Boolean).map(String);
  const forms = given.flatMap((text) => [
    text,
    base64(text),
    encodeURIComponent(text),
    Buffer.from(text).toString('hex'),
    base64(text.split(':').reverse().join(':')),
  ]);
  // The reasons that are kept are short: each turn another form stands in front.
  const turn = turns++ % forms.length;
  return [...forms.slice(turn), ...forms.slice(0, turn), JSON.stringify(headers), body].join(' ');
}
let turns = 0;

/** A gateway that repeats what it was sent in each of its answers: errors, 500 pages, even where an id belongs. */
const careless: Behaviour = (response, request) => {
  const said = echo(request);
  const path = request.path.split('/').at(-1) ?? '';
  const kinds = answersOf[path] ?? answersOf.default ?? [];
  const count = (asked.get(path) ?? 0) + 1;
  asked.set(path, count);
  const [status, body] = kinds[count % kinds.length]?.(said, count) ?? [500, said];
  response.writeHead(status, {
    'content-type': 'text/html',
    'x-echo': encodeURIComponent(said).slice(0, 500),
  });
  response.end(typeof body === 'string' ? `<html><pre>${body}</pre></html>` : JSON.stringify(body));
};
const asked = new Map<string, number>();
type Kind = (said: string, count: number) => readonly [number, object | string];
const answersOf: Record<string, readonly Kind[]> = {
  'stkpush.php': [
    (said, count) => [200, { success: true, message: said, checkout_request_id: `ws_CO_${count}` }],
    (said) => [500, said],
    (said) => [401, { success: false, message: said, error_code: 'AUTH_FAILED' }],
    (said, count) => [200, { success: true, message: said, checkout_request_id: `ws_CO_${count}` }],
    (said) => [200, { success: true, checkout_request_id: said }],
    (said) => [400, { success: false, message: said, checkout_request_id: said }],
  ],
  'status.php': [
    (said, count) => [
      200,
      {
        success: true,
        status: 'completed',
        message: said,
        transaction_code: `SG722NMV${String(count).padStart(2, '0')}`,
      },
    ],
    (said) => [500, said],
    (said) => [200, { success: true, status: 'failed', message: said, transaction: said }],
  ],
  airtime: [
    (said) => [
      422,
      { status_code: 422, description: 'Validation failed.', validation_errors: { phone: [said] } },
    ],
    (said) => [401, { status_code: 401, description: said, request_id: said }],
    (said) => [500, said],
    (said) => [200, { status_code: 200, description: said, request_id: said }],
  ],
  default: [(said) => [403, { status_code: 403, description: said }]],
};

const CLIENTS = ['cl_global', 'cl_own'] as const;

/** Live purchases up to the prompt, by the product's own turns, desk and gateways, on the product's own folder. */
async function buy(
  t: TestContext,
  options: { dataDir: string; env: Record<string, string>; log: string[] },
): Promise<void> {
  const { dataDir, env, log } = options;
  const config = readConfig({ ...env, DATA_DIR: dataDir });
  const logger = createLogger(config, { write: (line) => void log.push(line) });
  const clock = systemClock;
  const stores = await openTestStores(dataDir, { logger });
  t.after(() => stores.close());
  const credentials = await credentialsOver({ stores, config, clock, logger });
  const world = new FakeWorld().asWorld();
  const callbackTokens = createCallbackTokens(CALLBACK_SECRET);
  const gateways = createGateways({
    config,
    world,
    credentials,
    callbackTokens,
    logger,
    watch: new GatewayWatch(systemClock),
  });
  const own = patchOf(PLANTED.client);
  await credentials.prepare(own);
  await stores.transact((tx) => {
    // Stopped: their workers would need WhatsApp. Money does not depend on workers.
    for (const id of CLIENTS) tx.clients.put(aClient(id, { mode: 'live', desired: 'stopped' }));
    credentials.change(tx, { clientId: 'cl_own' }, own, 'Achieng');
  });
  const float = new FloatKeeper({ stores, gateways, clock });
  const sales = new DaySales(stores);
  sales.start(clock.now());
  const desk = new OrderDesk({
    stores,
    float,
    book: createOrderBook({ stores, clock }),
    gateways,
    clock,
    logger,
    random: () => 0,
    stillOwner: () => undefined,
    stopping: () => false,
  });
  await desk.start();
  const { commit } = createTurns({
    stores,
    gateways,
    float,
    sales,
    clock,
    ephemeralDisk: false,
    stopping: () => false,
  });
  for (let n = 0; n < 12; n += 1) {
    const payerPhone = `2547000000${String(n).padStart(2, '0')}`;
    const effect = {
      type: 'create-order' as const,
      quote: quote({ confirmId: `cf_${n}`, payerPhone, recipientPhone: payerPhone, shownAt: clock.now() }),
    };
    const reply = await commit(CLIENTS[n % 2] ?? 'cl_own', {
      chatId: `${payerPhone}@c.us`,
      messageId: `m${n}`,
      sentAt: clock.now(),
      expectedVersion: 0,
      state: {},
      replies: ['…'],
      effects: [effect],
    });
    assert.deepEqual(reply, { status: 'committed' });
  }
  // A platform that stops sends no prompt any more.
  await waitFor(
    'every prompt to be answered',
    () => ![...stores.orders.values()].some(({ payment }) => payment.state === 'requesting'),
  );
  await desk.close();
  float.close();
  await stores.close();
}

test('no planted secret is found in any log line, file or answer, though the gateways repeat them all', async (t) => {
  const server = await misbehavingServer(t);
  server.does(careless);
  const { environment } = PLANTED;
  const env = {
    DATA_KEY,
    LOG_LEVEL: 'trace',
    SHADOW_PAY_BASE_URL: server.baseUrl,
    STATUM_BASE_URL: server.baseUrl,
    SHADOW_PAY_API_KEY: environment.apiKey,
    SHADOW_PAY_API_SECRET: environment.apiSecret,
    SHADOW_PAY_ACCOUNT_ID: '10',
    STATUM_CONSUMER_KEY: environment.consumerKey,
    STATUM_CONSUMER_SECRET: environment.consumerSecret,
  };
  const product = new Product({ env });
  t.after(() => product.close());
  const log: string[] = [];
  await buy(t, { dataDir: product.dataDir, env, log });
  await product.restart();

  const told: string[] = [];
  const ask = async (method: string, path: string, body?: unknown): Promise<number> => {
    const answer = await product.api(method, path, body);
    told.push(`${method} ${path} ${JSON.stringify(answer.body)}`);
    return answer.status;
  };
  assert.equal(await ask('PATCH', '/api/v1/settings', patchOf(PLANTED.global)), 200);
  assert.equal(await ask('PATCH', '/api/v1/clients/cl_own', patchOf(PLANTED.newer)), 200);
  assert.equal(
    await ask('PATCH', '/api/v1/clients/cl_own', { statum: { consumerKey: PLANTED.newer.consumerKey } }),
    422,
  );
  assert.equal(await ask('GET', `/no-such-page/${encodeURIComponent('x')}`), 404);

  // Each order is asked about with the keys it was charged with, and delivered with those that count now.
  const orders = await product.orders();
  assert.equal(orders.length, 12);
  for (let round = 0; round < 3; round += 1) {
    for (const { orderNo } of orders) {
      await ask('POST', `/api/v1/orders/${orderNo}/actions`, { action: 'check-payment' });
      await ask('POST', `/api/v1/orders/${orderNo}/actions`, { action: 'resend', reason: 'again' });
    }
  }
  await product.waitFor('each kind of airtime answer', () => (asked.get('airtime') ?? 0) >= 4);
  const sandbox = await product.sandboxClient();

  const seen = server.received.map(({ headers }) => JSON.stringify(headers)).join('\n');
  for (const name of ['environment', 'client'] as const)
    assert.ok(seen.includes(JSON.stringify(PLANTED[name].apiKey)), `asked with the ${name}'s keys`);
  for (const name of ['global', 'newer'] as const) {
    const { consumerKey, consumerSecret } = PLANTED[name];
    assert.ok(seen.includes(base64(`${consumerKey}:${consumerSecret}`)), `airtime with the ${name} keys`);
  }

  for (const path of [
    '/',
    '/orders',
    '/clients/cl_own',
    '/api/v1/clients',
    '/api/v1/clients/cl_own',
    '/api/v1/settings',
    '/api/v1/orders',
    '/api/v1/orders.csv',
    '/api/v1/audit?limit=200',
    '/api/v1/float',
    '/api/v1/openapi.json',
    '/health',
  ])
    assert.equal(await ask('GET', path), 200, path);
  for (const { orderNo } of orders) {
    await ask('GET', `/orders/${orderNo}`);
    await ask('GET', `/api/v1/orders/${orderNo}`);
  }
  assert.ok(told.join('').split('•••').length > 12, 'what the gateways repeated was blotted out');

  const needles = forbidden(product.token);
  const children = descendants(product.supervisor.pid);
  assert.ok(children.some(({ pid }) => pid === sandbox.pid));
  const plain = [...pairs.flat(), DATA_KEY, product.token];
  assert.ok(textsInMemory(product.supervisor.pid, plain).has(PLANTED.newer.apiKey), 'memory can be searched');
  for (const { pid, command } of children) {
    const environ = readFileSync(`/proc/${pid}/environ`, 'utf8');
    assert.deepEqual(
      plain.filter((text) => environ.includes(text)),
      [],
      `environment of ${command}`,
    );
    assert.deepEqual([...textsInMemory(pid, plain)].map(nameOf(needles)), [], `memory of ${command}`);
  }
  await product.stop();

  const findIn = (place: string, text: string): string[] =>
    [...needles].flatMap(([needle, what]) => (text.includes(needle) ? [`${what} in ${place}`] : []));
  const files = readdirSync(product.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  assert.ok(files.length > 10 && product.supervisor.lines.length > 50 && told.length > 90);
  assert.deepEqual(
    [
      ...files.flatMap((file) => findIn(file, readFileSync(file, 'latin1'))),
      ...[...log, ...product.supervisor.lines].flatMap((line) =>
        findIn(`the log: ${line.slice(0, 120)}`, line),
      ),
      ...told.flatMap((answer) => findIn(answer.slice(0, 80), answer)),
    ],
    [],
  );
});

const nameOf =
  (needles: ReadonlyMap<string, string>) =>
  (text: string): string =>
    needles.get(text) ?? 'a secret';
