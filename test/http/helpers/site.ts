import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { type Clock, DAY_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import type { OrderActionRequest } from '../../../shared/order.ts';
import { AlertBook } from '../../../supervisor/alerts/alert-book.ts';
import { type AppParts, buildApp } from '../../../supervisor/app.ts';
import { createBanService } from '../../../supervisor/chats/bans.ts';
import { createPictures } from '../../../supervisor/chats/pictures.ts';
import { createTextService } from '../../../supervisor/chats/texts.ts';
import { readConfig } from '../../../supervisor/config.ts';
import type { GatewayCall } from '../../../supervisor/gateways/gateway-watch.ts';
import { createSessions, type SessionOwner } from '../../../supervisor/http/auth/sessions.ts';
import { createLogger } from '../../../supervisor/log.ts';
import { ownerRefusal } from '../../../supervisor/orders/owner-actions.ts';
import { createPseudonyms } from '../../../supervisor/privacy/anonymise.ts';
import { createPrivacyService } from '../../../supervisor/privacy/service.ts';
import type { Stores } from '../../../supervisor/stores/types.ts';
import { credentialsOver } from '../../helpers/credentials.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { temporaryFolder } from '../../helpers/temp.ts';
import { FakeClients, FakeWorld } from './fake-services.ts';
import { FakeStores } from './fake-stores.ts';

export const ADMIN_TOKEN = 'correct-horse-battery-staple';
export const CALLBACK_TOKEN = 'callback-token-of-the-simulated-set';

/** The HTTP side with everything behind it in memory. */
export interface Site {
  readonly app: FastifyInstance;
  readonly stores: FakeStores;
  readonly clients: FakeClients;
  readonly world: FakeWorld;
  readonly clock: FakeClock;
  readonly dataDir: string;
  readonly actions: { orderNo: string; request: OrderActionRequest; by: string }[];
  readonly callbacks: unknown[];
  /** Everything that was logged, as it would stand in the log file. */
  log(): string;
  /** A call to a gateway has ended. */
  gatewayCall(call: GatewayCall): void;
  stop(): void;
  readonly bearer: { readonly authorization: string };
  /** The headers of a signed-in browser on a page of this site. */
  browser(who?: Who): { cookie: string; 'x-csrf-token': string; origin: string };
}

type Who = { role: 'admin'; name: string } | { role: 'owner'; name: string; clientId: string };

/** Whoever is an owner was invited; the invite is there, as if its link had just been used. */
export function invited(
  stores: Pick<FakeStores, 'access'>,
  { name, clientId }: { name: string; clientId: string },
): SessionOwner {
  const id = `iv_${clientId}`;
  stores.access.set(id, {
    id,
    kind: 'invite',
    clientId,
    ownerName: name,
    source: 'admin',
    createdAt: 1,
    createdBy: 'Achieng',
    expiresAt: 1,
    usedAt: 1,
  });
  return { role: 'owner', name, clientId, inviteId: id };
}

export interface SiteOptions {
  readonly env?: Record<string, string>;
  readonly parts?: AppParts;
  /** One that runs, for what is measured. */
  readonly clock?: FakeClock;
  /** The product's own stores, in this site's data folder, instead of those in memory. */
  readonly realStores?: (dataDir: string, clock: Clock) => Promise<Stores>;
}

export async function startSite(test: Pick<TestContext, 'after'>, options: SiteOptions = {}): Promise<Site> {
  const folder = temporaryFolder('http');
  const closers: (() => Promise<unknown>)[] = [];
  test.after(async () => {
    for (const close of closers) await close();
    folder.remove();
  });
  const dataDir = join(folder.path, 'data');
  mkdirSync(dataDir);
  const config = readConfig({
    DATA_DIR: dataDir,
    ADMIN_UI_TOKEN: ADMIN_TOKEN,
    LOG_LEVEL: 'debug',
    ...options.env,
  });
  const clock = options.clock ?? new FakeClock();
  const stores = new FakeStores();
  const clients = new FakeClients(stores);
  const world = new FakeWorld();
  const actions: Site['actions'] = [];
  const callbacks: unknown[] = [];
  const inUse = options.realStores ? await options.realStores(dataDir, clock) : stores.asStores();
  let log = '';
  let gatewayCall: (call: GatewayCall) => void = () => undefined;
  let stopping = false;
  const logger = createLogger(config, { write: (line) => (log += line) });
  const app = await buildApp(
    {
      config,
      clock,
      logger,
      stores: inUse,
      clients: clients.asService(),
      bans: createBanService({ stores: inUse, clock }),
      texts: createTextService({ stores: inUse, clock }),
      pictures: createPictures({ stores: inUse, dataDir, clock, logger }),
      privacy: createPrivacyService({ stores: inUse, clock, pseudonyms: createPseudonyms('secret') }),
      float: {
        list: () => [
          { source: 'simulated', balanceKes: 900, reservedKes: 100, checkedAt: clock.now(), low: true },
        ],
      },
      credentials: await credentialsOver({ stores: inUse, config, clock }),
      orders: {
        act: async (orderNo, request, by) => {
          const order = stores.orders.get(orderNo);
          if (!order) throw new AppError('not-found', 'There is no such order');
          actions.push({ orderNo, request, by });
          return order;
        },
        ownerRefusal: (order, action) => ownerRefusal(order, action, undefined),
      },
      measurements: {
        onGatewayCall: (listener) => {
          gatewayCall = listener;
          return () => undefined;
        },
        onJournalWrite: () => () => undefined,
      },
      alerts: new AlertBook({ stores: inUse, clock, logger }),
      world: world.asWorld(),
      examine: async (tell) => tell({ check: 'node', level: 'ok', text: 'Node 24' }),
      statumCallback: async (token, body) => {
        if (token !== CALLBACK_TOKEN) return false;
        callbacks.push(body);
        return true;
      },
      shuttingDown: () => stopping,
      startedAt: clock.now(),
      version: '0.0.0-test',
    },
    options.parts,
  );
  closers.push(
    () => app.close(),
    () => inUse.close(),
  );
  const adminToken = options.env?.ADMIN_UI_TOKEN ?? ADMIN_TOKEN;
  return {
    app,
    stores,
    clients,
    world,
    clock,
    dataDir,
    actions,
    callbacks,
    log: () => log,
    gatewayCall: (call) => gatewayCall(call),
    stop: () => {
      stopping = true;
    },
    bearer: { authorization: `Bearer ${adminToken}` },
    browser(wish: Who = { role: 'admin', name: 'Achieng' }) {
      const who = wish.role === 'admin' ? wish : invited(stores, wish);
      const secret = readFileSync(join(dataDir, 'session-key'), 'utf8').trim();
      const sessions = createSessions({ secret, adminToken, clock });
      const { value, session } = sessions.issue(who, {
        ttlMs: 7 * DAY_MS,
        epoch: app.auth.book.epochOf(who),
      });
      return {
        cookie: `session=${value}`,
        'x-csrf-token': sessions.csrfToken(session),
        origin: 'http://localhost:80',
      };
    },
  };
}
