import '../shared/require-node.ts';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import closeWithGrace from 'close-with-grace';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { AlertBook } from './alerts/alert-book.ts';
import { DailySummaries } from './alerts/daily-summary.ts';
import { OrderTrouble } from './alerts/order-trouble.ts';
import { Teller } from './alerts/teller.ts';
import { AlertWatch } from './alerts/watch.ts';
import { buildApp } from './app.ts';
import { createAdminDesk } from './chats/admin/desk.ts';
import { createBanService } from './chats/bans.ts';
import { ChatClock } from './chats/chat-clock.ts';
import { Outbox } from './chats/outbox.ts';
import { createPictures } from './chats/pictures.ts';
import { createTextService } from './chats/texts.ts';
import { createTurns } from './chats/turns.ts';
import { type Config, readConfig } from './config.ts';
import { doctorBeside } from './doctor/beside.ts';
import { createCallbackTokens } from './gateways/callback-tokens.ts';
import { createCredentials } from './gateways/credentials.ts';
import { parseDeliveryCallback } from './gateways/delivery-callback.ts';
import { environmentKeys } from './gateways/environment-keys.ts';
import { GatewayWatch } from './gateways/gateway-watch.ts';
import { createGateways } from './gateways/gateways.ts';
import { loadSecretFile } from './http/auth/secret-file.ts';
import { registerLive } from './http/live/register.ts';
import { renderErrorPage } from './http/pages/error-page.tsx';
import { registerPages } from './http/pages/register.ts';
import { keepAlive } from './keep-alive.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLogger } from './log.ts';
import { DaySales } from './orders/day-sales.ts';
import { OrderDesk } from './orders/desk.ts';
import { FloatKeeper } from './orders/float.ts';
import { createOrderBook } from './orders/order-book.ts';
import { logOrders } from './orders/order-log.ts';
import { takeUpBackup } from './orders/restored-backup.ts';
import { checkOrderChange } from './orders/transitions.ts';
import { createPseudonyms } from './privacy/anonymise.ts';
import { Retention } from './privacy/retention.ts';
import { createPrivacyService } from './privacy/service.ts';
import { startWorld } from './sandbox/world-client.ts';
import { Vault } from './secrets/vault.ts';
import { startProblem } from './start-problem.ts';
import { effectiveSettings } from './stores/effective-settings.ts';
import { openStores } from './stores/open.ts';
import { createClientService } from './workers/clients.ts';
import { createWorkerPool } from './workers/pool.ts';

/** Heroku kills 30 s after SIGTERM; whatever has not ended by then is found and taken up by the next start. */
const SHUTDOWN_LIMIT_MS = 25_000;
/** Gateway calls under way get this long to be answered before their orders are left to the next start. */
const CALLS_LIMIT_MS = 10_000;

/** The composition root: makes every part, gives each what it needs, and ends them in the right order. */
async function start(config: Config, logger: Logger, life: Lifecycle): Promise<void> {
  const startedAt = Date.now();
  const clock = systemClock;
  const version = await packageVersion();
  const die = (error: Error): never => {
    logger.error({ err: error }, 'cannot go on safely; exiting to be restarted');
    process.exit(1);
  };

  const journalListeners = new Set<(durationMs: number) => void>();
  const stores = await openStores({
    dataDir: config.dataDir,
    clock,
    logger,
    onFatal: die,
    onJournalWrite: (durationMs) => {
      for (const listener of journalListeners) listener(durationMs);
    },
    checkOrderChange,
    // Freezing each record finds whoever mutates one; tests do that, customers need not wait for it.
    freeze: !config.production,
  });
  life.onEnd('stores', () => stores.close());
  if (life.stopping) return;
  await takeUpBackup({ dataDir: config.dataDir, stores, clock, logger });
  // Before anything else is started: without its key the product must not run, and nothing may be left behind then.
  const vault = await Vault.open({ stores, place: config, logger });
  const world = await startWorld({ dataDir: config.dataDir, clock, logger });
  life.onEnd('simulated world', () => world.close({ stop: true }));
  if (life.stopping) return;
  const callbackSecret = await loadSecretFile(config.dataDir, 'callback-key');
  const callbackTokens = createCallbackTokens(callbackSecret);
  const pseudonyms = createPseudonyms(callbackSecret);
  const credentials = createCredentials({
    stores,
    vault,
    environment: environmentKeys(config.globals, callbackSecret),
    callbackTokens,
    clock,
    logger,
  });
  const gatewayWatch = new GatewayWatch(clock);
  const gateways = createGateways({
    config,
    world,
    credentials,
    callbackTokens,
    logger,
    watch: gatewayWatch,
  });

  const isStopping = (): boolean => life.stopping;
  const stillOwner = (): void => {
    if (!stores.stillOwner())
      die(new Error('The data folder belongs to another process now; no money may move here'));
  };
  const float = new FloatKeeper({ stores, gateways, clock });
  const sales = new DaySales(stores);
  const desk = new OrderDesk({
    stores,
    float,
    book: createOrderBook({ stores, clock }),
    gateways,
    clock,
    logger,
    random: Math.random,
    stillOwner,
    stopping: isStopping,
  });
  const admins = createAdminDesk({
    stores,
    orders: desk,
    platformAdmins: () => [...effectiveSettings(stores.settings).adminPhones, ...config.globals.adminPhones],
    floatOf: (client) => float.of(client),
    hasKeys: (client) =>
      gateways.shadowPayFor(client) !== undefined && gateways.statumFor(client) !== undefined,
    ownsAirtime: ({ id }) => credentials.resolve(id).statum.source === 'client',
    ephemeralDisk: config.ephemeralDisk,
    workerOf: (clientId) => pool.status(clientId),
    restart: (clientId, by) => clients.command(clientId, 'restart', by),
    clock,
    logger,
  });
  const turns = createTurns({
    stores,
    gateways,
    float,
    sales,
    admins,
    clock,
    ephemeralDisk: config.ephemeralDisk,
    stopping: isStopping,
  });
  const pictures = createPictures({ stores, dataDir: config.dataDir, clock, logger });
  await pictures.tidy();
  const chatClock = new ChatClock(clock);
  const pool = createWorkerPool({
    stores,
    turns: chatClock.watching(turns),
    pictures,
    clock,
    logger,
    dataDir: config.dataDir,
    browser: config.browser,
    world: () => ({ host: '127.0.0.1', chatPort: world.file.chatPort, token: world.file.token }),
  });
  const clients = createClientService({ stores, pool, credentials, clock, logger });
  const alerts = new AlertBook({ stores, clock, logger });
  const summaries = new DailySummaries({
    ...{ stores, alerts, float, clock, logger },
    sender: pool,
    stopping: isStopping,
  });
  const alertWatch = new AlertWatch({
    stores,
    clients,
    float,
    gateways: gatewayWatch,
    orders: new OrderTrouble(stores, (order) => gateways.statumFor(order)?.ref.setId),
    book: alerts,
    teller: new Teller({
      stores,
      sender: pool,
      clock,
      logger,
      adminPhones: config.globals.adminPhones,
      dashboardUrl: config.baseUrl,
    }),
    chatClockOffsetMs: () => chatClock.offsetMs(),
    clock,
    logger,
    dataDir: config.dataDir,
    stopping: isStopping,
  });
  const retention = new Retention({ stores, pseudonyms, clock, logger, stopping: isStopping });
  const outbox = new Outbox({ stores, sender: pool, clock, logger });

  const app = await buildApp(
    {
      config,
      clock,
      logger,
      stores,
      clients,
      bans: createBanService({ stores, clock }),
      texts: createTextService({ stores, clock }),
      pictures,
      privacy: createPrivacyService({ stores, pseudonyms, clock }),
      credentials,
      orders: desk,
      float,
      alerts,
      measurements: {
        onGatewayCall: (listener) => gatewayWatch.onCall(listener),
        onJournalWrite: (listener) => {
          journalListeners.add(listener);
          return () => journalListeners.delete(listener);
        },
      },
      world,
      examine: doctorBeside({ env: process.env, clock, stores }),
      statumCallback: async (token, body) => {
        const set = gateways.statumSetOfToken(token);
        if (!set) return false;
        const callback = parseDeliveryCallback(body);
        if (callback?.balanceKes !== undefined) float.learn(set.setId, callback.balanceKes);
        if (callback) await desk.callback(callback, set.setId);
        else logger.warn({ setId: set.setId }, 'unreadable delivery callback');
        return true;
      },
      shuttingDown: isStopping,
      startedAt,
      version,
    },
    { pages: registerPages, live: registerLive, renderErrorPage },
  );
  life.onEnd('http', () => app.close());
  if (life.stopping) return;
  await app.listen({ port: config.port, host: config.host });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${config.host === '0.0.0.0' || config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`;
  logger.info({ url, version, pid: process.pid }, 'listening');

  const callbackUrl = `http://127.0.0.1:${port}/callbacks/statum/${gateways.callbackToken({ setId: 'simulated', version: 1 })}`;
  await world.setCallbackUrl(callbackUrl);
  world.onRestart(() => {
    void pool.reconnectSandbox();
  });

  life.onEnd('work', async () => {
    // An order that was taken just before is on its way to its prompt once this has resolved.
    await stores.durable().catch((error: unknown) => logger.error({ err: error }, 'storage failed'));
    // Side by side: a hanging worker and a hanging gateway must not use up each other's time.
    await Promise.all([pool.shutdown(), Promise.race([desk.close(), delay(CALLS_LIMIT_MS)])]);
    await outbox.close();
    float.close();
  });
  if (life.stopping) return;

  float.start();
  sales.start(clock.now());
  logOrders(stores, logger);
  await desk.start();
  const stopTidying = credentials.startTidying();
  life.onEnd('tidying', async () => stopTidying());
  const stopChecks = admins.start();
  life.onEnd('checks', async () => stopChecks());
  outbox.start();
  alertWatch.start();
  summaries.start();
  retention.start();
  if (config.baseUrl !== undefined) {
    const everyMinutes = (): number => effectiveSettings(stores.settings).selfPingMinutes;
    const endPings = keepAlive({ baseUrl: config.baseUrl, everyMinutes, clock, logger });
    life.onEnd('keep-alive', async () => endPings());
  }
  life.onEnd('alerts', async () => {
    await Promise.all([alertWatch.close(), summaries.close(), retention.close()]);
  });
  if (!config.production && stores.clients.size === 0) {
    // The sandbox is for trying out: a visitor buys more than three times an hour.
    const overrides = { promptsPerPayerPerHour: 20 };
    await clients.create({ name: 'Duka Airtime', mode: 'sandbox', overrides }, 'system');
  }
  if (life.stopping) return;
  await pool.startAll();
  if (config.adminToken === undefined) {
    const signInUrl = `${url}${app.createOneTimeLink()}`;
    logger.info({ signInUrl }, 'sign-in');
    process.stdout.write(
      `\n  Open this one-time link to sign in (valid for 15 minutes):\n\n    ${signInUrl}\n\n`,
    );
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function graceLogger(logger: Logger): { error(message?: unknown, ...more: unknown[]): void } {
  return { error: (message, ...more) => logger.error({ detail: more.map(String) }, String(message)) };
}

async function packageVersion(): Promise<string> {
  // One level up from the sources, two from dist/supervisor.
  for (const path of ['../package.json', '../../package.json']) {
    // Not there: tried at the other place; at neither, and the product has no number to show, which keeps nobody from selling.
    const text = await readFile(new URL(path, import.meta.url), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed && 'version' in parsed) return String(parsed.version);
  }
  return 'unknown';
}

/** Runs until a signal or an unexpected error ends it. @throws whatever kept it from starting; what had been started is ended by then. */
async function run(config: Config): Promise<void> {
  const logger = createLogger(config);
  const life = new Lifecycle();
  const started = start(config, logger, life);
  closeWithGrace({ delay: SHUTDOWN_LIMIT_MS, logger: graceLogger(logger) }, async ({ signal, err }) => {
    if (err) logger.error({ err }, 'unexpected error; stopping');
    else logger.info({ signal }, 'stopping');
    life.askToStop();
    // A start under way comes to its next step first, so that it cannot begin anything behind our back.
    await started.catch((error: unknown) => logger.error({ err: error }, 'the start failed'));
    await life.end(logger);
    logger.info({}, 'stopped');
  });
  try {
    await started;
  } catch (error) {
    // Asked to stop meanwhile: whoever asked ends everything.
    if (life.stopping) return;
    // `end` logs its own failures; what is told is why the start failed, and the process ends either way.
    await Promise.race([life.end(logger), delay(SHUTDOWN_LIMIT_MS)]).catch(() => undefined);
    throw error;
  }
}

let config: Config | undefined;
try {
  config = readConfig(process.env);
  await run(config);
} catch (error) {
  process.stderr.write(`${startProblem(error, config)}\n`);
  process.exitCode = 1;
  // Half-started parts must not keep a process alive that serves nobody.
  process.exit();
}
