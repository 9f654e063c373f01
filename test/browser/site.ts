import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Alert } from '../../shared/alert.ts';
import { systemClock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import type { Order, OrderActionRequest, TimelineEntry } from '../../shared/order.ts';
import type { ChatMessage, PhoneView, PromptAnswer, WorldEvent } from '../../shared/world.ts';
import { AlertBook } from '../../supervisor/alerts/alert-book.ts';
import { buildApp } from '../../supervisor/app.ts';
import { createBanService } from '../../supervisor/chats/bans.ts';
import { createPictures } from '../../supervisor/chats/pictures.ts';
import { createTextService } from '../../supervisor/chats/texts.ts';
import { readConfig } from '../../supervisor/config.ts';
import type { Examine } from '../../supervisor/doctor/beside.ts';
import { registerLive } from '../../supervisor/http/live/register.ts';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { ownerRefusal } from '../../supervisor/orders/owner-actions.ts';
import { applyStaffAction } from '../../supervisor/orders/staff-actions.ts';
import { createPseudonyms } from '../../supervisor/privacy/anonymise.ts';
import { createPrivacyService } from '../../supervisor/privacy/service.ts';
import type { World } from '../../supervisor/sandbox/types.ts';
import type { Change, Stores, Transaction } from '../../supervisor/stores/types.ts';
import type { ClientService, WorkerLogLine, WorkerStatus } from '../../supervisor/workers/types.ts';
import { credentialsOver } from '../helpers/credentials.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { FakeClients, FakeWorld } from '../http/helpers/fake-services.ts';
import { FakeStores } from '../http/helpers/fake-stores.ts';

export const ADMIN_TOKEN = 'correct-horse-battery-staple';

/** What happens on a simulated phone, in memory: a test writes the bot's answers and the prompts. */
export class ScriptedWorld {
  chat: ChatMessage[] = [];
  readonly answers: PromptAnswer[] = [];
  view: PhoneView = { prompt: null, airtimeKes: 0 };
  /** Called with each message of the customer. */
  onText: (text: string) => void = () => undefined;
  readonly #listeners = new Set<(event: WorldEvent) => void>();

  say(direction: 'in' | 'out', text: string, phone = '254700000001', clientId = 'cl_one'): string {
    return this.#show({ direction, text }, phone, clientId);
  }

  #show(shown: Omit<ChatMessage, 'id' | 'at'>, phone: string, clientId: string): string {
    const message = { id: `m${this.chat.length + 1}`, at: systemClock.now(), ...shown };
    this.chat.push(message);
    this.#tell({ type: 'message', clientId, phone, message });
    return message.id;
  }

  show(view: PhoneView, phone = '254700000001'): void {
    this.view = view;
    this.#tell({ type: 'phone', phone, view });
  }

  asWorld(): World {
    return {
      ...new FakeWorld().asWorld(),
      sendMessage: async (clientId, from, { text, contact, media }) => {
        const shown = { ...(contact && { contact }), ...(media && { media: { kind: media.kind } }) };
        const written = text ?? media?.caption ?? '';
        const id = this.#show({ direction: 'in', text: written, ...shown }, from, clientId);
        this.onText(written);
        return { id };
      },
      editMessage: async (_clientId, id, text) => this.#alter(id, { text, edited: true }),
      deleteMessage: async (_clientId, id) => this.#alter(id, { text: '', deleted: true }),
      messages: async () => this.chat,
      phone: async () => this.view,
      answerPrompt: async (phone, answer) => {
        this.answers.push(answer);
        this.show({ ...this.view, prompt: null }, phone);
        return this.view;
      },
      onEvent: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  #alter(id: string, change: Partial<ChatMessage>): void {
    this.chat = this.chat.map((message) => (message.id === id ? { ...message, ...change } : message));
    const message = this.chat.find((each) => each.id === id);
    if (!message) throw new AppError('not-found', 'There is no such message');
    this.#tell({ type: 'message', clientId: 'cl_one', phone: '254700000001', message });
  }

  #tell(event: WorldEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** The pages of the real HTTP side, on a real port, with what stands behind them in memory. */
export class PagesSite {
  readonly stores = new FakeStores();
  readonly clients = new FakeClients(this.stores);
  readonly world = new ScriptedWorld();
  readonly log: WorkerLogLine[] = [];
  /** Staff actions asked for: `<who>: <action> <order>`. */
  readonly acts: string[] = [];
  /** Awaited before each staff action; replaced by tests that want it slow. */
  beforeAct: () => Promise<void> = async () => undefined;
  /** The doctor: a test writes what is found, and when. */
  examine: Examine = async () => undefined;
  readonly #commitListeners = new Set<(changes: readonly Change[]) => void>();
  readonly #clientListeners = new Set<(clientId: string) => void>();
  readonly #logListeners = new Set<(clientId: string) => void>();
  readonly #folder = temporaryFolder('pages');
  #app: FastifyInstance | undefined;
  #port = 0;

  readonly #env: Readonly<Record<string, string>>;

  /** @param env more environment variables */
  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get app(): FastifyInstance {
    if (!this.#app) throw new Error('The site has not been started');
    return this.#app;
  }

  /** Listens; after a `halt`, on the same port as before. */
  async start(): Promise<void> {
    const dataDir = join(this.#folder.path, 'data');
    mkdirSync(dataDir, { recursive: true });
    const stores = this.#telling(this.stores.asStores());
    const config = readConfig({
      DATA_DIR: dataDir,
      ADMIN_UI_TOKEN: ADMIN_TOKEN,
      LOG_LEVEL: 'silent',
      ...this.#env,
    });
    this.#app = await buildApp(
      {
        config,
        clock: systemClock,
        logger: silentLogger,
        float: { list: () => [] },
        stores,
        clients: this.#clientService(),
        bans: createBanService({ stores, clock: systemClock }),
        texts: createTextService({ stores, clock: systemClock }),
        pictures: createPictures({ stores, dataDir, clock: systemClock, logger: silentLogger }),
        privacy: createPrivacyService({ stores, clock: systemClock, pseudonyms: createPseudonyms('secret') }),
        credentials: await credentialsOver({ stores, config, clock: systemClock }),
        orders: {
          act: (orderNo, request, by) => this.#act(orderNo, request, by),
          ownerRefusal: (order, action) => ownerRefusal(order, action, undefined),
        },
        measurements: { onGatewayCall: () => () => undefined, onJournalWrite: () => () => undefined },
        alerts: new AlertBook({ stores, clock: systemClock, logger: silentLogger }),
        world: this.world.asWorld(),
        examine: (tell) => this.examine(tell),
        statumCallback: async () => false,
        shuttingDown: () => false,
        startedAt: systemClock.now(),
        version: '0.0.0-test',
      },
      { pages: registerPages, live: registerLive, renderErrorPage },
    );
    await this.#app.listen({ port: this.#port, host: '127.0.0.1' });
    this.#port = (this.#app.server.address() as AddressInfo).port;
  }

  /** Stores that tell of what changed, as real ones do. */
  #telling(stores: Stores): Stores {
    return {
      ...stores,
      transact: (work) => this.#transact(stores, work),
      onCommit: (listener) => {
        this.#commitListeners.add(listener);
        return () => this.#commitListeners.delete(listener);
      },
    };
  }

  async #transact<T>(stores: Stores, work: (tx: Transaction) => T): Promise<T> {
    const [alerts, clients] = [new Map(this.stores.alerts), new Map(this.stores.clients)];
    const access = new Map(this.stores.access);
    const result = await stores.transact(work);
    const changes: Change[] = [];
    for (const [key, after] of this.stores.alerts) {
      const before = alerts.get(key);
      if (before !== after) changes.push({ collection: 'alerts', key, before, after });
    }
    for (const [key, after] of this.stores.clients) {
      const before = clients.get(key);
      if (before !== after) changes.push({ collection: 'clients', key, before, after });
    }
    for (const [key, after] of this.stores.access) {
      const before = access.get(key);
      if (before !== after) changes.push({ collection: 'access', key, before, after });
    }
    for (const listener of this.#commitListeners) listener(changes);
    return result;
  }

  async halt(): Promise<void> {
    await this.#app?.close();
    this.#app = undefined;
  }

  async close(): Promise<void> {
    await this.halt();
    this.#folder.remove();
  }

  putOrder(order: Order, timeline: readonly TimelineEntry[] = []): void {
    const before = this.stores.orders.get(order.orderNo);
    this.stores.orders.set(order.orderNo, order);
    this.stores.timelines.set(order.orderNo, [...timeline]);
    const change: Change = { collection: 'orders', key: order.orderNo, before, after: order };
    for (const listener of this.#commitListeners) listener([change]);
  }

  /** A bot says something of itself. */
  logs(clientId: string, line: WorkerLogLine): void {
    this.log.push(line);
    for (const listener of this.#logListeners) listener(clientId);
  }

  putAlert(alert: Alert): void {
    const before = this.stores.alerts.get(alert.id);
    this.stores.alerts.set(alert.id, alert);
    const change: Change = { collection: 'alerts', key: alert.id, before, after: alert };
    for (const listener of this.#commitListeners) listener([change]);
  }

  setWorker(clientId: string, status: WorkerStatus): void {
    this.clients.workers.set(clientId, status);
    for (const listener of this.#clientListeners) listener(clientId);
  }

  /** The real rules on the orders in memory; the gateway that is asked knows nothing new. */
  async #act(orderNo: string, request: OrderActionRequest, by: string): Promise<Order> {
    const order = this.stores.orders.get(orderNo);
    if (!order) throw new AppError('not-found', 'There is no such order');
    const { action } = request;
    this.acts.push(`${by}: ${action} ${orderNo}`);
    await this.beforeAct();
    if (action === 'check-payment') return order;
    const at = systemClock.now();
    const outcome = applyStaffAction(order, { ...request, action }, { by, at });
    const timeline = this.stores.timelines.get(orderNo) ?? [];
    this.putOrder(outcome.order, [...timeline, { at, event: action, by }]);
    return outcome.order;
  }

  #clientService(): ClientService {
    const service = this.clients.asService();
    return {
      ...service,
      command: async (id, command, by) => {
        const { client } = service.get(id);
        if (command === 'pause' || command === 'resume') {
          this.stores.clients.set(id, { ...client, paused: command === 'pause' });
        }
        const snapshot = await service.command(id, command, by);
        for (const listener of this.#clientListeners) listener(id);
        return snapshot;
      },
      onChange: (listener) => {
        this.#clientListeners.add(listener);
        return () => this.#clientListeners.delete(listener);
      },
      onLogLine: (listener) => {
        this.#logListeners.add(listener);
        return () => this.#logListeners.delete(listener);
      },
      logLines: () => this.log,
    };
  }
}
